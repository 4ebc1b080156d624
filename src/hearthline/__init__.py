# SPDX-License-Identifier: Apache-2.0
"""Hearthline: a national child online protection system."""
