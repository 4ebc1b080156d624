# SPDX-License-Identifier: Apache-2.0
"""A change of the database leaves the version before able to work, so upgrades need no pause.

What the version before does not know, it does not write: a new column must be empty or have a
default of the database's own. What it still uses must stay: nothing is dropped, renamed or made
stricter. Such changes wait for a later version, when nobody uses the old shape any more; then the
migration is named in LATER with the version in which its use ended.
"""

import pytest
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import (
    AddField,
    AlterField,
    DeleteModel,
    RemoveField,
    RenameField,
    RenameModel,
)
from django.db.migrations.operations.base import Operation
from django.db.models import NOT_PROVIDED, GeneratedField, ManyToManyField

LATER: dict[str, str] = {
    "cases.0003_closing_by_two": "before the rule, and before any release",
}
ROOM = "hearthline.hub."


def ours() -> dict[str, Migration]:
    """Every migration of the hub, by room and name."""
    found = MigrationLoader(None).disk_migrations
    return {
        f"{room}.{name}": migration
        for (room, name), migration in sorted(found.items())
        if migration.__module__.startswith(ROOM)
    }


def breaks_the_version_before(operation: Operation, made_here: set[str]) -> str:
    """Why an operation would stop the version before; empty when it would not."""
    match operation:
        case RemoveField() | DeleteModel() | RenameField() | RenameModel():
            return f"{operation.describe()}: the version before still uses it"
        case AddField() if operation.model_name_lower not in made_here:
            field = operation.field
            safe = field.null or field.db_default is not NOT_PROVIDED
            if not safe and not isinstance(field, ManyToManyField | GeneratedField):
                return f"{operation.describe()}: make it null, or give it a db_default"
        case _:
            return ""
    return ""


@pytest.mark.parametrize("name", sorted(ours()))
def test_the_version_before_goes_on_working(name: str) -> None:
    migration = ours()[name]
    if migration.initial or name in LATER:
        return
    made_here = {op.name_lower for op in migration.operations if hasattr(op, "fields")}
    found = [breaks_the_version_before(op, made_here) for op in migration.operations]
    assert list(filter(None, found)) == []


def test_the_rule_sees_what_breaks() -> None:
    from_nothing: set[str] = set()
    assert breaks_the_version_before(RemoveField("case", "state"), from_nothing)
    assert breaks_the_version_before(DeleteModel("case"), from_nothing)
    assert not breaks_the_version_before(AlterField("case", "state", ManyToManyField("x")), set())
