# SPDX-License-Identifier: Apache-2.0
"""Clocks: rows that fall due, and the lease under which one worker does them.

The ledger is the queue: a row says when it is due, a worker holds it under a lease that runs
out by itself, and the sweep that does the work is idempotent. Nobody sees this room; it holds
no data of its own.
Life of a due row: due → leased → done (a new due time, or none) | lease lost → due again.
"""
