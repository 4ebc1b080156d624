# SPDX-License-Identifier: Apache-2.0
"""Complaints: what went wrong with us, and what we answered and changed.

Anybody may complain, with or without the receipt of a report. Handled by somebody who did nothing
on the case it is about; read by them and by oversight. Practice follows the right to an effective
and child-friendly remedy (General Comment 25, paragraphs 43 to 49; recalled, not verified).
Life of a complaint: received → acknowledged → answered; late at each step is noted and counted.
"""
