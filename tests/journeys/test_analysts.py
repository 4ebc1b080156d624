# SPDX-License-Identifier: Apache-2.0
"""Ana and Ben judge cases by keyboard; Sena decides where they differ."""

import re

import pytest
from playwright.sync_api import Page, expect

from hearthline.hub.demo.world import World
from tests.journeys.conftest import Opened, Picture
from tests.journeys.steps import case_of, come_back, sign_in, tell

pytestmark = [pytest.mark.browser, pytest.mark.world]

LAW = "children_act_12"


def person(browse: Opened, world: World, who: str) -> Page:
    return sign_in(browse(width=1280, height=800), world, who)


def focused_row(page: Page) -> int:
    return int(
        page.evaluate(
            "[...document.querySelectorAll('[data-row]')].indexOf(document.activeElement)"
        )
    )


def press(page: Page, key: str) -> None:
    with page.expect_navigation():
        page.keyboard.press(key)


def claim(page: Page, world: World, path: str) -> None:
    page.goto(world.url("desk", path))
    press(page, "c")


def assess(page: Page, outcome: str = "baseline", law: str = LAW, note: str = "") -> None:
    """Fill in the judgement in sight and keep it."""
    form = page.locator("#judgement form:visible").filter(has=page.locator("[name=outcome]"))
    form.locator(f"[name=outcome][value={outcome}]").check()
    form.locator("[name=legal_basis]").select_option(law)
    form.locator("[name=note]").fill(note)
    with page.expect_navigation():
        form.locator("button").last.click()


def test_shortcuts_walk_the_queue(world: World, browse: Opened, picture: Picture) -> None:
    ana = person(browse, world, "ana")
    ana.goto(world.url("desk", "/?lane=new"))
    ana.keyboard.press("j")
    ana.keyboard.press("j")
    assert focused_row(ana) == 1
    ana.keyboard.press("k")
    assert focused_row(ana) == 0
    picture(ana, "desk-row-in-hand", full=False)

    ana.keyboard.press("?")
    keys = ana.locator("dialog#keys")
    expect(keys).to_be_visible()
    for key in ("j", "k", "Enter", "c", "a", "?"):
        expect(keys.locator("kbd", has_text=re.compile(f"^{re.escape(key)}$"))).to_have_count(1)
    picture(ana, "desk-keys", full=False)
    ana.keyboard.press("Escape")
    expect(keys).to_be_hidden()

    ana.keyboard.press("j")
    press(ana, "Enter")
    expect(ana).to_have_url(re.compile("/cases/[0-9a-f-]{36}/"))


def test_two_people_confirm_and_one_cannot(world: World, browse: Opened, picture: Picture) -> None:
    tell(world, "agrees")
    ana, ben = (person(browse, world, who) for who in ("ana", "ben"))
    path = case_of(ana, world, "agrees")
    claim(ana, world, path)
    picture(ana, "desk-claimed")

    # What Ana has in hand, Ben cannot take, neither by key nor by asking for it anyway.
    ben.goto(world.url("desk", path))
    expect(ben.locator("#judgement")).to_contain_text("Ana Lindqvist has this case until")
    expect(ben.locator("#judgement form")).to_have_count(0)

    ana.keyboard.press("a")
    assess(ana)
    expect(ana.locator("[role=status]")).to_contain_text("A second person reviews it")

    ana.goto(world.url("desk", path))
    expect(ana.locator("#judgement")).to_contain_text("Somebody else reviews it now")
    expect(ana.locator("form[action*='/confirm/']")).to_have_count(0)

    case_of(ben, world, "agrees", ("second",))
    ben.goto(world.url("desk", path))
    ben.keyboard.press("r")
    picture(ben, "desk-second-review")
    with ben.expect_navigation():
        ben.get_by_role("button", name="I agree").click()
    expect(ben.locator("[role=status]")).to_contain_text("Confirmed by two people")
    ben.goto(world.url("desk", path))
    picture(ben, "desk-confirmed")


def test_a_claimed_case_refuses_a_late_claim(world: World, browse: Opened) -> None:
    tell(world, "late-claim")
    ana, ben = (person(browse, world, who) for who in ("ana", "ben"))
    path = case_of(ben, world, "late-claim")
    ben.goto(world.url("desk", path))  # Ben's page still offers the case …
    claim(ana, world, path)
    press(ben, "c")  # … which is Ana's by now.
    expect(ben.locator("[role=status]")).to_contain_text("Ana Lindqvist")
    expect(ben.locator("[name=outcome]")).to_have_count(0)


def test_a_disagreement_goes_to_a_senior(world: World, browse: Opened, picture: Picture) -> None:
    tell(world, "differs")
    ana, ben, sena = (person(browse, world, who) for who in ("ana", "ben", "sena"))
    path = case_of(ana, world, "differs")
    claim(ana, world, path)
    assess(ana)

    ben.goto(world.url("desk", path))
    ben.locator("summary", has_text="I see it differently").click()
    assess(ben, "harmful", "", note="")
    # Without a reason it is not kept, and what was chosen is still there.
    expect(ben.locator(".error-summary").first).to_contain_text("Say in a few words why")
    expect(ben.locator("[name=outcome][value=harmful]:checked")).to_have_count(1)
    assess(ben, "harmful", "", note="Not by our law, as I read it.")
    expect(ben.locator("[role=status]")).to_contain_text("A senior decides")

    sena.goto(world.url("desk", path))
    expect(sena.locator("#judgement")).to_contain_text("Not by our law, as I read it.")
    picture(sena, "desk-disagreement")
    assess(sena, note="The first finding holds.")
    expect(sena.locator("[role=status]")).to_contain_text("Your decision is kept")
    ana.goto(world.url("desk", path))
    expect(ana.locator("main")).to_contain_text("Confirmed")


def test_less_urgent_needs_a_reason(world: World, browse: Opened) -> None:
    tell(world, "calmer", facts=("contact_now",))
    ana = person(browse, world, "ana")
    ana.goto(world.url("desk", case_of(ana, world, "calmer")))
    ana.locator("summary", has_text="Set another urgency").click()
    ana.locator("[name=level]").select_option("U3")
    with ana.expect_navigation():
        ana.get_by_role("button", name="Set the urgency").click()
    expect(ana.locator(".error-summary")).to_contain_text("Say in a few words why")
    expect(ana.locator("[name=level]")).to_have_value("U3")
    ana.locator("form[action*='/urgency/'] [name=reason]").fill("The contact ended last week.")
    with ana.expect_navigation():
        ana.get_by_role("button", name="Set the urgency").click()
    expect(ana.locator("[role=status]")).to_contain_text("The urgency is set")
    expect(ana.locator("#timeline ~ .timeline")).to_contain_text("The contact ended last week.")


def test_an_exhibit_is_sealed_and_opened_with_a_reason(
    world: World, browse: Opened, picture: Picture
) -> None:
    tell(world, "exhibit")
    ana = person(browse, world, "ana")
    path = case_of(ana, world, "exhibit")
    claim(ana, world, path)
    ana.locator("summary", has_text="Seal an exhibit").click()
    form = ana.locator("form[action*='/exhibits/']")
    form.locator("[name=note]").fill("A page of text. data:image/png;base64," + "A" * 80)
    with ana.expect_navigation():
        form.get_by_role("button", name="Seal it").click()
    expect(ana.locator(".error-summary")).to_be_visible()
    form.locator("[name=note]").fill("A page of text, seen at first hand.")
    form.locator("[name=sha256]").fill("ab" * 32)
    with ana.expect_navigation():
        form.get_by_role("button", name="Seal it").click()
    expect(ana.locator("[role=status]")).to_contain_text("sealed")

    ana.locator("ul.exhibits a").first.click()
    expect(ana.locator("main")).not_to_contain_text("seen at first hand")
    with ana.expect_navigation():
        ana.get_by_role("button", name="Open").click()
    expect(ana.locator(".error-summary")).to_contain_text("Say in a few words why")
    ana.locator("[name=reason]").fill("To compare it with the new report.")
    with ana.expect_navigation():
        ana.get_by_role("button", name="Open").click()
    expect(ana.locator("main")).to_contain_text("seen at first hand")
    expect(ana.locator("aside .timeline")).to_contain_text("To compare it with the new report.")
    picture(ana, "desk-exhibit")


def test_a_letter_reaches_the_reporter(world: World, browse: Opened) -> None:
    receipt = tell(world, "letter")
    ana = person(browse, world, "ana")
    ana.goto(world.url("desk", case_of(ana, world, "letter")))
    ana.locator("summary", has_text="Write to the reporter").click()
    ana.locator("form[action*='/message/'] [name=body]").fill("Thank you. We are looking at it.")
    with ana.expect_navigation():
        ana.get_by_role("button", name="Send").click()
    expect(ana.locator("[role=status]")).to_contain_text("The letter waits for the reporter")
    reporter = browse(width=390)
    come_back(reporter, world, receipt)
    expect(reporter.locator("main")).to_contain_text("Thank you. We are looking at it.")


@pytest.mark.parametrize("approver", ["mara"])
def test_who_the_reporter_is_takes_two_and_is_shown_once(
    world: World, browse: Opened, picture: Picture, approver: str
) -> None:
    name = f"who-{approver}"
    tell(world, name, email="reporter@example.org")
    ana, second = person(browse, world, "ana"), person(browse, world, approver)
    path = case_of(ana, world, name)
    ana.goto(world.url("desk", path))
    expect(ana.locator("main")).not_to_contain_text("reporter@example.org")
    ana.locator("summary", has_text="Ask who the reporter is").click()
    ana.locator("form[action*='/disclosure/'] [name=reason]").fill("To ask which day it was.")
    with ana.expect_navigation():
        ana.get_by_role("button", name="Ask", exact=True).click()
    # Whoever asks does not decide.
    expect(ana.get_by_role("button", name="Allow")).to_have_count(0)

    second.goto(world.url("desk", path))
    picture(second, f"desk-disclosure-{approver}")
    with second.expect_navigation():
        second.get_by_role("button", name="Allow").click()
    ana.reload()
    with ana.expect_navigation():
        ana.get_by_role("button", name="Show it once").click()
    expect(ana.locator("main")).to_contain_text("reporter@example.org")
    picture(ana, "desk-contact")
    ana.goto(world.url("desk", path))
    expect(ana.get_by_role("button", name="Show it once")).to_have_count(0)
    expect(ana.locator("main")).not_to_contain_text("reporter@example.org")
