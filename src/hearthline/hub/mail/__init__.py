# SPDX-License-Identifier: Apache-2.0
"""Mail: letters on their way out, each sent once or, after a crash, again with a mark.

Seen by nobody as such; notices and referrals write letters and read whether they went.
Follows RFC 5321 and RFC 5322: the Message-ID is fixed before the first attempt.
Life of a letter: queued → sending → sent | refused (and tried again until it is given up).
"""
