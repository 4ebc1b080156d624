# SPDX-License-Identifier: Apache-2.0
"""Backup in two files, so that what has ended stays ended when a backup comes back.

The data file is the whole database without the wrapped data keys; the keys file is those keys
alone. Both are age files for the operator's backup recipients. Data files may be kept for as long
as wanted; of keys files only the newest is kept. An old data file with the newest keys file opens
everything but what was ended since.
"""
