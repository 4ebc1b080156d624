# SPDX-License-Identifier: Apache-2.0
"""Exercises: an invented report walks every hand-over and reaches nobody real.

The ledger is that of the reports (`reports.models.Drill`) and of every room the case passes; this
room reads them. The hotline manager begins an exercise, plays police and the host, and reads how
long each hand-over took. Life: started → worked on like real work → closed → its keys destroyed
after the pack's `[drill] keep_days`.
"""
