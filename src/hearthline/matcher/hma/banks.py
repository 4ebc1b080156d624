# SPDX-License-Identifier: Apache-2.0
"""`/c/banks` and `/c/bank/NAME`: the banks themselves, and the types there are."""

import re
from typing import Any

from hearthline.kit.matching.banks import Bank, BankBusy, BankExists, BankRefused, NoSuchBank
from hearthline.matcher.hma.kinds import CONTENT_TYPES, SIGNAL_TYPES, kind_of
from hearthline.matcher.hma.matching import index_standing
from hearthline.matcher.recognition import now
from hearthline.matcher.web import Answer, Call, Refusal

# The names its clients use and expect to be held to.
_NAME = re.compile(r"[A-Z_][A-Z0-9_]{0,63}")


async def banks(call: Call) -> Answer:
    """GET: all banks."""
    return Answer.json([as_told(bank) for bank in call.service.library.banks()])


async def create(call: Call) -> Answer:
    """POST: a new bank."""
    asked = call.json_object()
    name = _checked(asked.get("name"))
    share = _share(asked)

    def make() -> Bank:
        return call.service.library.create_bank(
            name, by=call.key.name, at=now(), enabled_share=1.0 if share is None else share
        )

    try:
        return Answer.json(as_told(await changed(call, make)), 201)
    except BankExists:
        raise Refusal(403, "bank_exists", "Bank already exists") from None


async def show(call: Call) -> Answer:
    """GET: one bank."""
    return Answer.json(as_told(bank_of(call)))


async def update(call: Call) -> Answer:
    """PUT: another name, another share of queries."""
    bank, asked, library = bank_of(call), call.json_object(), call.service.library
    name = None if asked.get("name") is None else _checked(asked["name"])
    share = _share(asked)

    def change() -> Bank:
        if name is not None and name != bank.name:
            library.rename_bank(bank.name, name, by=call.key.name, at=now())
        if share is not None:
            bank.change(by=call.key.name, at=now(), enabled_share=share)
        return bank

    try:
        return Answer.json(as_told(await changed(call, change)))
    except BankExists:
        raise Refusal(403, "bank_exists", "Bank name already exists") from None


async def delete(call: Call) -> Answer:
    """DELETE: takes a bank out of use; one that is not there is no fault."""
    name = call.names["bank_name"]

    def retire() -> None:
        try:
            call.service.library.retire_bank(name, by=call.key.name, at=now())
        except NoSuchBank:
            return

    await changed(call, retire)
    return Answer.json({"message": "Done"})


async def signal_types(call: Call) -> Answer:
    """GET: the types of signals; all of them always match."""
    return Answer.json([{"name": name, "enabled_ratio": 1.0} for name in SIGNAL_TYPES])


async def content_types(call: Call) -> Answer:
    """GET: the types of files."""
    return Answer.json([{"name": name, "enabled": True} for name in CONTENT_TYPES])


async def signal_type_index(call: Call) -> Answer:
    """GET: ledger and index side by side, which never differ: an addition is both or neither."""
    asked = call.query.get("signal_type")
    if asked is not None:
        kind_of(asked)
    standing = await call.service.recognition.aside(lambda: index_standing(call, asked))
    return Answer.json(
        {
            name: {
                "db_size": one["size"],
                "index_size": one["size"],
                "index_out_of_date": False,
                "newest_db_item": one["built_to"],
                "index_built_to": one["built_to"],
            }
            for name, one in standing.items()
        }
    )


def as_told(bank: Bank) -> dict[str, Any]:
    """A bank as its clients know it."""
    settings = bank.settings
    return {"name": settings.name, "matching_enabled_ratio": settings.enabled_share}


def bank_of(call: Call) -> Bank:
    """The bank named in the path. Raises Refusal."""
    name = call.names["bank_name"]
    try:
        return call.service.library.bank(name)
    except NoSuchBank:
        raise Refusal(404, "no_such_bank", f"bank '{name[:64]}' not found") from None


async def changed(call: Call, work: Any) -> Any:
    """What `work` gives, aside; what banks refuse becomes a Refusal."""
    try:
        return await call.service.recognition.aside(work)
    except BankExists:
        raise
    except BankBusy as fault:
        raise Refusal(503, "bank_busy", str(fault), retry_after=5) from None
    except NoSuchBank as fault:
        raise Refusal(404, "no_such_bank", str(fault)) from None
    except BankRefused as fault:
        raise Refusal(400, "bank_refused", str(fault)) from None


def _checked(name: object) -> str:
    if name is None:
        raise Refusal(400, "parameter_missing", "name is required")
    if not isinstance(name, str) or _NAME.fullmatch(name) is None:
        raise Refusal(400, "name_refused", "Bank names must be UPPER_WITH_UNDER, up to 64")
    return name


def _share(asked: dict[str, Any]) -> float | None:
    """The share of queries that `enabled_ratio` or `enabled` states."""
    ratio = asked.get("enabled_ratio")
    if ratio is not None:
        try:
            share = float(ratio)
        except (TypeError, ValueError, OverflowError):
            share = -1.0
        if not 0 <= share <= 1:
            raise Refusal(400, "ratio_refused", "enabled_ratio must be a number from 0 to 1")
        return share
    enabled = asked.get("enabled")
    if enabled is None:
        return None
    if str(enabled).lower() not in {"true", "1", "false", "0"}:
        raise Refusal(400, "enabled_refused", "enabled must be true or false")
    return 1.0 if str(enabled).lower() in {"true", "1"} else 0.0
