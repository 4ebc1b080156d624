# SPDX-License-Identifier: Apache-2.0
"""Calls of this service's own: many hashes at once, and a file to hashes and matches in one."""
