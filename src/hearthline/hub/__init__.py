# SPDX-License-Identifier: Apache-2.0
"""The national site: one Django project, one small app ("room") per ledger of the field.

Floors, from the roof down, are listed in `.importlinter`; a room imports only from below.
"""
