# SPDX-License-Identifier: Apache-2.0
"""Invented words, each of which is told in one place only."""

MARKERS = {
    "words": "zqwords told in the report",
    "contact": "zqcontact@example.org",
    "code word": "zqcodeword",
    "address": "zqaddress-album",
    "account": "zqaccount",
    "reporter's letter": "zqletter from the reporter",
    "desk's letter": "zqanswer from the desk",
    "note": "zqnote of the judge",
    "exhibit": "zqexhibit was seen",
    "urgency": "zqurgency because she called",
    "disclosure": "zqdisclosure because of danger",
    "opening": "zqopening for the police",
    "asked to close": "zqclosing has no more",
    "kept open": "zqkept for now",
    "hold": "zqhold while we secure",
    "unit reference": "zqunitref-77",
    "host's answer": "zqhostanswer they wrote",
}
