# SPDX-License-Identifier: Apache-2.0
from datetime import datetime, timedelta

import pytest

from hearthline.hub.reports import actions
from hearthline.hub.reports.models import Draft
from hearthline.hub.reports.tests.make import PICTURE, STORY, make_answers

pytestmark = pytest.mark.django_db
SECRET = b"k" * 32
TOLD = {"audience": "child", "words": STORY}


def save(now: datetime, draft: Draft | None = None, **told: str) -> Draft:
    return actions.save_draft(draft=draft, secret=SECRET, answers={**TOLD, **told}, at=now)


def sent(now: datetime) -> Draft:
    draft = save(now)
    actions.submit(answers=make_answers(), language="en", draft=draft.pk, secret=SECRET, at=now)
    draft.refresh_from_db()
    return draft


def test_a_draft_opens_with_its_own_key_until_it_expires(now: datetime) -> None:
    draft = save(now)
    later = now + timedelta(hours=23)
    assert actions.open_draft(draft=draft.pk, secret=SECRET, at=later) == (draft, TOLD)
    with pytest.raises(actions.DraftGone):
        actions.open_draft(draft=draft.pk, secret=SECRET, at=now + timedelta(hours=24))


def test_saving_again_does_not_make_it_live_longer(now: datetime) -> None:
    draft = save(now)
    again = save(now + timedelta(hours=5), draft, words="More.")
    assert again.expires_at == draft.expires_at
    assert actions.open_draft(draft=draft.pk, secret=SECRET, at=now)[1]["words"] == "More."


@pytest.mark.parametrize("secret", [b"x" * 32, b"short"])
def test_another_key_does_not_open_it(secret: bytes, now: datetime) -> None:
    draft = save(now)
    with pytest.raises(actions.DraftGone):
        actions.open_draft(draft=draft.pk, secret=secret, at=now)


def test_the_row_does_not_tell_the_story(now: datetime) -> None:
    assert STORY.encode() not in bytes(save(now).answers)


def test_a_file_is_not_kept_in_a_draft_either(now: datetime) -> None:
    draft = save(now)
    with pytest.raises(ValueError):
        save(now, draft, words=PICTURE)
    assert actions.open_draft(draft=draft.pk, secret=SECRET, at=now)[1] == TOLD


def test_after_sending_only_the_receipt_is_left_for_ten_minutes(now: datetime) -> None:
    draft = sent(now)
    assert not draft.answers
    assert draft.expires_at == now + timedelta(minutes=10)
    assert len(actions.open_receipt(draft=draft, secret=SECRET)) == 16
    with pytest.raises(actions.DraftGone):
        actions.open_receipt(draft=draft, secret=b"x" * 32)


def test_a_sent_draft_takes_no_more_answers(now: datetime) -> None:
    with pytest.raises(actions.DraftSent):
        save(now, sent(now))


def test_discarding_twice_is_once(now: datetime) -> None:
    draft = save(now)
    actions.discard_draft(draft=draft.pk)
    actions.discard_draft(draft=draft.pk)
    with pytest.raises(actions.DraftGone):
        actions.open_draft(draft=draft.pk, secret=SECRET, at=now)
