# SPDX-License-Identifier: Apache-2.0
"""Formats of dates and numbers where ours differ from the framework's."""
