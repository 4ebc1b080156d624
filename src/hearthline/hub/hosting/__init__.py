# SPDX-License-Identifier: Apache-2.0
"""Hosting: what was found about where hosts are, look by look, each fact with source and day.

The worker looks when an upper room asks; staff read it with the case it is about. RDAP is
RFC 9082 and 9083; nothing of a page is read.
Life of a look: asked → due → found (facts and failures) → outdated by the next → ended.
"""
