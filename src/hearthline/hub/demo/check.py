# SPDX-License-Identifier: Apache-2.0
"""Walk one report the whole way through a running world, over HTTP, and say what was seen.

Every step goes through the same pages, mail server, keys and worker as a person would meet.
"""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from hearthline.hub.demo.host import Pages
from hearthline.hub.demo.sink import Inbox, Received
from hearthline.hub.demo.visitor import FormNotFound, Page, Visitor
from hearthline.hub.demo.world import World, WorldRefused
from hearthline.kit.formats import feedback, package, sdmx
from hearthline.kit.sealing import ReceiptMistyped, parse_receipt

Found = TypeVar("Found")

PAGE = "page-1"
PATIENCE = 60.0


class Gap(Exception):
    """A step did not show what it should; the text says what was missing."""


@dataclass
class Walk:
    """Who walks, and what was seen so far."""

    world: World
    child: Visitor = field(default_factory=lambda: Visitor("zh-hans"))
    receipt: str = ""
    case: str = ""
    seen: dict[str, Any] = field(default_factory=dict)

    def staff(self, who: str, door: str = "desk") -> Visitor:
        """`who`, signed in by the demonstration's one click."""
        visitor = Visitor()
        home = visitor.get(self.world.url(door, "/demo/"))
        visitor.send(home, home.form(action=f"/sign-in/{who}/"))
        return visitor

    def desk(self, path: str) -> str:
        return self.world.url("desk", path)

    def later(self, minutes: int) -> None:
        """One round of the worker as if it were `minutes` later."""
        self.world.run("-m", "hearthline.cli", "worker", "--once", "--ahead", str(minutes))


def walk(world: World) -> dict[str, Any]:
    """What each step saw, and `gaps`: empty when the whole way was open."""
    state = Walk(world)
    for step in STEPS:
        try:
            state.seen[step.__name__] = step(state)
        except (Gap, FormNotFound, WorldRefused, LookupError, OSError, ValueError) as error:
            return {**state.seen, "gaps": [f"{step.__name__}: {type(error).__name__}: {error}"]}
    return {**state.seen, "gaps": []}


def form_posted(state: Walk) -> dict[str, Any]:
    """A child in Chinese answers the questions and reads the receipt."""
    page = state.child.get(state.world.url("public", "/report/start/child/"))
    need(page, 200, 'lang="zh-hans"')
    page = state.child.send(page, page.form("kind"), kind="csam_url")
    page = state.child.send(page, page.form("addresses"), addresses=state.world.page(PAGE))
    page = state.child.send(page, page.form("facts"), facts=["hosting"])
    page = state.child.send(page, page.form("words"), words="我看到这个网页,觉得不放心。")
    page = state.child.send(page, page.form("age_band"), age_band="13_15", sex="unknown")
    page = state.child.send(page, page.form("safe_contact"), safe_contact="receipt")
    page = state.child.send(page, page.form())
    need(page, 200, "/report/sent/" if "/report/sent/" in page.text else "")
    state.receipt = receipt_in(page)
    return {"language": "zh-hans", "digits": len(state.receipt), "page_bytes": len(page.text)}


def claimed(state: Walk) -> dict[str, Any]:
    """An analyst finds the case in the queue and claims it."""
    ana = state.staff("ana")
    # The queue shows addresses defanged and shortened in the middle.
    shown = re.compile(rf"harbour-host.*/{PAGE}\b")
    state.case = eventually("the case in the queue", lambda: find_case(state, ana, shown))
    page = ana.get(state.desk(f"/cases/{state.case}/"))
    page = ana.send(page, page.form(action="/claim/"))
    need(page, 200, "/assess/")
    return {"case": state.case[:8]}


def assessed(state: Walk) -> dict[str, Any]:
    """The analyst judges it, by a legal basis of the pack."""
    ana = state.staff("ana")
    page = ana.get(state.desk(f"/cases/{state.case}/"))
    form = page.form("outcome", action="/assess/")
    page = ana.send(page, form, outcome="baseline", legal_basis="children_act_12")
    need(page, 200, "")
    again = ana.get(state.desk(f"/cases/{state.case}/"))
    if any("/confirm/" in form.action for form in again.forms):
        raise Gap("the analyst could review what she judged herself")
    return {"outcome": "baseline"}


def confirmed(state: Walk) -> dict[str, Any]:
    """Another analyst agrees."""
    ben = state.staff("ben")
    page = ben.get(state.desk(f"/cases/{state.case}/"))
    need(ben.send(page, page.form("agrees", action="/confirm/"), press="agrees=yes"), 200, "")
    return {"people": 2}


def police_package_opened(state: Walk) -> dict[str, Any]:
    """The unit's mail brings a package that the unit's key alone opens."""
    letter = eventually("the package in the unit's mail", lambda: find_package(state))
    sealed = next(
        part.get_payload(decode=True)
        for part in letter.message.walk()
        if (part.get_filename() or "").endswith(".age")
    )
    opened = package.open_package(bytes(sealed), state.world.unit_identity)
    address = state.world.page(PAGE)
    if address not in str(opened.record()):
        raise Gap("the package does not name the address")
    state.seen["_police_at"] = letter.name
    return {"opened": True, "to": str(letter.message["To"])}


def police_acknowledged(state: Walk) -> dict[str, Any]:
    """The liaison acknowledges at the partners' door."""
    paulo = state.staff("paulo", "partners")
    page = paulo.get(state.world.url("partners", "/"))
    links = dict.fromkeys(re.findall(r'href="(/packages/[0-9a-f-]{36}/)"', page.text))
    page = next(
        found
        for found in (paulo.get(state.world.url("partners", link)) for link in links)
        if state.case[:8].upper() in found.text.upper()
    )
    page = paulo.send(page, page.form("unit_reference"), unit_reference="SP-CHECK-1")
    need(page, 200, "SP-CHECK-1")
    return {"reference": "SP-CHECK-1"}


def notice_received(state: Walk) -> dict[str, Any]:
    """The host's mail server has a notice that parses back to the address."""
    letter = eventually("the notice at the host", lambda: find_notice(state))
    if letter.name <= state.seen.pop("_police_at"):
        raise Gap("the host heard before the police")
    # Other addresses of the host may travel in the same letter.
    address = state.world.page(PAGE)
    notices = feedback.parse_all(letter.message)
    notice = next((one for one in notices if (one.xarf or {}).get("url") == address), notices[0])
    return {
        "after_police": True,
        "to": str(letter.message["To"]),
        "xarf_type": (notice.xarf or {}).get("type"),
        "report_id": (notice.xarf or {}).get("report_id"),
    }


def page_taken_down(state: Walk) -> dict[str, Any]:
    """The host removes the page."""
    Pages(state.world.pages).take_down(PAGE)
    return {"page": PAGE}


def removal_confirmed(state: Walk) -> dict[str, Any]:
    """Several checks find it absent, and only then does it count as gone."""
    for rounds, minutes in enumerate(range(2, 40, 3), start=1):
        state.later(minutes)
        page = state.staff("ana").get(state.desk(f"/cases/{state.case}/"))
        if not page.forms or "/cases/" not in page.url:
            raise Gap("the case page does not open")
        if removed(state):
            return {"rounds": rounds}
    raise Gap("the checks never found it gone")


def receipt_page_read(state: Walk) -> dict[str, Any]:
    """The child comes back with the receipt and reads, in Chinese, that it is gone."""
    visitor = Visitor("zh-hans")
    page = visitor.get(state.world.url("public", "/receipt/"))
    page = visitor.send(page, page.form("receipt"), receipt=state.receipt)
    need(page, 200, 'lang="zh-hans"')
    steps = page.text.count("<time")
    if steps < 4:
        raise Gap(f"the receipt page shows {steps} steps")
    return {"steps": steps, "chinese": bool(re.search(r"[\u4e00-\u9fff]{4}", page.text))}


def period_compiled(state: Walk) -> dict[str, Any]:
    """The statistician counts last month again and says why; the manager publishes it."""
    zone = ZoneInfo("UTC")
    first = datetime.now(zone).replace(day=1)
    period = f"{first - timedelta(days=1):%Y-%m}"
    stella, mara = state.staff("stella"), state.staff("mara")
    page = stella.get(state.desk("/figures/"))
    page = stella.send(
        page,
        page.form("period", action="/compile/"),
        period=period,
        reason="late_data",
        note="Findings of the last days were added.",
    )
    release = page.url
    page = mara.get(release)
    need(mara.send(page, page.form(action="/publish/")), 200, "")
    return {"period": period}


def sdmx_parsed(state: Walk) -> dict[str, Any]:
    """Anybody downloads the figures and finds small cells withheld."""
    period = state.seen["period_compiled"]["period"]
    url = state.world.url("public", f"/figures/{period}.sdmx.csv")
    observations = sdmx.read_csv(Visitor().get_bytes(url).decode("utf-8"))
    withheld = [one for one in observations if one.value is None]
    small = [one for one in observations if one.value is not None and 0 < one.value < 5
             and one.unit_measure == "COUNT"]  # fmt: skip
    if not observations or small:
        raise Gap(f"{len(observations)} observations, {len(small)} of them too small to publish")
    return {"observations": len(observations), "withheld": len(withheld)}


def audit_verified(state: Walk) -> dict[str, Any]:
    """The audit log of all this proves itself."""
    return {"sentence": state.world.run("-m", "hearthline.cli", "audit", "verify").strip()}


STEPS: tuple[Callable[[Walk], dict[str, Any]], ...] = (
    form_posted,
    claimed,
    assessed,
    confirmed,
    police_package_opened,
    police_acknowledged,
    notice_received,
    page_taken_down,
    removal_confirmed,
    receipt_page_read,
    period_compiled,
    sdmx_parsed,
    audit_verified,
)


def need(page: Page, status: int, text: str) -> None:
    """Raise `Gap` unless the page came with `status` and holds `text`."""
    if page.status != status or text not in page.text:
        raise Gap(f"{page.url} answered {page.status} without {text!r}")


def receipt_in(page: Page) -> str:
    """The sixteen digits on the page."""
    plain = re.sub(r"<[^>]+>", " ", page.text)
    for found in re.findall(r"(?:\d{4}\s+){3}\d{4}|\d{16}", plain):
        try:
            return parse_receipt(found)
        except ReceiptMistyped:
            continue
    raise Gap("no receipt on the page")


def find_case(state: Walk, analyst: Visitor, shown: re.Pattern[str]) -> str | None:
    for lane in ("new", "urgent"):
        text = analyst.get(state.desk(f"/?lane={lane}")).text
        for row in re.split(r"<tr\b", text):
            link = re.search(r"/cases/([0-9a-f-]{36})/", row)
            if link and shown.search(row):
                return link.group(1)
    return None


def find_package(state: Walk) -> Received | None:
    """The letter to the police about this case."""
    letters = Inbox(state.world.inbox).letters()[:12]
    reference = state.case[:8].upper()
    return next((one for one in letters if reference in str(one.message["Subject"])), None)


def find_notice(state: Walk) -> Received | None:
    """The letter that names the address in plain words or in its data."""
    letters = Inbox(state.world.inbox).letters()[:12]
    address = state.world.page(PAGE)
    return next((one for one in letters if address in _plain(one)), None)


def _plain(letter: Received) -> str:
    parts = [part.get_payload(decode=True) for part in letter.message.walk()]
    return "\n".join(part.decode("utf-8", "replace") for part in parts if isinstance(part, bytes))


def removed(state: Walk) -> bool:
    """Whether the child is told that it is gone."""
    visitor = Visitor("en")
    page = visitor.get(state.world.url("public", "/receipt/"))
    page = visitor.send(page, page.form("receipt"), receipt=state.receipt)
    return "It has been taken down." in page.text


def eventually(what: str, look: Callable[[], Found | None]) -> Found:
    """What `look` finds, asked again until it is there; `Gap` after PATIENCE seconds."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        found = look()
        if found is not None:
            return found
        time.sleep(0.5)
    raise Gap(f"waited {PATIENCE:.0f} seconds for {what}")
