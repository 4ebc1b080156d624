# SPDX-License-Identifier: Apache-2.0
"""Readers and writers of exchange formats: values in, bytes or values out, one file a format.

Import the format by its own name: `from hearthline.kit.formats import xarf`. What does not fit a
format, or breaks a rule of ours, raises `FormatRefused`, which names the field.
"""

from hearthline.kit.formats.refused import FormatRefused

__all__ = ["FormatRefused"]
