# SPDX-License-Identifier: Apache-2.0
"""Keys of partners' programs: shown once, kept as a digest, two at once, ended at once."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import NotAllowed, Role
from hearthline.hub.accounts.tests.make import make_user, signed_in
from hearthline.hub.audit.models import Entry
from hearthline.hub.directory import actions
from hearthline.hub.directory.models import Organisation, PartnerKey
from hearthline.hub.directory.tests.make import make_organisation

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


@pytest.fixture
def ada() -> User:
    return make_user("Ada", Role.ADMINISTRATOR)


@pytest.fixture
def quay(ada: User) -> Organisation:
    return make_organisation(by=ada, at=NOW)


def make(quay: Organisation, ada: User, at: datetime = NOW) -> actions.NewKey:
    return actions.make_key(
        organisation=quay, name="their tool", scopes=["reports:write"], by=ada, at=at
    )


def test_a_key_is_recognised_and_only_its_digest_is_kept(quay: Organisation, ada: User):
    made = make(quay, ada)
    assert made.text.startswith(f"hlk_{made.key.prefix}_")
    assert actions.recognise(text=made.text, at=NOW) == made.key
    row = PartnerKey.objects.values().get()
    secret = made.text.removeprefix(f"hlk_{made.key.prefix}_")
    assert secret not in str(row)
    assert len(bytes(row["digest"])) == 32


def test_using_it_notes_the_day_and_no_more(quay: Organisation, ada: User):
    made = make(quay, ada)
    actions.recognise(text=made.text, at=NOW + timedelta(hours=3))
    assert PartnerKey.objects.get().last_used_on == NOW.date()


@pytest.mark.parametrize("shown", ["", "hlk_", "x" * 3_000, "hlk_aaaaaaaa_" + "b" * 43, "hlk_\0"])
def test_what_is_no_key_is_refused(shown: str, quay: Organisation, ada: User):
    make(quay, ada)
    with pytest.raises(actions.KeyRefused):
        actions.recognise(text=shown, at=NOW)


def test_the_right_prefix_with_another_secret_is_refused(quay: Organisation, ada: User):
    made = make(quay, ada)
    with pytest.raises(actions.KeyRefused):
        actions.recognise(text=f"hlk_{made.key.prefix}_{'b' * 43}", at=NOW)


def test_it_ends_with_its_time_its_revocation_or_its_organisation(quay: Organisation, ada: User):
    first, second = make(quay, ada), make(quay, ada)
    with pytest.raises(actions.KeyRefused):
        actions.recognise(text=first.text, at=first.key.expires_at)
    actions.revoke_key(key=first.key, reason="they lost it", by=ada, at=NOW)
    actions.revoke_key(key=first.key, reason="they lost it", by=ada, at=NOW)
    with pytest.raises(actions.KeyRefused):
        actions.recognise(text=first.text, at=NOW)
    assert actions.recognise(text=second.text, at=NOW) == second.key
    actions.retire(organisation=quay, reason="they closed", by=ada, at=NOW)
    with pytest.raises(actions.KeyRefused):
        actions.recognise(text=second.text, at=NOW)
    assert Entry.objects.of_verb("directory.revoke_key").count() == 1


def test_two_are_in_force_at_most_so_that_one_follows_the_other(quay: Organisation, ada: User):
    first, _second = make(quay, ada), make(quay, ada)
    with pytest.raises(actions.TooManyKeys):
        make(quay, ada)
    actions.revoke_key(key=first.key, reason="replaced", by=ada, at=NOW)
    make(quay, ada)


def test_a_key_needs_a_scope_and_revoking_needs_a_reason(quay: Organisation, ada: User):
    with pytest.raises(actions.DirectoryRefused):
        actions.make_key(organisation=quay, name="x", scopes=[], by=ada, at=NOW)
    with pytest.raises(actions.ReasonMissing):
        actions.revoke_key(key=make(quay, ada).key, reason=" ", by=ada, at=NOW)


def test_a_scope_that_is_missing_is_named(quay: Organisation, ada: User):
    key = make(quay, ada).key
    actions.require_scope(key, PartnerKey.Scope.WRITE)
    with pytest.raises(actions.ScopeMissing, match="reports:read"):
        actions.require_scope(key, PartnerKey.Scope.READ)


def test_only_an_administrator_makes_and_revokes(quay: Organisation, ada: User):
    max_ = make_user("Max", Role.HOTLINE_MANAGER)
    made = make(quay, ada)
    with pytest.raises(NotAllowed):
        make(quay, max_)
    with pytest.raises(NotAllowed):
        actions.revoke_key(key=made.key, reason="x", by=max_, at=NOW)


def test_the_desk_shows_a_new_key_once_and_can_revoke_it(quay: Organisation, ada: User):
    desk = signed_in(ada)
    answers = {"name": "their tool", "scopes": ["reports:write", "reports:read"]}
    page = desk.post(reverse("partner_key_make", args=[quay.pk]), answers)
    text = page.context["made"].text
    assert text in page.content.decode()
    assert page["Cache-Control"] == "no-store"
    key = actions.recognise(text=text, at=datetime.now(UTC))
    listed = desk.get(reverse("organisation", args=[quay.pk])).content.decode()
    assert key.prefix in listed
    assert text not in listed
    desk.post(reverse("partner_key_revoke", args=[key.pk]), {"reason": "they lost it"})
    with pytest.raises(actions.KeyRefused):
        actions.recognise(text=text, at=datetime.now(UTC))


def test_the_desk_says_why_a_third_key_is_refused(quay: Organisation, ada: User):
    now = datetime.now(UTC)
    make(quay, ada, now), make(quay, ada, now)
    answers = {"name": "a third", "scopes": ["reports:write"]}
    page = signed_in(ada).post(reverse("partner_key_make", args=[quay.pk]), answers)
    assert page.status_code == 422
    assert "two keys in force" in page.content.decode()
