# SPDX-License-Identifier: Apache-2.0
"""Sealing: the ledger of data keys under which fields about people are encrypted.

One key per report, case or exhibit, wrapped to the desk's public key and, for a report, also to
its receipt. A process without the desk's private key can seal but not read back. Destroying the
row's wrapped forms is how data ends (crypto-shredding). Nobody reads this ledger directly.
Life of a key: minted → used → destroyed.
"""
