# SPDX-License-Identifier: Apache-2.0
"""The gravest steps ask for a second factor proved a few minutes ago."""

from types import SimpleNamespace

import pytest
from allauth.account.internal.flows import login as allauth_login
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.urls import get_resolver, reverse

from hearthline.hub.accounts import step_up
from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.tests.make import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.urls("hearthline.hub.config.urls.desk")]

OLD = 11  # minutes; the pack's limit is ten
ENROL = {"name": "Nina <&> Co", "email": "nina@example.org", "roles": ["analyst", "statistician"]}
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
def six_digits(ada, monkeypatch) -> str:
    """What Ada's authenticator app shows; its clock stands still."""
    cache.clear()
    monkeypatch.setattr(auth, "time", SimpleNamespace(time=lambda: 1_790_000_000))
    Authenticator.objects.filter(user=ada).update(data={"secret": SECRET})
    counter = next(auth.yield_hotp_counters_from_time())
    return auth.format_hotp_value(auth.hotp_value(SECRET, counter))


def test_a_fresh_proof_opens_the_page(ada) -> None:
    assert signed_in(ada, proved=9).get(reverse("staff_enrol")).status_code == 200


def test_without_one_the_page_is_come_back_to_after_the_proof(ada, six_digits) -> None:
    browser = signed_in(ada, proved=OLD)
    asked = browser.get(reverse("staff_enrol"), follow=True)
    where = asked.request["PATH_INFO"] + "?" + asked.request["QUERY_STRING"]
    assert where == f"{reverse('mfa_reauthenticate')}?next=%2Fstaff%2Fenrol%2F"
    done = browser.post(where, {"code": six_digits, "next": reverse("staff_enrol")})
    assert done["Location"] == reverse("staff_enrol")
    assert browser.get(reverse("staff_enrol")).status_code == 200


def test_a_form_sent_without_one_does_nothing_and_keeps_what_was_written(ada) -> None:
    answer = signed_in(ada, proved=OLD).post(reverse("staff_enrol"), ENROL)
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "Nothing was done yet" in page
    for name, value in (
        ("name", "Nina &lt;&amp;&gt; Co"),
        ("roles", "analyst"),
        ("roles", "statistician"),
    ):
        assert f'<input type="hidden" name="{name}" value="{value}">' in page
    assert page.count('<input type="hidden" name="csrfmiddlewaretoken"') == 2  # and languages
    assert list(User.objects.all()) == [ada]


def test_the_same_form_goes_through_once_the_proof_is_given(ada, six_digits) -> None:
    browser = signed_in(ada, proved=OLD)
    assert browser.post(reverse("staff_enrol"), ENROL).status_code == 403
    beside = reverse("account_proved")
    where = browser.get(step_up.way(beside))["Location"]
    proved = browser.post(where, {"code": six_digits, "next": beside}, follow=True)
    assert "Thank you, that worked" in proved.content.decode()
    assert browser.post(reverse("staff_enrol"), ENROL).status_code == 200
    assert User.objects.filter(email="nina@example.org").exists()


def test_a_wrong_code_proves_nothing(ada, six_digits) -> None:
    browser = signed_in(ada, proved=OLD)
    wrong = "000000" if six_digits != "000000" else "111111"
    assert browser.post(reverse("mfa_reauthenticate"), {"code": wrong}).status_code == 200
    assert browser.get(reverse("staff_enrol")).status_code == 302


def test_the_password_alone_is_not_a_second_factor(ada) -> None:
    browser = signed_in(ada, proved=OLD)
    session = browser.session
    session[step_up.PROOFS] += [{"method": "password", "at": 9e9, "reauthenticated": True}]
    session.save()
    assert browser.get(reverse("staff_enrol")).status_code == 302


def test_somebody_elses_proof_is_no_proof(ada, omar) -> None:
    browser = signed_in(ada)
    session = browser.session
    session[step_up.PROOFS_OF] = str(omar.pk)
    session.save()
    assert browser.get(reverse("staff_enrol")).status_code == 302


def test_the_permission_is_asked_before_the_proof(ana) -> None:
    assert signed_in(ana, proved=OLD).get(reverse("staff_enrol")).status_code == 403
    assert Client().get(reverse("staff_enrol"))["Location"].startswith(reverse("account_login"))


def test_the_way_back_stays_in_the_house(ada) -> None:
    where = signed_in(ada).get(reverse("account_prove"), {"next": "https://example.org/"})
    assert where["Location"] == f"{reverse('mfa_reauthenticate')}?next=%2F"


def test_one_click_sign_ins_are_fresh_in_the_demonstration_only(ada, settings) -> None:
    browser = signed_in(ada, proved=OLD)
    session = browser.session
    session[step_up.DEMO_SESSION] = True
    session.save()
    assert browser.get(reverse("staff_enrol")).status_code == 302
    settings.DEMO = True
    assert browser.get(reverse("staff_enrol")).status_code == 200


def test_the_proofs_are_where_allauth_keeps_them() -> None:
    assert step_up.PROOFS == allauth_login.AUTHENTICATION_METHODS_SESSION_KEY
    assert step_up.PROOFS_OF == allauth_login._AUTHENTICATION_METHODS_USER_SESSION_KEY


def test_each_of_these_steps_asks_for_it() -> None:
    asking = {
        route.name
        for door in ("desk", "partners")
        for part in get_resolver(f"hearthline.hub.config.urls.{door}").url_patterns
        for route in getattr(part, "url_patterns", [part])
        if getattr(route.callback, "step_up", False)
    }
    assert asking >= {
        "disclosure_decide", "disclosure_open", "exhibit_open", "figures_compile",
        "figures_publish", "member_add", "organisation_key", "package_download", "staff_confirm",
        "staff_end", "staff_enrol", "staff_grant", "staff_end_service", "staff_refuse",
        "staff_resume", "staff_start_again", "staff_unlock",
    }  # fmt: skip


def test_the_pack_says_how_long_a_proof_lasts() -> None:
    assert step_up.lasts().total_seconds() == settings.PACK.sign_in.step_up_minutes * 60
