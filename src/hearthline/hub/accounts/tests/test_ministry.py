# SPDX-License-Identifier: Apache-2.0
"""Signing in through a ministry's provider: only the enrolled, only what it proves."""

import time
from collections.abc import Iterator

import pytest
from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client
from django.urls import include, path, reverse

from hearthline.hub.accounts import ministry
from hearthline.hub.accounts.actions import enrol
from hearthline.hub.accounts.identity_provider import Flow, Provider, Refused
from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import Role
from hearthline.hub.accounts.tests import provider as loopback
from hearthline.hub.accounts.tests.provider import LoopbackProvider
from hearthline.hub.audit.models import Entry

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]

urlpatterns = [
    path("", include("hearthline.hub.config.urls.desk")),
    path("account/provider/", include(ministry)),
]


@pytest.fixture(scope="module")
def server() -> Iterator[LoopbackProvider]:
    with loopback.running() as running:
        yield running


@pytest.fixture
def provider(server, settings) -> LoopbackProvider:
    server.changes, server.facts = {}, {}
    server.signer, server.algorithm = server.key, "RS256"
    settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID = server.issuer, loopback.CLIENT
    settings.OIDC_CLIENT_SECRET = loopback.SECRET
    return server


@pytest.fixture(autouse=True)
def nina(db, now) -> User:
    """An administrator with a second factor."""
    user = enrol(email="nina@example.org", name="Nina", password="", by=None, at=now,
                 roles=[Role.ADMINISTRATOR])  # fmt: skip
    Authenticator.objects.create(user=user, type="totp", data={"secret": "JBSWY3DPEHPK3PXP"})
    return user


def come_back(provider: LoopbackProvider, browser: Client, **changed: str):
    """Go to the provider, sign in there, come back, and press "Go on"."""
    there = browser.get(reverse("account_ministry"))["Location"]
    sent = {"code": provider.seen(there), "state": provider.asked["state"], **changed}
    page = browser.get(reverse("account_ministry_back"), sent)
    assert f'value="{sent["state"]}"' in page.content.decode()
    return browser.post(reverse("account_ministry_finish"), sent)


def is_refused(answer, browser: Client) -> bool:
    page = browser.get(reverse("account_login")).content.decode()
    away = answer["Location"] == reverse("account_login")
    return away and "That did not work." in page and "_auth_user_id" not in browser.session


def test_somebody_enrolled_is_asked_for_their_second_factor_here(provider) -> None:
    browser = Client()
    assert come_back(provider, browser)["Location"] == reverse("mfa_authenticate")
    assert browser.get(reverse("staff")).status_code == 302


def test_a_second_factor_shown_there_will_do_when_it_is_listed(provider, settings, nina) -> None:
    settings.OIDC_SUFFICIENT = ["hwk"]
    provider.changes = {"amr": ["pwd", "hwk"]}
    browser = Client()
    come_back(provider, browser)
    assert browser.get(reverse("staff")).status_code == 200
    entry = Entry.objects.get(verb="accounts.sign_in")
    assert (entry.actor, entry.detail) == (str(nina.actor), '{"by":["provider","provider"]}')


def test_one_that_is_not_listed_will_not_do(provider, settings) -> None:
    settings.OIDC_SUFFICIENT = ["hwk"]
    provider.changes = {"amr": ["pwd"], "acr": "low"}
    assert come_back(provider, Client())["Location"] == reverse("mfa_authenticate")


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "another"},
        {"aud": ["hotline", "another"]},
        {"iss": "https://example.org"},
        {"exp": 1_000_000_000},
        {"exp": None},
        {"iat": time.time() + 3_600},
        {"nonce": "another"},
        {"email_verified": False},
        {"email_verified": "true"},
        {"email": ""},
        {"email": "nobody@example.org"},
    ],
    ids=str,
)
def test_these_tokens_sign_nobody_in(provider, changes) -> None:
    provider.changes = changes
    browser = Client()
    assert is_refused(come_back(provider, browser), browser)
    assert User.objects.count() == 1


def test_a_token_somebody_else_signed_is_refused(provider) -> None:
    provider.signer = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    browser = Client()
    assert is_refused(come_back(provider, browser), browser)


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_another_algorithm_is_refused(provider, algorithm) -> None:
    provider.algorithm = algorithm
    browser = Client()
    assert is_refused(come_back(provider, browser), browser)


def test_another_state_is_refused(provider) -> None:
    browser = Client()
    assert is_refused(come_back(provider, browser, state="another"), browser)


def test_a_browser_that_did_not_begin_it_is_refused(provider) -> None:
    there = Client().get(reverse("account_ministry"))["Location"]
    sent = {"code": provider.seen(there), "state": provider.asked["state"]}
    browser = Client()
    assert is_refused(browser.post(reverse("account_ministry_finish"), sent), browser)


def test_a_code_without_its_verifier_is_worth_nothing(provider, now) -> None:
    flow, asked = Flow.new(), "http://127.0.0.1/back"
    ours = Provider(provider.issuer, loopback.CLIENT, loopback.SECRET)
    code = provider.seen(ours.way_there(flow, asked))
    stolen = Flow(flow.state, flow.nonce, Flow.new().verifier)
    with pytest.raises(Refused, match="no answer"):
        ours.claims(code=code, flow=stolen, back=asked, at=now)


def test_somebody_out_of_service_is_refused(provider, nina) -> None:
    User.objects.filter(pk=nina.pk).update(is_active=False)
    browser = Client()
    assert is_refused(come_back(provider, browser), browser)


@pytest.mark.parametrize(
    "facts",
    [{"issuer": "https://example.org"}, {"authorization_endpoint": "http://example.org/"}, {}],
    ids=["another issuer", "not https", "not there"],
)
def test_a_provider_that_is_not_right_is_said_so(provider, settings, facts) -> None:
    provider.facts = facts
    if not facts:
        settings.OIDC_ISSUER = "http://127.0.0.1:1"
    browser = Client()
    assert is_refused(browser.get(reverse("account_ministry")), browser)


def test_the_sign_in_page_offers_it_where_there_is_one() -> None:
    page = Client().get(reverse("account_login")).content.decode()
    assert reverse("account_ministry") in page


@pytest.mark.urls("hearthline.hub.config.urls.desk")
def test_without_a_provider_there_is_no_such_route() -> None:
    assert Client().get("/account/provider/").status_code == 404
    assert "provider" not in Client().get(reverse("account_login")).content.decode()
