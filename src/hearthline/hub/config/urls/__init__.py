# SPDX-License-Identifier: Apache-2.0
"""One URL table per door: the audience is the security boundary."""
