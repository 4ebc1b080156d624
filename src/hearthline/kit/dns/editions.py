# SPDX-License-Identifier: Apache-2.0
"""What the primary serves at a moment: the newest version, rendered, and how to get there.

The folder is looked into again and again; what is found there is taken only if it is whole and
later than all that was ever served. The largest serial served is kept in a file, so that a folder
restored from an old copy cannot bring back what was lifted, not even after a restart.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from hearthline.kit.dns import versions
from hearthline.kit.dns.rendering import Page, Renderer, Rendering
from hearthline.kit.dns.versions import Changes, Version, VersionBroken
from hearthline.kit.formats import rpz


class WentBack(ValueError):
    """The folder offers an older version than one already served."""


@dataclass(frozen=True, slots=True)
class Delta:
    """What an incremental transfer says of one version: records taken away, records added.

    Both begin with a page of the SOA and the canary's text, old and new.
    """

    previous: int
    serial: int
    pages: tuple[Page, ...]
    size: int


@dataclass(frozen=True, slots=True)
class Edition:
    """One version as served. Never changes.

    `deltas` lead up to it, the oldest first, as far back as all together are shorter than the list.
    """

    version: Version
    soa: Page
    name_servers: Page
    canary: Page
    rendering: Rendering
    deltas: tuple[Delta, ...]

    @property
    def serial(self) -> int:
        return self.version.serial

    def whole(self) -> Iterator[Page]:
        """A full transfer, RFC 5936 section 2.2."""
        yield self.soa
        yield self.name_servers
        yield self.canary
        yield from self.rendering.pages
        yield self.soa

    def since(self, serial: int) -> list[Page] | None:
        """An incremental transfer, RFC 1995 section 4. None where the full one must be had."""
        for start, delta in enumerate(self.deltas):
            if delta.previous == serial:
                wanted = self.deltas[start:]
                return [self.soa, *(page for delta in wanted for page in delta.pages), self.soa]
        return None


@dataclass(frozen=True, slots=True)
class State:
    """What is kept from one start to the next: what was served last, and on which terms.

    Whoever holds a serial below `terms_since` may hold records of other terms, as of another stop
    page, and needs the whole list.
    """

    serial: int = 0
    sha256: str = ""
    terms: str = ""
    terms_since: int = 0


class Editions:
    """Follows a folder of versions. `state` is the file of what was served last.

    `refresh` may be called by one thread at a time; `current` may be read by all at any time.
    """

    def __init__(self, folder: Path, policy: rpz.Policy, state: Path) -> None:
        self.folder, self.policy, self._path = folder, policy, state
        self._renderer = Renderer(policy)
        served = _read_state(state)
        terms = hashlib.sha256(repr(policy).encode()).hexdigest()
        since = served.terms_since if served.terms in ("", terms) else served.serial + 1
        self._served = State(served.serial, served.sha256, terms, since)
        self.current: Edition | None = None

    def refresh(self) -> bool:
        """Takes in the newest version; True if there is one to announce.

        Raises VersionBroken or WentBack; what is served stays as it is then.
        """
        found = versions.newest(self.folder)
        if found is None:
            return False
        now = self.current
        if now is not None and found == now.version:
            return False
        self._check_later(found)
        edition = self._after(now, found) if now else None
        edition = edition or self._anew(found)
        if edition.rendering.covers(self.policy.canary):
            raise VersionBroken(f"serial {found.serial} lists the canary {self.policy.canary}.")
        self._remember(found)
        self.current = edition
        return True

    def _check_later(self, found: Version) -> None:
        served = self._served
        if found.serial < served.serial:
            raise WentBack(
                f"{self.folder} holds serial {found.serial}, but {served.serial} was already "
                f"served; write a version above {served.serial}."
            )
        if found.serial == served.serial and found.sha256 != served.sha256:
            raise WentBack(
                f"{self.folder} holds another list under serial {found.serial} than was served; "
                "write a version above it."
            )

    def _after(self, now: Edition, found: Version) -> Edition | None:
        """The version as changes of the one served, if they lead there; else None."""
        steps: list[Changes] = []
        for changes in versions.chain(self.folder, found):
            if changes.previous < now.serial:
                return None
            steps.insert(0, changes)
            if changes.previous == now.serial:
                break
        if not steps or steps[0].previous != now.serial:
            return None
        rendering = now.rendering
        for step in steps:
            rendering = rendering.changed(step.removed, step.added)
        if rendering.sha256 != found.sha256:
            return None
        deltas = (*now.deltas, *(self._delta(step) for step in steps))
        return self._edition(found, rendering, deltas)

    def _anew(self, found: Version) -> Edition:
        rendering = Rendering.of(versions.read_names(self.folder, found), self._renderer)
        # Read no further back than transfers would be shorter than the whole list.
        deltas: list[Delta] = []
        size = 0
        for changes in versions.chain(self.folder, found):
            deltas.insert(0, self._delta(changes))
            size += deltas[0].size
            if size >= rendering.size:
                break
        return self._edition(found, rendering, tuple(deltas))

    def _edition(
        self, version: Version, rendering: Rendering, deltas: tuple[Delta, ...]
    ) -> Edition:
        kept: list[Delta] = []
        size = 0
        for delta in reversed(deltas[-versions.KEPT_CHANGES :]):
            size += delta.size
            if size >= rendering.size or delta.previous < self._served.terms_since:
                break
            kept.insert(0, delta)
        soa = Page(b"", self._renderer.soa(version.serial), 1)
        servers = Page(b"", self._renderer.name_servers(), 1)
        canary = self._renderer.canary(version.serial)
        return Edition(version, soa, servers, canary, rendering, tuple(kept))

    def _delta(self, changes: Changes) -> Delta:
        pages: list[Page] = []
        for serial, lines in ((changes.previous, changes.removed), (changes.serial, changes.added)):
            head = self._renderer.soa(serial) + self._renderer.canary_text(serial)
            pages += [Page(b"", head, 2), *self._renderer.pages(lines)]
        size = sum(len(page.wire) for page in pages)
        return Delta(changes.previous, changes.serial, tuple(pages), size)

    def _remember(self, version: Version) -> None:
        served = replace(self._served, serial=version.serial, sha256=version.sha256)
        part = self._path.with_name(self._path.name + ".part")
        part.write_text(json.dumps(asdict(served)) + "\n", encoding="ascii")
        part.replace(self._path)
        self._served = served


def _read_state(path: Path) -> State:
    try:
        said = json.loads(path.read_bytes())
        return State(
            int(said["serial"]),
            str(said["sha256"]),
            str(said.get("terms", "")),
            int(said.get("terms_since", 0)),
        )
    except FileNotFoundError:
        return State()
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RecursionError):
        raise VersionBroken(
            f"{path} cannot be read; it says which serial was served last. Remove it if the "
            "folder of versions is known to be the newest."
        ) from None
