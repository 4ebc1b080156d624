# SPDX-License-Identifier: Apache-2.0
"""Omar watches over the work and changes nothing; a new colleague signs in for the first time."""

import hashlib
import hmac
import re
import struct
import time
from base64 import b32decode

import pytest
from playwright.sync_api import Page, expect

from hearthline.hub.demo.world import World
from tests.journeys.conftest import Opened, Picture
from tests.journeys.steps import case_of, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.world]

STEP = 30  # seconds


def code(secret: str, at: float) -> str:
    """The six digits an authenticator app shows (RFC 6238, section 4; RFC 4226, section 5.3)."""
    key = b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(at) // STEP), hashlib.sha1).digest()
    offset = digest[-1] & 15
    number = int.from_bytes(digest[offset : offset + 4]) & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


def send(page: Page) -> None:
    with page.expect_navigation():
        page.locator("main button.button").first.click()


def test_omar_reads_and_every_change_is_refused(
    world: World, browse: Opened, picture: Picture
) -> None:
    path = case_of(sign_in(browse(), world, "ana"), world, "story-[0-9]+")
    omar = sign_in(browse(), world, "omar")
    expect(omar).to_have_url(world.url("desk", "/audit/"))
    expect(omar.locator("tbody")).to_contain_text("cases.")
    picture(omar, "desk-audit")
    omar.get_by_role("link", name="Figures").first.click()
    expect(omar.get_by_role("button", name="Compile")).to_have_count(0)
    omar.locator("td a").first.click()
    expect(omar.locator("main")).to_contain_text("This is what the public sees")
    expect(omar.get_by_role("button", name="Publish")).to_have_count(0)

    # His own reading stands in the log too.
    omar.goto(world.url("desk", "/audit/?verb=audit"))
    expect(omar.locator("tbody tr").first).to_be_visible()

    # What he may not read is refused; so is every change, even one sent past the pages.
    for page in ("/", path, "/notices/", "/referrals/", "/directory/", "/staff/enrol/"):
        assert omar.goto(world.url("desk", page)).status == 403, page
    omar.goto(world.url("desk", "/figures/"))
    token = omar.locator("[name=csrfmiddlewaretoken]").first.input_value()
    for change in ("/figures/compile/", f"{path}claim/", f"{path}assess/", f"{path}urgency/",
                   "/staff/enrol/", "/directory/add/"):  # fmt: skip
        answer = omar.request.post(
            world.url("desk", change),
            form={"csrfmiddlewaretoken": token, "period": "2026-01", "level": "U0"},
            headers={"Referer": world.url("desk", "/figures/")},
        )
        assert answer.status == 403, change
        assert "Traceback" not in answer.text()


def test_a_new_colleague_sets_up_password_and_second_factor(
    world: World, browse: Opened, picture: Picture
) -> None:
    ada = sign_in(browse(), world, "ada")
    expect(ada).to_have_url(world.url("desk", "/staff/"))
    ada.goto(world.url("desk", "/staff/enrol/"))
    ada.locator("[name=name]").fill("Olu Bright")
    ada.locator("[name=email]").fill("olu@example.org")
    ada.locator("[name=roles][value=oversight]").check()
    picture(ada, "desk-enrol")
    send(ada)
    password = ada.locator("main .starting").inner_text().strip()
    picture(ada, "desk-starting-password")

    olu = browse()
    olu.goto(world.url("desk", "/audit/"))
    picture(olu, "desk-login")
    olu.locator("[name=login]").fill("olu@example.org")
    olu.locator("[name=password]").fill("not the password")
    send(olu)
    expect(olu.locator(".error-summary")).to_be_visible()
    olu.locator("[name=login]").fill("olu@example.org")
    olu.locator("[name=password]").fill(password)
    send(olu)

    # Nothing opens before the password is their own and the second factor is set up.
    olu.goto(world.url("desk", "/audit/"))
    expect(olu.locator("[name=password1]")).to_be_visible()
    picture(olu, "desk-password")
    own = "a lamp in the window 7"
    if olu.locator("[name=oldpassword]").count():
        olu.locator("[name=oldpassword]").fill(password)
    olu.locator("[name=password1]").fill(own)
    olu.locator("[name=password2]").fill(own)
    send(olu)
    olu.goto(world.url("desk", "/audit/"))
    expect(olu.locator("[name=code]")).to_be_visible()
    picture(olu, "desk-second-factor")
    secret = re.sub(r"\s", "", olu.locator("main code").inner_text())
    olu.locator("[name=code]").fill("000000" if code(secret, time.time()) != "000000" else "111111")
    send(olu)
    expect(olu.locator(".error-summary")).to_be_visible()
    used = time.time()
    olu.locator("[name=code]").fill(code(secret, used))
    send(olu)
    olu.goto(world.url("desk", "/audit/"))
    expect(olu.locator("h1")).to_have_text("Audit log")

    # From then on: password and six digits.
    again = browse()
    again.goto(world.url("desk", "/audit/"))
    again.locator("[name=login]").fill("olu@example.org")
    again.locator("[name=password]").fill(own)
    send(again)
    expect(again.locator("[name=code]")).to_be_visible()
    again.locator("[name=code]").fill(code(secret, time.time()))
    send(again)
    expect(again).to_have_url(world.url("desk", "/audit/"))
