# SPDX-License-Identifier: Apache-2.0
"""Fields every desk form uses: text that holds no file, days that a calendar can reckon with."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from hearthline.kit.urls import FileContentRefused, refuse_file_content

# Days outside are slips of the keyboard, and the first and last a calendar knows cannot be moved
# to another time zone.
YEARS = range(1970, 3_000)


class _TextOnly(forms.CharField):
    """The one guard in front of everything a member of staff can write."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            refuse_file_content(str(text or ""))
        except FileContentRefused:
            raise ValidationError(
                _("This holds the contents of a file. Describe it in words instead."), code="file"
            ) from None
        return text


class Words(_TextOnly):
    """Text of one line or many. Raises on what holds a file, however it is written."""


class WebAddress(_TextOnly, forms.URLField):
    """The address of a site, http or https."""


class Day(forms.DateField):
    """A day near enough to be meant."""

    def validate(self, value: date | None) -> None:
        super().validate(value)
        _refuse_far(self, value)


class Moment(forms.DateTimeField):
    """A day and time near enough to be meant."""

    def validate(self, value: datetime | None) -> None:
        super().validate(value)
        _refuse_far(self, value)


def _refuse_far(field: forms.Field, value: date | None) -> None:
    if value is not None and value.year not in YEARS:
        raise ValidationError(field.error_messages["invalid"], code="invalid")
