# SPDX-License-Identifier: Apache-2.0
import hmac
import re
from datetime import datetime, timedelta
from hashlib import sha256

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from hearthline.hub.reports import actions
from hearthline.hub.reports.models import Draft, Report
from hearthline.hub.reports.public.guesses import Guesses, guesses
from hearthline.hub.reports.public.keeping import made
from hearthline.hub.reports.public.visit import VISIT
from hearthline.hub.reports.sweeps import drop_drafts
from hearthline.hub.reports.tests.make import STORY, begin, make_answers, say, send, tell
from hearthline.hub.sealing import actions as sealing
from hearthline.hub.sealing.actions import pepper
from hearthline.kit import sealing as kit

pytestmark = pytest.mark.django_db
SECRET = b"k" * 32
HERE = bytes([127, 0, 0, 1])
TOLD = {"audience": "child", "words": STORY}


def save(now: datetime) -> Draft:
    return actions.save_draft(draft=None, secret=SECRET, answers=TOLD, at=now)


def number_of(draft: Draft, now: datetime) -> str:
    return actions.keep_for_later(draft=draft.pk, secret=SECRET, at=now)


def shown(browser: Client) -> str:
    """Ask for the number, and read it from the page."""
    page = browser.post(reverse("report_keep", args=["words"])).content.decode()
    (number,) = re.findall(r"\d{4} \d{4} \d{4} \d{4}", page)
    return number.replace(" ", "")


def go_on(number: str, browser: Client | None = None) -> tuple[Client, object]:
    """Type the number, on another device unless `browser` is given."""
    browser = browser or Client()
    return browser, browser.post(reverse("report_go_on"), {"number": number})


# What is kept.


def test_a_number_opens_the_draft_with_the_key_it_was_saved_with(now: datetime) -> None:
    draft = save(now)
    found, secret = actions.resume(number=number_of(draft, now), at=now)
    assert (found, secret) == (draft, SECRET)
    assert actions.open_draft(draft=found.pk, secret=secret, at=now)[1] == TOLD


def test_it_works_again_until_the_draft_expires_and_not_longer(now: datetime) -> None:
    draft = save(now)
    number = number_of(draft, now + timedelta(hours=20))
    assert actions.resume(number=number, at=now + timedelta(hours=21))
    assert actions.resume(number=number, at=now + timedelta(hours=23))
    with pytest.raises(actions.DraftGone):
        actions.resume(number=number, at=now + timedelta(hours=24))
    assert drop_drafts(holder="worker", at=now + timedelta(hours=24)) == 1


def test_a_newer_number_ends_the_older(now: datetime) -> None:
    draft = save(now)
    older, newer = number_of(draft, now), number_of(draft, now)
    assert actions.resume(number=newer, at=now)
    with pytest.raises(actions.DraftGone):
        actions.resume(number=older, at=now)


def test_a_number_is_no_receipt_and_a_receipt_no_number(now: datetime) -> None:
    number = number_of(save(now), now)
    with pytest.raises(actions.ReceiptUnknown):
        actions.recognise(receipt=number)
    receipt = actions.submit(answers=make_answers(), language="en", at=now).receipt
    with pytest.raises(actions.DraftGone):
        actions.resume(number=receipt, at=now)


def test_a_number_is_given_only_for_a_draft_that_opens(now: datetime) -> None:
    draft = save(now)
    with pytest.raises(actions.DraftGone):
        actions.keep_for_later(draft=draft.pk, secret=b"x" * 32, at=now)
    assert not Draft.objects.get().is_kept


def test_no_number_for_what_was_sent(now: datetime) -> None:
    draft = save(now)
    actions.submit(answers=make_answers(), language="en", draft=draft.pk, secret=SECRET, at=now)
    with pytest.raises(actions.DraftSent):
        number_of(draft, now)


def everything_stored() -> bytes:
    """Every value of every draft, as the file holds it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM reports_draft")
        return b"\n".join(
            bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
            for row in cursor.fetchall()
            for value in row
        )


def keys_at_the_door() -> list[bytes]:
    """Every secret a public process is given, and what is commonly made of each."""
    named = (settings.SECRET_KEY, settings.VISIT_SECRET, settings.PEPPER)
    raw = [pepper(), *(text.encode() for text in named), kit.secret_from_text(
        settings.VISIT_SECRET, name="visit"
    )]  # fmt: skip
    whole = [key[:32] for key in raw if len(key) >= 32]
    return whole + [sha256(key).digest() for key in raw]


@hypothesis(
    max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    words=st.text(st.characters(min_codepoint=97, max_codepoint=122), min_size=12, max_size=80),
    others=st.lists(st.binary(min_size=32, max_size=32), max_size=4),
)
def test_without_number_or_cookie_nothing_of_a_draft_is_readable(
    words: str, others: list[bytes], now: datetime
) -> None:
    """With the whole table and every key of the public door at hand."""
    Draft.objects.all().delete()
    secret = sha256(words.encode() + b"cookie").digest()
    draft = actions.save_draft(draft=None, secret=secret, answers={"words": words}, at=now)
    number = actions.keep_for_later(draft=draft.pk, secret=secret, at=now)
    draft.refresh_from_db()
    stored = everything_stored()
    for told in (words.encode(), number.encode(), secret, secret.hex().encode()):
        assert told not in stored
    digest, wrapped = bytes(draft.resume_digest or b""), bytes(draft.resume_wrapped or b"")
    for key in [*keys_at_the_door(), *others, digest, wrapped[-32:], draft.pk.bytes * 2]:
        with pytest.raises(actions.DraftGone):
            actions.open_draft(draft=draft.pk, secret=key, at=now)
        # Nor does a key unwrap what only the number unwraps.
        keys = kit.ReceiptKeys(digest, key, "resume-wrap")
        with pytest.raises(kit.SealBroken):
            keys.unwrap(wrapped, row=str(draft.pk))
    # The digest is no quick hash of the number: trying numbers takes the slow step each.
    for key in keys_at_the_door():
        assert hmac.digest(key, number.encode(), "sha256") != digest
    assert sealing.quick_keys(number).digest != digest
    assert actions.resume(number=number, at=now)[1] == secret


# The pages.


def test_every_question_offers_it_and_saves_what_is_on_the_page(client: Client) -> None:
    begin(client)
    for step in ("where", "now", "words", "child", "contact"):
        assert b'name="keep"' in client.get(reverse("report_step", args=[step])).content
    assert b'name="keep"' in client.get(reverse("report_start", args=["child"])).content
    kept = say(client, "words", words=STORY, keep="1")
    assert kept.url == reverse("report_keep", args=["words"])
    number = shown(client)
    phone, answer = go_on(number)
    assert answer.url == reverse("report_step", args=["child"])
    assert STORY in phone.get(reverse("report_step", args=["words"])).content.decode()


def test_kept_at_the_first_question_it_goes_on_with_the_second(client: Client) -> None:
    answer = begin(client, kind="ncii_peer", keep="1")
    assert answer.url == reverse("report_keep", args=["what"])
    assert go_on(shown(client))[1].url == reverse("report_step", args=["where"])


def test_sent_from_another_device_it_is_one_report(client: Client) -> None:
    tell(client)
    number = shown(client)
    phone, answer = go_on(number)
    assert answer.url == reverse("report_step", args=["send"])
    receipt = send(phone)
    assert Report.objects.count() == 1
    # The number leads to the receipt while that is shown, and nowhere once it was kept.
    again, answer = go_on(number)
    assert answer.url == reverse("report_sent")
    assert again.get(answer.url).context["receipt"] == receipt
    phone.post(reverse("report_sent"))
    gone = go_on(number)[1].content.decode()
    assert "Perhaps you sent it" in gone
    assert reverse("receipt") in gone


def test_looking_shows_no_number_and_the_cookie_ends_with_the_browser(client: Client) -> None:
    begin(client)
    page = client.get(reverse("report_keep", args=["where"])).content.decode()
    assert "Write it down only where nobody else looks" in page
    assert not re.search(r"\d{4} \d{4}", page)
    phone, _answer = go_on(shown(client))
    assert not phone.cookies[VISIT]["max-age"]
    assert not phone.cookies[VISIT]["expires"]


def test_a_second_number_is_announced(client: Client) -> None:
    begin(client)
    shown(client)
    page = client.get(reverse("report_keep", args=["where"])).content.decode()
    assert "A new one ends the old one" in page


def test_it_can_be_thrown_away(client: Client) -> None:
    begin(client)
    number = shown(client)
    answer = client.post(reverse("report_keep", args=["where"]), {"forget": "1"})
    assert answer.url == reverse("home")
    assert not Draft.objects.exists()
    assert not client.cookies[VISIT].value
    assert b"We found nothing" in go_on(number)[1].content


def test_leaving_ends_it_here_and_only_the_number_leads_back(client: Client) -> None:
    begin(client)
    say(client, "words", words=STORY)
    number = shown(client)
    client.get(reverse("leave"))
    assert not client.cookies[VISIT].value
    assert STORY not in client.get(reverse("report_step", args=["words"])).content.decode()
    assert go_on(number)[1].status_code == 302


def test_who_begins_anew_at_this_browser_does_not_end_what_was_kept(client: Client) -> None:
    begin(client)
    number = shown(client)
    begin(client)
    assert Draft.objects.count() == 2
    assert go_on(number)[1].status_code == 302


def test_without_asking_what_was_begun_is_thrown_away_by_the_next(client: Client) -> None:
    begin(client)
    begin(client)
    assert Draft.objects.count() == 1


# Refusals.


def test_without_a_visit_there_is_nothing_to_keep(client: Client) -> None:
    for answer in (client.get, client.post):
        page = answer(reverse("report_keep", args=["words"]))
        assert "Let us begin again" in page.content.decode()
    assert client.get(reverse("report_keep", args=["nowhere"])).status_code == 404


def test_after_sending_it_leads_to_the_receipt(client: Client) -> None:
    tell(client)
    send(client)
    for answer in (client.get, client.post):
        assert answer(reverse("report_keep", args=["send"])).url == reverse("report_sent")


@pytest.mark.parametrize("typed", ["", "12", "blue kite", "1234 5678 9012 3456"])
def test_a_mistyped_number_is_told_and_costs_nothing(typed: str, client: Client) -> None:
    for _attempt in range(40):
        page = client.post(reverse("report_go_on"), {"number": typed})
        assert page.status_code == 200
        assert page.context["form"].errors


def use_up(brake: Guesses) -> None:
    """As often as a network may at once, without the slow step of each."""
    for _attempt in range(settings.PACK.flood.network_guesses):
        brake.missed(HERE, timezone.now())


def test_a_wrong_number_counts_as_a_wrong_receipt_does(client: Client) -> None:
    assert go_on(kit.new_receipt(), client)[1].status_code == 200
    assert guesses._network.left(HERE, timezone.now()) < settings.PACK.flood.network_guesses


def test_wrong_numbers_are_slowed_as_wrong_receipts_are(client: Client) -> None:
    use_up(guesses)
    page = go_on(kit.new_receipt(), client)[1]
    assert page.status_code == 429
    assert reverse("report_go_on").encode() in page.content
    # One measure for both: whoever guesses numbers has used up their guesses at receipts.
    assert client.post(reverse("receipt"), {"receipt": kit.new_receipt()}).status_code == 429


def test_asking_for_number_after_number_is_slowed_too(client: Client) -> None:
    begin(client)
    shown(client)
    use_up(made)
    page = client.post(reverse("report_keep", args=["words"]))
    assert page.status_code == 429
    assert page["Retry-After"]


def test_an_expired_draft_is_not_found(client: Client) -> None:
    begin(client)
    number = shown(client)
    Draft.objects.update(expires_at=timezone.now())
    page = go_on(number)[1].content.decode()
    assert "Perhaps its time is over" in page
