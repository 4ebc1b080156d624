# SPDX-License-Identifier: Apache-2.0
"""Every page, in a left-to-right, a Chinese and a right-to-left language, narrow and wide.

axe-core finds no violation of WCAG 2.2 A or AA, nothing scrolls sideways, no script or policy
complains, nobody else is asked for anything, and the public pages are small. `make pictures` writes
each to `test-output/` for people to look at.
"""

import re
from collections.abc import Callable, Iterator
from functools import partial
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Page

from hearthline.hub.demo.visitor import Page as Answer
from hearthline.hub.demo.visitor import Visitor
from hearthline.hub.demo.world import World
from tests.journeys.conftest import (
    NARROW,
    OUTPUT,
    WIDE,
    Check,
    Opened,
    Picture,
    stays_within,
)
from tests.journeys.steps import case_of, come_back, press, sign_in, tell

pytestmark = [pytest.mark.browser, pytest.mark.world]

LANGUAGES = ("en", "zh-CN", "ar")
ALL_LANGUAGES = ("en", "zh-hans", "ar", "es", "fr", "ru")
PUBLIC = (
    "/", "/help/", "/about/", "/figures/", "/receipt/", "/report/go-on/", "/complaint/",
    "/complaint/answer/", "/appeal/", "/appeal/decision/", "/stopped/", "/blocking/", "/button/",
    "/report/professional/", "/demo/", "/no-such-page/",
)  # fmt: skip
STEPS = ("start/public", "where", "now", "words", "child", "contact", "send")
# Who looks at which pages of the desk.
DESK = {
    "sena": ("/notices/", "/appeals/", "/referrals/", "/directory/", "/figures/", "/account/2fa/",
             "/?lane=second", "/demo/inbox/", "/staff/"),
    "ada": ("/staff/", "/staff/enrol/", "/audit/", "/directory/add/"),
}  # fmt: skip
LIMIT = 50 * 1024  # bytes of a public page with its sheets and script

Look = Callable[..., None]


@pytest.fixture
def look(accessible: Check, picture: Picture) -> Look:
    """Look at the page at the width of the language, or with `whole` at both.

    axe-core reads what is `whole` in each language, the rest in English and Arabic.
    """

    def looked(page: Page, name: str, language: str, *, whole: bool = False) -> None:
        here = WIDE if language == "en" else NARROW
        for size in (NARROW, WIDE):
            page.set_viewport_size(size)
            stays_within(page)
            if whole or (size is here and language != "zh-CN"):
                accessible(page)
            if whole or size is here:
                picture(page, f"{name}-{language[:2]}-{size['width']}", full=whole)

    return looked


@pytest.fixture(scope="module")
def receipt(world: World) -> str:
    return tell(world, "status", language="ar", audience="child")


# In Chinese, and in every language besides, test_six_languages.py opens each of them.
@pytest.mark.parametrize("language", ["en", "ar"])
def test_public_pages(
    world: World, browse: Opened, look: Look, receipt: str, language: str
) -> None:
    page = browse(language=language)
    for path in PUBLIC:
        page.goto(world.url("public", path))
        look(page, f"public{path.replace('/', '-')}", language, whole=path == "/")
    page.goto(world.url("public", "/report/start/public/"))
    for step in STEPS[:-1]:
        assert step in page.url
        look(page, f"public-{step.replace('/', '-')}", language)
        press(page, "button[name=skip]")
    look(page, "public-send", language)
    come_back(page, world, receipt)
    look(page, "public-status", language, whole=True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_desk_pages(world: World, browse: Opened, look: Look, language: str) -> None:
    page = sign_in(browse(language=language), world, "sena")
    page.goto(world.url("desk", "/?lane=new"))
    look(page, "desk-queue", language, whole=True)
    page.goto(world.url("desk", case_of(page, world, "story-[0-9]+", ("waiting",))))
    look(page, "desk-case", language, whole=True)
    for path in DESK["sena"]:
        page.goto(world.url("desk", path))
        look(page, f"desk{re.sub('[/?=]', '-', path)}", language)
    for folder in ("notices", "referrals", "directory", "figures"):
        page.goto(world.url("desk", f"/{folder}/"))
        press(page, "tbody a")
        look(page, f"desk-one-{folder}", language)
    if language == "en":  # every part of the interface on one page
        page.goto(world.url("desk", "/style/"))
        look(page, "desk-style", language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_of_the_administrator(
    world: World, browse: Opened, look: Look, language: str
) -> None:
    page = sign_in(browse(language=language), world, "ada")
    for path in DESK["ada"]:
        page.goto(world.url("desk", path))
        look(page, f"desk-ada{path.replace('/', '-')}", language)
    page.goto(world.url("desk", "/staff/"))
    press(page, "tbody a")
    look(page, "desk-one-staff", language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_partners_pages_and_signing_in(
    world: World, browse: Opened, look: Look, language: str
) -> None:
    page = browse(language=language)
    page.goto(world.url("partners", "/"))
    look(page, "partners-login", language)
    sign_in(page, world, "paulo", "partners")
    look(page, "partners-packages", language)
    press(page, "tbody a")
    look(page, "partners-package", language)


def test_in_the_dark(
    world: World, browse: Opened, accessible: Check, picture: Picture, receipt: str
) -> None:
    page = browse(dark=True)
    page.goto(world.url("public"))
    accessible(page)
    picture(page, "dark-home")
    page.goto(world.url("public", "/report/start/child/"))
    accessible(page)
    come_back(page, world, receipt)
    accessible(page)
    picture(page, "dark-status")
    page.goto(world.url("public", "/figures/"))
    accessible(page)
    picture(page, "dark-figures")
    sign_in(page, world, "sena")
    accessible(page)
    picture(page, "dark-queue")
    page.goto(world.url("desk", case_of(page, world, "story-[0-9]+", ("waiting",))))
    accessible(page)
    picture(page, "dark-case")


def test_public_pages_are_small(world: World, receipt: str) -> None:
    sizes = [
        (language, page.url.split("/", 3)[3], *weigh(page))
        for language in ALL_LANGUAGES
        for page in read(world, receipt, language)
    ]
    lines = [f"{html:7} {total:7}  {language:8} /{path}" for language, path, html, total in sizes]
    OUTPUT.mkdir(exist_ok=True)
    (OUTPUT / "sizes.txt").write_text("   html   total\n" + "\n".join(lines) + "\n")
    assert [line for line, size in zip(lines, sizes, strict=True) if size[3] >= LIMIT] == []


def read(world: World, receipt: str, language: str) -> Iterator[Answer]:
    """Every public page in one language, as a browser without scripts gets it."""
    visitor = Visitor(language)
    here = partial(world.url, "public")
    for path in PUBLIC:
        yield visitor.get(here(path))
    page = visitor.get(here("/report/start/child/"))
    for _ in STEPS[:-1]:
        yield page
        page = visitor.send(page, page.form(), press="skip=1")
    yield page
    yield visitor.get(here("/report/danger/"))
    page = visitor.get(here("/receipt/"))
    yield visitor.send(page, page.form("receipt"), receipt=receipt)
    yield visitor.get(here("/receipt/withdraw/"))


def weigh(page: Answer) -> tuple[int, int]:
    """Bytes of the page, and with its sheets, script and icon, as a first visit gets them.

    Pages are never compressed, since what they say is secret; sheets and scripts are.
    """
    html = len(page.text.encode())
    origin = "/".join(page.url.split("/")[:3])
    linked = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text))
    total = html
    for path in linked:
        asked = Request(origin + path, headers={"Accept-Encoding": "gzip"})
        with urlopen(asked) as answer:
            total += len(answer.read())
    return html, total
