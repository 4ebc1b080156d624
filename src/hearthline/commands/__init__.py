# SPDX-License-Identifier: Apache-2.0
"""The commands of the engine: hash, match, bank, scan. They read the clock, the library does not.

Exit codes, the same for all: 0 done, 1 done but something failed, 2 a call that cannot be
understood, 3 stopped before the end (interrupted, or nobody reads the output any more).
"""
