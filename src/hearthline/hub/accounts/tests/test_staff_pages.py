# SPDX-License-Identifier: Apache-2.0
import re

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import Role
from hearthline.hub.accounts.tests.make import signed_in
from hearthline.hub.audit.models import Entry

pytestmark = pytest.mark.django_db

ENROL = {"name": "Nina", "email": "nina@example.org", "roles": ["analyst", "statistician"]}


def text(response) -> str:
    return response.content.decode()


def test_managers_and_administrators_see_people_and_roles(mara, ada, ana) -> None:
    Authenticator.objects.filter(user=ana).delete()
    for reader in (mara, ada):
        page = text(signed_in(reader).get(reverse("staff")))
        for shown in ("Ana", "ana@example.org", "Hotline manager", "Not yet"):
            assert shown in page
    page = text(signed_in(mara).get(reverse("staff"), {"role": Role.ANALYST}))
    assert "ana@example.org" in page
    assert "ada@example.org" not in page


def test_a_manager_is_offered_no_change(mara, ana) -> None:
    browser = signed_in(mara)
    assert reverse("staff_enrol") not in text(browser.get(reverse("staff")))
    page = text(browser.get(reverse("person", args=[ana.pk])))
    assert reverse("staff_grant", args=[ana.pk]) not in page
    assert browser.post(reverse("staff_enrol"), ENROL).status_code == 403
    assert browser.get(reverse("staff_grant", args=[ana.pk])).status_code == 403


def test_oversight_reads_the_list_and_changes_nothing(omar, ana) -> None:
    browser = signed_in(omar)
    page = text(browser.get(reverse("staff")))
    assert "Ana" in page
    assert reverse("staff_grant", args=[ana.pk]) not in page
    assert browser.post(reverse("staff_enrol"), ENROL).status_code == 403


@pytest.mark.parametrize("who", ["ana", "stella", "paulo"])
def test_others_do_not_see_the_list(who, request) -> None:
    assert signed_in(request.getfixturevalue(who)).get(reverse("staff")).status_code == 403
    assert Client().get(reverse("staff")).status_code == 302


def test_an_administrator_enrols_and_sees_the_starting_password_once(ada) -> None:
    browser = signed_in(ada)
    page = text(browser.post(reverse("staff_enrol"), ENROL))
    password = re.search(r"[a-z2-9]{5}(-[a-z2-9]{5}){3}", page)[0]
    nina = User.objects.get(name="Nina")
    assert nina.check_password(password)
    assert nina.roles == ("statistician",)
    assert nina.grants.waiting(nina.joined_at).get().role == "analyst"
    assert password not in text(browser.get(reverse("person", args=[nina.pk])))
    assert not Entry.objects.filter(detail__contains=password).exists()
    again = browser.post(reverse("staff_enrol"), ENROL)
    assert again.status_code == 422
    assert "is here already" in text(again)


@pytest.mark.parametrize("change", [{"email": "nina"}, {"name": ""}, {"roles": ["wizard"]}])
def test_a_form_that_is_not_right_enrols_nobody(change, ada) -> None:
    page = signed_in(ada).post(reverse("staff_enrol"), {**ENROL, **change})
    assert page.status_code == 422
    assert "What you wrote is still here" in text(page)
    assert not User.objects.exclude(pk=ada.pk).exists()


def test_an_administrator_gives_and_ends_a_role(ada, ana) -> None:
    browser = signed_in(ada)
    browser.post(reverse("staff_grant", args=[ana.pk]), {"role": "senior_analyst", "until": ""})
    page = text(browser.get(reverse("person", args=[ana.pk])))
    url = reverse("staff_end", args=[ana.pk, "senior_analyst"])
    assert "Senior analyst" in page
    assert url in page
    assert browser.post(url, {"reason": ""}).status_code == 422
    browser.post(url, {"reason": "moved on"})
    assert url not in text(browser.get(reverse("person", args=[ana.pk])))
    assert User.objects.get(pk=ana.pk).roles == ("analyst",)


def test_a_last_day_that_is_over_is_refused(ada, ana) -> None:
    url = reverse("staff_grant", args=[ana.pk])
    page = signed_in(ada).post(url, {"role": "statistician", "until": "2020-01-01"})
    assert "This day is over" in text(page)
    signed_in(ada).post(url, {"role": "statistician", "until": "2999-12-31"})
    given = ana.grants.get(role="statistician")
    assert given.until.year == 2999


def test_an_administrator_is_not_offered_to_change_themselves(ada) -> None:
    browser = signed_in(ada)
    assert reverse("staff_grant", args=[ada.pk]) not in text(
        browser.get(reverse("person", args=[ada.pk]))
    )
    page = browser.post(reverse("staff_grant", args=[ada.pk]), {"role": "analyst"})
    assert page.status_code == 422
    assert "Ask another administrator" in text(page)


def test_somebody_locked_out_is_let_in_again(ada, ana) -> None:
    url = reverse("staff_start_again", args=[ana.pk])
    page = text(signed_in(ada).post(url, {"reason": "lost telephone"}))
    password = re.search(r"[a-z2-9]{5}(-[a-z2-9]{5}){3}", page)[0]
    assert User.objects.get(pk=ana.pk).check_password(password)
