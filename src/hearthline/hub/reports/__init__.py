# SPDX-License-Identifier: Apache-2.0
"""Reports: what a child, a citizen or a professional told us, and what we tell them back.

Written at the public door, which cannot read it back except by the reporter's own receipt;
read by the desk. A report is never edited. Practice follows the child-friendly reporting points
of General Comment 25 and the hotlines' rule: text and addresses only, never images.
Life of a report: received → in review → judged → (police told, host told, removed) → closed;
withdrawn by its reporter at any time.
"""
