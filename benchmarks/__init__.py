# SPDX-License-Identifier: Apache-2.0
"""Side-by-side measurements: `make bench`. They print tables and judge nothing."""
