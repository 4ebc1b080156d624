# SPDX-License-Identifier: Apache-2.0
"""One letter with several notices: each report in it is the one that would have gone alone."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import SMTP, default
from uuid import UUID

import pytest

from hearthline.kit.formats import FormatRefused, feedback, xarf

NOW = datetime(2026, 10, 5, 9, 0, tzinfo=UTC)
US = xarf.Party(org="Hotline", contact="hotline@example.org", domain="example.org")


def document(number: int, **changes):
    parts = {
        "report_id": UUID(int=number),
        "at": NOW,
        "reporter": US,
        "sender": US,
        "url": f"https://pages.host.test/{number}",
        "domain": "pages.host.test",
        "outcome": "baseline",
        "incident_type": "csam_url",
    }
    return xarf.notice(**{**parts, **changes})


def letter(*numbers: int):
    return feedback.compose_several(
        sender="hotline@example.org",
        recipient="abuse@host.test",
        subject="Two notices",
        message_id="<notice-1@example.org>",
        date=NOW,
        plain_text="All of them.",
        parts=[feedback.Part(f"Reference: {number}\n", document(number)) for number in numbers],
        headers={},
    )


def test_every_notice_is_read_back():
    found = feedback.parse_all(letter(1, 2).as_bytes(policy=SMTP))
    assert [one.xarf for one in found] == [document(1), document(2)]
    assert [one.plain_text for one in found] == ["Reference: 1\n", "Reference: 2\n"]
    assert {one.message_id for one in found} == {"<notice-1@example.org>"}


def test_the_letter_begins_with_the_text_of_all():
    mail = message_from_bytes(letter(1, 2).as_bytes(policy=SMTP), policy=default)
    assert mail.get_content_type() == "multipart/mixed"
    first, *reports = mail.iter_parts()
    assert first.get_content().strip() == "All of them."
    assert [one.get_content_type() for one in reports] == ["multipart/report"] * 2
    assert all(one.get_param("report-type") == "feedback-report" for one in reports)


def test_the_same_notices_give_the_same_bytes():
    assert letter(1, 2).as_bytes(policy=SMTP) == letter(1, 2).as_bytes(policy=SMTP)


def test_one_notice_is_asked_for_and_several_came():
    with pytest.raises(FormatRefused, match="parse_all"):
        feedback.parse(letter(1, 2))


def test_a_picture_beside_the_notices_is_refused():
    mail = letter(1, 2)
    mail.add_attachment(b"...", "image", "png")
    with pytest.raises(FormatRefused, match="nothing else"):
        feedback.parse_all(mail)
