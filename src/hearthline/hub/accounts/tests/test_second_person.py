# SPDX-License-Identifier: Apache-2.0
"""A role that reads what people told us takes two: one gives it, another confirms who holds it."""

from datetime import timedelta
from importlib import import_module

import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.urls import reverse
from django.utils import timezone

from hearthline.hub.accounts.actions import (
    NothingWaits,
    NotSetUp,
    OwnAccount,
    SamePerson,
    confirm_role,
    end_role,
    end_service,
    enrol,
    grant,
    refuse_role,
    start_again,
)
from hearthline.hub.accounts.models import Grant, Sitting, User
from hearthline.hub.accounts.permissions import PERMISSIONS, ROLES_BY_TWO, NotAllowed, Role
from hearthline.hub.accounts.tests.make import make_user, signed_in
from hearthline.hub.audit.actions import ReasonNeeded
from hearthline.hub.audit.models import Entry

pytestmark = [pytest.mark.django_db, pytest.mark.urls("hearthline.hub.config.urls.desk")]


def again(user: User) -> User:
    """The same person at their next request."""
    return User.objects.get(pk=user.pk)


def come_in(user: User) -> User:
    """With a password and a second factor of their own."""
    user.must_change_password = False
    user.save()
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    return user


def newcomer(by: User | None, now, *roles: str) -> User:
    return enrol(email="nina@example.org", name="Nina", password="x", roles=roles, by=by, at=now)


@pytest.fixture
def nina(ada, now) -> User:
    """Enrolled by Ada as an analyst; she has come in."""
    return come_in(newcomer(ada, now, Role.ANALYST))


def text(response) -> str:
    return response.content.decode()


# ----------------------------------------------------------------------
# Which roles


def test_every_role_that_reads_cases_or_packages_or_confirms_others_takes_two() -> None:
    assert {
        "analyst", "senior_analyst", "hotline_manager", "police_liaison", "administrator"
    } == ROLES_BY_TWO  # fmt: skip
    for role in set(Role.values) - ROLES_BY_TWO:
        assert not any(
            permission.startswith(("cases:", "evidence:", "referrals:", "directory:"))
            for permission in PERMISSIONS[role]
        )


def test_a_role_of_figures_or_oversight_is_in_force_at_once(ada, ana, now) -> None:
    for role in (Role.STATISTICIAN, Role.OVERSIGHT):
        assert grant(user=ana, role=role, by=ada, at=now).confirmed_at == now
    assert again(ana).roles == ("analyst", "oversight", "statistician")


def test_the_consoles_word_is_enough(now) -> None:
    assert newcomer(None, now, Role.ADMINISTRATOR).roles == ("administrator",)


# ----------------------------------------------------------------------
# Confirmed


def test_a_role_is_nothing_until_a_second_person_confirms_it(nina, mara, ada, now) -> None:
    assert nina.roles == ()
    assert nina.permissions == frozenset()
    assert not User.objects.holding(Role.ANALYST, now).exists()
    assert list(User.objects.waiting(now)) == [nina]
    confirm_role(user=nina, role=Role.ANALYST, by=mara, at=now)
    assert again(nina).roles == ("analyst",)
    assert list(User.objects.holding(Role.ANALYST, now)) == [nina]
    assert not User.objects.waiting(now).exists()
    entry = Entry.objects.get(verb="accounts.confirm")
    assert (entry.actor, entry.object_id) == (str(mara.actor), str(nina.pk))
    assert str(ada.pk) in entry.detail


def test_another_administrator_is_a_second_person_too(nina, now) -> None:
    confirm_role(user=nina, role=Role.ANALYST, by=make_user("Abel", Role.ADMINISTRATOR), at=now)
    assert again(nina).roles == ("analyst",)


def test_a_second_role_waits_while_the_first_goes_on(ada, ana, mara, now) -> None:
    grant(user=ana, role=Role.SENIOR_ANALYST, by=ada, at=now)
    assert again(ana).roles == ("analyst",)
    confirm_role(user=ana, role=Role.SENIOR_ANALYST, by=mara, at=now)
    assert again(ana).roles == ("analyst", "senior_analyst")


def test_roles_from_before_stay_in_force(ana, ada) -> None:
    Grant.objects.update(confirmed_at=None)
    assert again(ana).roles == ()
    migration = import_module("hearthline.hub.accounts.migrations.0004_confirm_what_was_given")
    migration.confirm(apps, None)
    assert (again(ana).roles, again(ada).roles) == (("analyst",), ("administrator",))
    assert ana.grants.get().confirmed_at == ana.grants.get().since


def test_asking_for_roles_is_still_one_query(nina, mara, django_assert_num_queries) -> None:
    people = again(nina), again(mara)
    with django_assert_num_queries(2):
        assert [one.roles for one in people] == [(), ("hotline_manager",)]


# ----------------------------------------------------------------------
# Refused


def test_who_gave_it_does_not_confirm_it(nina, ada, now) -> None:
    with pytest.raises(SamePerson):
        confirm_role(user=nina, role=Role.ANALYST, by=ada, at=now)


def test_who_handed_over_the_password_does_not_confirm_what_another_gave(ada, now) -> None:
    abel = make_user("Abel", Role.ADMINISTRATOR)
    nina = come_in(newcomer(abel, now, Role.STATISTICIAN))
    grant(user=nina, role=Role.ANALYST, by=ada, at=now)
    for one in (ada, abel):
        with pytest.raises(SamePerson):
            confirm_role(user=nina, role=Role.ANALYST, by=one, at=now)


def test_nobody_confirms_their_own(mara, ada, now) -> None:
    grant(user=mara, role=Role.SENIOR_ANALYST, by=ada, at=now)
    with pytest.raises(OwnAccount):
        confirm_role(user=mara, role=Role.SENIOR_ANALYST, by=mara, at=now)
    with pytest.raises(OwnAccount):
        refuse_role(user=mara, role=Role.SENIOR_ANALYST, by=mara, at=now, reason="x")


@pytest.mark.parametrize("who", ["ana", "sena", "paulo", "stella", "omar"])
def test_others_may_neither_confirm_nor_refuse(who, nina, now, request) -> None:
    one = request.getfixturevalue(who)
    with pytest.raises(NotAllowed):
        confirm_role(user=nina, role=Role.ANALYST, by=one, at=now)
    with pytest.raises(NotAllowed):
        refuse_role(user=nina, role=Role.ANALYST, by=one, at=now, reason="x")


def test_an_administrator_who_waits_confirms_nobody(nina, ada, now) -> None:
    """One administrator cannot make up the second."""
    puppet = make_user("Puppet")
    grant(user=puppet, role=Role.ADMINISTRATOR, by=ada, at=now)
    with pytest.raises(NotAllowed):
        confirm_role(user=nina, role=Role.ANALYST, by=puppet, at=now)


def test_twice_is_refused(nina, mara, now) -> None:
    confirm_role(user=nina, role=Role.ANALYST, by=mara, at=now)
    with pytest.raises(NothingWaits):
        confirm_role(user=nina, role=Role.ANALYST, by=mara, at=now)
    with pytest.raises(NothingWaits):
        refuse_role(user=nina, role=Role.ANALYST, by=mara, at=now, reason="x")
    assert Entry.objects.filter(verb="accounts.confirm").count() == 1


def test_what_ended_meanwhile_is_refused(nina, mara, ada, now) -> None:
    end_role(user=nina, role=Role.ANALYST, by=ada, at=now, reason="by mistake")
    with pytest.raises(NothingWaits):
        confirm_role(user=nina, role=Role.ANALYST, by=mara, at=now)


def test_who_left_meanwhile_is_not_confirmed_and_waits_for_nothing_when_back(
    nina, mara, ada, now
) -> None:
    end_service(user=nina, by=ada, at=now, reason="left")
    with pytest.raises(NothingWaits):
        confirm_role(user=nina, role=Role.ANALYST, by=mara, at=now)
    assert not nina.grants.waiting(now).exists()


def test_a_last_day_that_is_over_is_not_confirmed(ana, ada, mara, now) -> None:
    later = now + timedelta(days=1)
    grant(user=ana, role=Role.SENIOR_ANALYST, by=ada, at=now, until=later)
    with pytest.raises(NothingWaits):
        confirm_role(user=ana, role=Role.SENIOR_ANALYST, by=mara, at=later)


def test_who_has_not_come_in_yet_is_not_confirmed(ada, mara, now) -> None:
    nina = newcomer(ada, now, Role.ANALYST)
    with pytest.raises(NotSetUp):
        confirm_role(user=nina, role=Role.ANALYST, by=mara, at=now)
    come_in(nina)
    confirm_role(user=nina, role=Role.ANALYST, by=mara, at=now)


def test_a_role_is_refused_with_a_reason(nina, mara, now) -> None:
    with pytest.raises(ReasonNeeded):
        refuse_role(user=nina, role=Role.ANALYST, by=mara, at=now, reason=" ")
    refuse_role(user=nina, role=Role.ANALYST, by=mara, at=now, reason="nobody knows her")
    assert not nina.grants.current(now).exists()
    entry = Entry.objects.get(verb="accounts.refuse")
    assert (entry.actor, entry.reason) == (str(mara.actor), "nobody knows her")


# ----------------------------------------------------------------------
# Let in again


def test_who_is_let_in_again_waits_until_a_colleague_made_sure(ana, ada, mara, now) -> None:
    moment = timezone.now()
    Sitting.objects.create(user=ana, since=moment, seen_at=moment)
    start_again(user=ana, password="x", by=ada, at=moment, reason="lost telephone")
    assert again(ana).roles == ()
    assert not Sitting.objects.open(moment).filter(user=ana).exists()
    come_in(again(ana))
    with pytest.raises(SamePerson):
        confirm_role(user=ana, role=Role.ANALYST, by=ada, at=moment)
    confirm_role(user=ana, role=Role.ANALYST, by=mara, at=moment)
    assert again(ana).roles == ("analyst",)


def test_a_role_of_figures_goes_on_when_its_holder_is_let_in_again(stella, ada, now) -> None:
    start_again(user=stella, password="x", by=ada, at=now, reason="lost telephone")
    assert again(stella).roles == ("statistician",)


def test_the_second_person_of_before_may_be_the_first_of_now(nina, ada, now) -> None:
    """Two administrators are enough: what both agreed on is not asked of the giver again."""
    abel = make_user("Abel", Role.ADMINISTRATOR)
    moment = timezone.now()
    confirm_role(user=nina, role=Role.ANALYST, by=abel, at=moment)
    start_again(user=nina, password="x", by=abel, at=moment, reason="lost telephone")
    come_in(again(nina))
    with pytest.raises(SamePerson):
        confirm_role(user=nina, role=Role.ANALYST, by=abel, at=moment)
    confirm_role(user=nina, role=Role.ANALYST, by=ada, at=moment)


def test_letting_somebody_in_makes_no_second_person_of_a_role_that_waits(nina, ada, now) -> None:
    """Whoever holds the new password would else confirm what another gave in good faith."""
    abel = make_user("Abel", Role.ADMINISTRATOR)
    start_again(user=nina, password="x", by=abel, at=now, reason="lost telephone")
    come_in(again(nina))
    for one in (ada, abel):
        with pytest.raises(SamePerson):
            confirm_role(user=nina, role=Role.ANALYST, by=one, at=now)


# ----------------------------------------------------------------------
# Pages


def test_the_list_and_the_page_of_the_person_say_who_waits(nina, mara) -> None:
    browser = signed_in(mara)
    page = text(browser.get(reverse("staff"), {"role": "waiting"}))
    assert "Waits for a second person" in page
    assert "nina@example.org" in page
    assert "mara@example.org" not in page
    page = text(browser.get(reverse("person", args=[nina.pk])))
    for shown in ("Waits for a second person", "given by Ada",
                  reverse("staff_confirm", args=[nina.pk, "analyst"]),
                  reverse("staff_refuse", args=[nina.pk, "analyst"])):  # fmt: skip
        assert shown in page, shown


def test_a_manager_confirms_on_a_page(nina, mara) -> None:
    browser, url = signed_in(mara), reverse("staff_confirm", args=[nina.pk, "analyst"])
    page = text(browser.get(url))
    assert "nina@example.org" in page
    assert "Analyst" in page
    assert browser.post(url).status_code == 302
    assert again(nina).roles == ("analyst",)
    assert "confirmed by Mara" in text(browser.get(reverse("person", args=[nina.pk])))
    assert "waits for nobody any more" in text(browser.post(url))


def test_a_manager_refuses_on_a_page(nina, mara) -> None:
    browser, url = signed_in(mara), reverse("staff_refuse", args=[nina.pk, "analyst"])
    assert browser.post(url, {"reason": ""}).status_code == 422
    assert browser.post(url, {"reason": "nobody knows her"}).status_code == 302
    assert not nina.grants.current(timezone.now()).exists()
    again_posted = browser.post(url, {"reason": "nobody knows her"})
    assert "waits for nobody any more" in text(again_posted)


def test_the_giver_is_not_offered_to_confirm_and_is_told_why(nina, ada) -> None:
    browser, url = signed_in(ada), reverse("staff_confirm", args=[nina.pk, "analyst"])
    assert url not in text(browser.get(reverse("person", args=[nina.pk])))
    answer = browser.post(url)
    assert answer.status_code == 422
    assert "Ask a colleague to be the second" in text(answer)
    assert again(nina).roles == ()


def test_a_page_says_that_somebody_has_to_come_in_first(ada, mara, now) -> None:
    nina = newcomer(ada, now, Role.ANALYST)
    browser, url = signed_in(mara), reverse("staff_confirm", args=[nina.pk, "analyst"])
    page = text(browser.get(reverse("person", args=[nina.pk])))
    assert url not in page
    assert "once they have come in" in page
    answer = browser.post(url)
    assert answer.status_code == 422
    assert "They first come in" in text(answer)


def test_a_role_nobody_gave_has_no_page(nina, mara) -> None:
    for name in ("staff_confirm", "staff_refuse"):
        url = reverse(name, args=[nina.pk, "senior_analyst"])
        assert signed_in(mara).get(url).status_code == 404


def test_both_pages_ask_for_a_fresh_proof(nina, mara) -> None:
    browser = signed_in(mara, proved=60)
    for name in ("staff_confirm", "staff_refuse"):
        url = reverse(name, args=[nina.pk, "analyst"])
        assert browser.post(url, {"reason": "x"}).status_code == 403
    assert nina.grants.waiting(timezone.now()).exists()


def test_the_person_is_told_kindly_to_wait_and_then_goes_on(nina, mara, now) -> None:
    browser = signed_in(nina)
    page = browser.get("/", follow=True)
    assert page.redirect_chain == [(reverse("account_waiting"), 302)]
    assert "a second colleague makes sure that it is you" in text(page)
    assert browser.get(reverse("mfa_index")).status_code == 200
    confirm_role(user=nina, role=Role.ANALYST, by=mara, at=now)
    answer = browser.get(reverse("account_waiting"))
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert browser.get("/").status_code == 200


def test_an_administrator_is_told_that_the_role_waits(ada, ana) -> None:
    page = signed_in(ada).post(
        reverse("staff_grant", args=[ana.pk]), {"role": "senior_analyst", "until": ""}, follow=True
    )
    assert "once a second person confirms it" in text(page)
