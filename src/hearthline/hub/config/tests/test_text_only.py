# SPDX-License-Identifier: Apache-2.0
"""No field of any form keeps a file: every text a person can write is looked at first."""

from collections.abc import Iterator
from importlib import import_module

import pytest
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError

# The first 36 bytes of a picture with one pixel, shorter than any field's limit.
PICTURE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAA="
# Sixteen digits and nothing else, compared and never kept; and a form that reads nothing.
OTHERWISE_GUARDED = {"reports.NumberForm", "reports.ReceiptForm", "ui.SampleForm"}
# Compared and never kept either: a receipt, what our own pages put into a form to come back.
COMPARED = {
    "appeals.AppealForm.once", "cases.NarrowForm.host", "complaints.ComplaintForm.once",
    "complaints.ComplaintForm.report_receipt",
}  # fmt: skip


def our_forms() -> Iterator[tuple[str, type[forms.Form]]]:
    for room in settings.ROOMS:
        try:
            module = import_module(f"hearthline.hub.{room}.forms")
        except ModuleNotFoundError:
            continue
        for name, form in vars(module).items():
            ours = isinstance(form, type) and issubclass(form, forms.Form)
            if ours and form.__module__ == module.__name__:
                yield f"{room}.{name}", form


def fields(kind: type[forms.Field]) -> list[tuple[str, forms.Field]]:
    return [
        (f"{name}.{field_name}", field)
        for name, form in our_forms()
        if name not in OTHERWISE_GUARDED
        for field_name, field in form.base_fields.items()
        if isinstance(field, kind) and f"{name}.{field_name}" not in COMPARED
    ]


def ids(pair: object) -> str | None:
    return pair if isinstance(pair, str) else ""


@pytest.mark.parametrize(("name", "field"), fields(forms.CharField), ids=ids)
@pytest.mark.parametrize("before", ["", "https://example.org/?it="])
def test_a_picture_written_as_letters_is_refused(name, field, before):
    with pytest.raises(ValidationError):
        field.clean(before + PICTURE)


@pytest.mark.parametrize(
    ("name", "field"), fields(forms.DateField) + fields(forms.DateTimeField), ids=ids
)
@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_day_no_calendar_can_reckon_with_is_refused(name, field, day):
    with pytest.raises(ValidationError):
        field.clean(day)


def test_the_walk_over_the_forms_finds_them():
    found = {name for name, _ in fields(forms.CharField)}
    assert {"cases.ReasonForm.reason", "referrals.HoldForm.reason"} <= found
