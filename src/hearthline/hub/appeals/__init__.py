# SPDX-License-Identifier: Apache-2.0
"""Appeals: what the public is told where something is blocked, and how anybody disputes it.

A provider, a site's owner or anybody affected appeals against a notice, a block or a finding,
without an account. Read by senior analysts, managers and oversight; decided by somebody who took
no part in the measure, and a finding is undone by two. Besides: the stop page (HTTP 451, RFC 7725)
with its counts per day, and the signed monthly report on blocking. Practice follows freedom of
expression's demand for review of blocking (General Comment 34, paragraphs 34 and 43; Santa Clara
Principles 2.0; recalled, not verified).
Life of an appeal: received → acknowledged → (a second person) → decided; late steps are noted.
"""
