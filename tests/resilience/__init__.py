# SPDX-License-Identifier: Apache-2.0
"""Programs are killed while people use them; afterwards the ledgers and the mail are counted."""
