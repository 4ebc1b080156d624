# SPDX-License-Identifier: Apache-2.0
"""Calls in the manner of Hasher-Matcher-Actioner (OpenMediaMatch 1.1), for clients written for it.

Paths, parameters and JSON are those its clients use; what differs is told in docs/matcher.md.
Written from its published behaviour; not connected with its makers, nor endorsed by them.
"""
