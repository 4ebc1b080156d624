# SPDX-License-Identifier: Apache-2.0
"""The library: pure functions on values. No Django, no database, no clock, no settings.

One folder a subject, each with an explicit public face (`__all__`).
"""
