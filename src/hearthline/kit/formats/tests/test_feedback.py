# SPDX-License-Identifier: Apache-2.0
"""Notice mails: three parts, no injected header, and the same notice on the other side."""

import contextlib
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearthline.kit.formats import FormatRefused
from hearthline.kit.formats.feedback import compose, parse
from hearthline.kit.formats.tests.test_xarf import make as make_notice

WORDS = "Please remove what stands at this address.\n\n请尽快删除。\n— Hearth Hotline"


def make(**changes: Any) -> EmailMessage:
    values: dict[str, Any] = {
        "sender": "Hearth Hotline <notices@hotline.example.org>",
        "recipient": "abuse@host.example.org",
        "subject": "Notice 7 — please remove",
        "message_id": "<notice-7@hotline.example.org>",
        "date": datetime(2026, 11, 2, 9, 30, tzinfo=UTC),
        "plain_text": WORDS,
        "xarf": make_notice(),
        "headers": {"Auto-Submitted": "auto-generated"},
    }
    return compose(**{**values, **changes})


def test_a_notice_has_three_parts_in_order() -> None:
    mail = message_from_bytes(make().as_bytes(), policy=policy.default)
    assert mail.get_content_type() == "multipart/report"
    assert mail.get_param("report-type") == "feedback-report"
    assert [part.get_content_type() for part in mail.iter_parts()] == [
        "text/plain",
        "message/feedback-report",
        "application/json",
    ]
    words, machine, notice = mail.iter_parts()
    assert words.get_content_charset() == "utf-8"
    fields = machine.get_payload(0)
    assert isinstance(fields, Message)
    assert dict(fields.items()) == {
        "Feedback-Type": "xarf",
        "User-Agent": "Hearthline",
        "Version": "1",
    }
    assert notice.get_filename() == "xarf.json"


def test_a_notice_is_read_back_from_its_bytes() -> None:
    read = parse(make().as_bytes())
    assert read.plain_text == WORDS
    assert read.xarf == make_notice()
    assert read.fields["Feedback-Type"] == "xarf"
    assert read.message_id == "<notice-7@hotline.example.org>"
    assert read.headers["Subject"] == "Notice 7 — please remove"
    assert read.headers["Auto-Submitted"] == "auto-generated"


def test_a_message_and_its_bytes_are_read_alike() -> None:
    assert parse(make()) == parse(make().as_bytes())


def test_the_same_values_give_the_same_seven_bit_bytes() -> None:
    assert make().as_bytes() == make().as_bytes()
    assert make().as_bytes().isascii()


def test_without_an_honest_code_a_notice_is_plain_words() -> None:
    mail = make(xarf=None)
    assert mail.get_content_type() == "text/plain"
    read = parse(mail.as_bytes())
    assert (read.plain_text, read.xarf, read.fields) == (WORDS, None, {})


@pytest.mark.parametrize("field", ["sender", "recipient", "subject"])
@pytest.mark.parametrize("poison", ["\nBcc: x@example.org", "\r\n\r\nhello", "\x00", "\u2028"])
def test_no_header_can_be_smuggled_in(field: str, poison: str) -> None:
    with pytest.raises(FormatRefused, match=field):
        make(**{field: "abuse@host.example.org" + poison})


@pytest.mark.parametrize(
    ("headers", "field"),
    [
        ({"X-Note": "a\nBcc: x@example.org"}, "headers.X-Note"),
        ({"X-Note\nBcc": "a"}, "headers"),
        ({"X Note": "a"}, "headers"),
        ({"X-Note": "né"}, "headers.X-Note"),
        ({"bcc": "x@example.org"}, "headers.bcc"),
        ({"From": "x@example.org"}, "headers.From"),
        ({"Content-Type": "text/html"}, "headers.Content-Type"),
    ],
)
def test_no_further_header_may_break_the_notice(headers: dict[str, str], field: str) -> None:
    with pytest.raises(FormatRefused) as refusal:
        make(headers=headers)
    assert refusal.value.field == field


@pytest.mark.parametrize(
    "address", ["", "nobody", "a@example.org, b@example.org", "group: a@example.org;", "a@"]
)
def test_exactly_one_address_is_needed(address: str) -> None:
    with pytest.raises(FormatRefused, match="recipient"):
        make(recipient=address)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"date": datetime(2026, 1, 1)}, "date"),  # noqa: DTZ001
        ({"message_id": "notice-7"}, "message_id"),
        ({"message_id": "<a@b>\n<c@d>"}, "message_id"),
        ({"plain_text": "a\x07"}, "plain_text"),
        ({"xarf": {**make_notice(), "evidence": []}}, "evidence"),
    ],
)
def test_a_faulty_value_is_named(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(FormatRefused) as refusal:
        make(**changes)
    assert refusal.value.field == field


@pytest.mark.parametrize("text", ["", "\n", "a\n\n", "From here\n.\n", "x" * 2000, "=3D"])
def test_the_words_arrive_to_the_last_line_break(text: str) -> None:
    assert parse(make(plain_text=text).as_bytes()).plain_text == text
    assert parse(make(plain_text=text, xarf=None).as_bytes()).plain_text == text


@pytest.mark.parametrize("subject", ["=?utf-8?q?Free?= money", "通知 7 " * 30, "plain " * 40])
def test_a_subject_means_what_it_says(subject: str) -> None:
    raw = make(subject=subject).as_bytes()
    assert parse(raw).headers["Subject"] == subject.strip()
    assert max(len(line) for line in raw.splitlines()) <= 998


def test_a_picture_in_a_mail_is_refused_unread() -> None:
    mail = make()
    picture = EmailMessage()
    picture.set_content(b"not a picture", "image", "png")
    mail.attach(picture)
    with pytest.raises(FormatRefused, match="image/png is not opened"):
        parse(mail.as_bytes())


@pytest.mark.parametrize(
    ("find", "replace", "fault"),
    [
        (b'report-type="feedback-report"', b'report-type="other"', "not a feedback report"),
        (b"Feedback-Type: xarf", b"Feedback-Type: abuse", "only xarf"),
        (b"application/json", b"text/csv", "text/csv is not opened"),
        (b"application/json", b"text/plain", "two parts"),
        (b"multipart/report", b"multipart/mixed", "a report or plain text"),
    ],
)
def test_another_kind_of_mail_is_refused(find: bytes, replace: bytes, fault: str) -> None:
    raw = make().as_bytes()
    assert find in raw
    with pytest.raises(FormatRefused, match=fault):
        parse(raw.replace(find, replace))


def test_a_report_with_a_part_missing_is_refused() -> None:
    mail = make()
    parts = mail.get_payload()
    assert isinstance(parts, list)
    del parts[2]
    with pytest.raises(FormatRefused, match="application/json is missing"):
        parse(mail)


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    with contextlib.suppress(FormatRefused):
        parse(raw)


@given(st.integers(0, 3000), st.binary(max_size=3))
def test_a_damaged_notice_is_read_or_refused(at: int, damage: bytes) -> None:
    raw = make().as_bytes()
    with contextlib.suppress(FormatRefused):
        parse(raw[:at] + damage + raw[at + len(damage) :])


PLAIN = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), st.sampled_from("\n\t =.")
    ),
    max_size=300,
)
WORD = st.text(
    st.characters(exclude_categories=["Cc", "Cs", "Cf", "Zl", "Zp", "Zs", "Cn", "Co"]),
    min_size=1,
    max_size=20,
)


@given(PLAIN, st.lists(WORD, min_size=1, max_size=12), st.booleans())
def test_every_notice_survives_the_journey(text: str, words: list[str], coded: bool) -> None:
    read = parse(
        make(
            plain_text=text, subject=" ".join(words), xarf=make_notice() if coded else None
        ).as_bytes()
    )
    assert read.plain_text == text
    assert read.headers["Subject"] == " ".join(words)
    assert (read.xarf is not None) == coded
