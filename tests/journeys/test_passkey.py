# SPDX-License-Identifier: Apache-2.0
"""A real ceremony: the browser's authenticator makes a passkey, signs in by it, proves by it."""

import subprocess
import sys

import pytest
from playwright.sync_api import Page, expect

from hearthline.hub.demo.world import World
from tests.journeys.conftest import Check, Opened, Picture
from tests.journeys.steps import press

pytestmark = [pytest.mark.browser, pytest.mark.world]

EMAIL = "ines@example.org"
PASSWORD = "a lamp in the window"
# What a telephone does: keeps the key, and asks for a finger.
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def enrol(world: World) -> None:
    """An administrator enrolled at the server's console, as the first one is."""
    subprocess.run(
        [sys.executable, "-m", "hearthline.cli", "staff", EMAIL, "Ines Duarte"],
        env=world.environment(),
        input=f"{PASSWORD}\n",
        text=True,
        capture_output=True,
        check=True,
    )


def with_authenticator(page: Page, **differing: object) -> None:
    cdp = page.context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    options = {**AUTHENTICATOR, **differing}
    cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_a_passkey_is_made_signs_in_and_proves_again(
    world: World, browse: Opened, picture: Picture, accessible: Check
) -> None:
    enrol(world)
    # A passkey belongs to a name, so not 127.0.0.1.
    desk = f"http://localhost:{world.ports['desk']}"
    page = browse()
    with_authenticator(page)

    # The first sign-in leads to setting up a second factor, and a passkey will do.
    page.goto(f"{desk}/account/login/")
    page.locator("[name=login]").fill(EMAIL)
    page.locator("[name=password]").fill(PASSWORD)
    press(page, "form[action='/account/login/'] .button")
    page.get_by_role("link", name="Use a passkey instead").click()
    page.get_by_label("Name of the passkey").fill("Ines' telephone")
    accessible(page)
    picture(page, "account-passkey-add")
    press(page, "form[data-passkey] .button")
    expect(page.locator("h1")).to_have_text("Recovery codes")
    assert page.locator(".codes li").count() == 10
    picture(page, "account-recovery-codes")

    page.goto(f"{desk}/account/2fa/")
    expect(page.locator("main")).to_contain_text("Ines' telephone")
    accessible(page)
    picture(page, "account")

    # Signed out, the passkey alone signs in: no password, no code.
    page.goto(f"{desk}/account/logout/")
    press(page, "main form .button")
    page.goto(f"{desk}/staff/")
    page.get_by_role("link", name="Sign in with a passkey").click()
    accessible(page)
    picture(page, "account-passkey-sign-in")
    press(page, "form[data-passkey] .button")
    page.goto(f"{desk}/staff/")
    expect(page.locator("h1")).to_have_text("Staff")

    # Before a grave step it proves again, and leads on to the step.
    page.goto(f"{desk}/account/prove/?next=/staff/enrol/")
    expect(page.locator("h1")).to_have_text("Show again that it is you")
    accessible(page)
    picture(page, "account-prove")
    press(page, "form[data-passkey] .button")
    expect(page).to_have_url(f"{desk}/staff/enrol/")


def test_an_authenticator_without_a_passkey_for_us_signs_nobody_in(
    world: World, browse: Opened
) -> None:
    page = browse()
    with_authenticator(page)
    page.goto(f"http://localhost:{world.ports['desk']}/account/passkey/")
    page.locator("form[data-passkey] .button").click()
    expect(page.locator("[data-passkey-refused]")).to_contain_text("No passkey was used")
