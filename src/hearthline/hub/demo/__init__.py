# SPDX-License-Identifier: Apache-2.0
"""Demo: a fictional country walked through by the real software, with invented data only.

Present only when HEARTHLINE_DEMO is set. It owns no ledger.
"""
