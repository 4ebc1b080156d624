# SPDX-License-Identifier: Apache-2.0
"""Compiling the inner loops with Numba, and the few machine instructions Python has no word for.

Compiled code is kept beside the module, or in the user's cache folder where that is read-only, so
that a second process starts at once; where neither can be written, each process compiles anew.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic

_Loop = TypeVar("_Loop", bound=Callable[..., Any])

#: How many 16-bit values `near` compares at once. Arrays it reads end in as many spare values.
LANES = 32

_I1, _I8, _I16, _I32, _I64 = (ir.IntType(bits) for bits in (1, 8, 16, 32, 64))


def compiled(loop: _Loop) -> _Loop:
    """Machine code of `loop` that lets other threads run meanwhile."""
    try:
        return cast("_Loop", njit(cache=True, nogil=True)(loop))
    except RuntimeError:  # Numba found no folder to keep compiled code in.
        return cast("_Loop", njit(nogil=True)(loop))


def _address(context: Any, builder: Any, array_type: Any, array: Any, position: Any) -> Any:
    data = context.make_array(array_type)(context, builder, array).data
    return builder.gep(data, [position])


def _function(builder: Any, kind: Any, name: str) -> Any:
    insert: Any = cgutils.get_or_insert_function
    return insert(builder.module, kind, name)


def _prefetch(_typing: Any, array: Any, position: Any) -> Any:
    def emit(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        address = _address(context, builder, signature.args[0], *values)
        pointer = builder.bitcast(address, _I8.as_pointer())
        kind = ir.FunctionType(ir.VoidType(), [_I8.as_pointer(), _I32, _I32, _I32])
        ask = _function(builder, kind, "llvm.prefetch.p0")
        builder.call(ask, [pointer, _I32(0), _I32(3), _I32(1)])
        return context.get_dummy_value()

    return types.void(array, types.int64), emit


def _near(_typing: Any, array: Any, position: Any, key: Any, limit: Any) -> Any:
    def emit(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        lanes = ir.VectorType(_I16, LANES)

        def everywhere(value: Any) -> Any:
            one = builder.insert_element(ir.Constant(lanes, ir.Undefined), value, _I32(0))
            zeros = ir.Constant(ir.VectorType(_I32, LANES), [0] * LANES)
            return builder.shuffle_vector(one, ir.Constant(lanes, ir.Undefined), zeros)

        address = _address(context, builder, signature.args[0], *values[:2])
        read = builder.load(builder.bitcast(address, lanes.as_pointer()))
        read.align = 2
        differing = builder.xor(read, everywhere(values[2]))
        kind = ir.FunctionType(lanes, [lanes])
        count = builder.call(_function(builder, kind, f"llvm.ctpop.v{LANES}i16"), [differing])
        within = builder.icmp_unsigned("<=", count, everywhere(values[3]))
        return builder.bitcast(within, _I32)

    return types.uint32(array, types.int64, types.uint16, types.uint16), emit


def _ones(_typing: Any, word: Any) -> Any:
    def emit(_context: Any, builder: Any, _signature: Any, values: Any) -> Any:
        return builder.ctpop(values[0])

    return types.int64(types.uint64), emit


def _lowest(_typing: Any, word: Any) -> Any:
    def emit(_context: Any, builder: Any, _signature: Any, values: Any) -> Any:
        return builder.zext(builder.cttz(values[0], _I1(0)), _I64)

    return types.int64(types.uint32), emit


#: Ask for the memory at `array[position]`, to be read soon: nothing waits for it.
prefetch = cast("Callable[[Any, Any], None]", intrinsic(_prefetch))
#: Which of the 32 values from `array[position]` on differ from `key` in at most `limit` bits: one
#: bit each, the first value's lowest. Plain vector instructions: any processor LLVM knows.
near = cast("Callable[[Any, Any, Any, Any], Any]", intrinsic(_near))
#: How many bits of a 64-bit word are 1.
ones = cast("Callable[[Any], Any]", intrinsic(_ones))
#: The place of the lowest 1 of a 32-bit word.
lowest = cast("Callable[[Any], Any]", intrinsic(_lowest))
