# SPDX-License-Identifier: Apache-2.0
"""Care of the people who look at hard things: what is too much, what is set aside, who covers.

Kept under a keyed digest of the person, so that neither the database nor a backup says whose rows
these are. Only the person reads their own; a manager sees for each kind of work whether enough
people cover it, never who does not. Nothing here is audited by person, no reason is ever asked,
and nothing is stored of how much somebody saw: that is counted from their own log when they look.
After INHOPE's guidance on staff welfare (`verified: false`, from memory).
Life of a pause: begun → ended by the person, or by its time → deleted after `keep_days`.
Life of something set aside: chosen → taken back, or past its day → deleted.
"""
