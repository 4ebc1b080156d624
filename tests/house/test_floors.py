# SPDX-License-Identifier: Apache-2.0
"""What import-linter cannot see: relations between tables obey the floors too."""

import configparser
from pathlib import Path

from django.apps import apps
from django.db.models import Field

ROOT = Path(__file__).resolve().parents[2]


def floors() -> dict[str, int]:
    """Room to floor number, 0 the roof, read from the one source: `.importlinter`."""
    contract = configparser.ConfigParser()
    contract.read(ROOT / ".importlinter")
    layers = contract["importlinter:contract:floors"]["layers"].split("\n")
    return {
        room.strip(): number
        for number, layer in enumerate(filter(None, layers))
        for room in layer.split("|")
    }


def relations() -> list[tuple[str, str, Field]]:
    """Every relation between two rooms, as (from, to, field)."""
    ours = [m for m in apps.get_models() if m.__module__.startswith("hearthline.hub.")]
    return [
        (model._meta.app_label, field.related_model._meta.app_label, field)
        for model in ours
        for field in model._meta.get_fields(include_hidden=True)
        if isinstance(field, Field)
        and field.is_relation
        and field.related_model._meta.app_label != model._meta.app_label
    ]


def test_relations_point_to_a_lower_floor():
    number = floors()
    upward = [str(field) for here, there, field in relations() if number[there] <= number[here]]
    assert relations(), "the walk over relations found nothing, so it proves nothing"
    assert upward == []


def test_a_lower_room_cannot_look_up_through_a_reverse_name():
    # `members` is read within the directory itself; every other cross-room name is hidden.
    seen = [str(field) for _, _, field in relations() if not field.remote_field.hidden]
    assert seen == []


def test_every_room_is_on_a_floor():
    rooms = {
        p.name for p in (ROOT / "src/hearthline/hub").iterdir() if (p / "__init__.py").exists()
    }
    assert rooms == set(floors())
