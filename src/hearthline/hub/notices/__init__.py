# SPDX-License-Identifier: Apache-2.0
"""Notices: telling the host, and watching until the content is gone.

Written by the worker for confirmed cases once police are cleared; analysts record answers, and
providers give their own at the partners' door, by a letter's link or by a program's key. What they
may read there is sealed to what they bring.
The notice is XARF 4 in an RFC 5965 mail with a plain-language part; checks read DNS, TLS and
HEAD only.
Life of a notice: queued → sent → acknowledged → removed | moved | refused | no response →
escalated, up the country's ladder; content that comes back reopens it.
"""
