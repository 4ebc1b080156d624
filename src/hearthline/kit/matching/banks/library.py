# SPDX-License-Identifier: Apache-2.0
"""All banks of one place: a folder with a folder for each."""

import fcntl
import os
import shutil
import threading
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from hearthline.kit.formats.known_hash import HashKind
from hearthline.kit.matching.banks.answers import Answer, answer, as_queries
from hearthline.kit.matching.banks.bank import SETTINGS_FILE, Bank
from hearthline.kit.matching.banks.indexes import Finding
from hearthline.kit.matching.banks.journal import Signature
from hearthline.kit.matching.banks.refusals import BankExists, BankRefused, NoSuchBank
from hearthline.kit.matching.banks.settings import Settings
from hearthline.kit.matching.files import fsync_folder

_LOCK = ".library.lock"
_MAKING = ".making"


class Library:
    """The banks of a folder, which is made if it is not there.

    Threads may share it; a process opens its own after it was forked. Banks that others create,
    change or retire are seen at the next call.
    """

    def __init__(self, folder: Path | str) -> None:
        self._folder = Path(folder)
        # What is known is for those alone who keep it.
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._banks: dict[str, Bank] = {}
        self._faults: dict[str, str] = {}
        self._seen: tuple[int, int] | None = None
        self._looking = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of all banks."""
        with self._looking:
            for bank in self._banks.values():
                bank.close()
            self._banks.clear()
            self._seen = None

    def create_bank(self, name: str, *, by: str, at: datetime, **settings: Any) -> Bank:
        """A new bank, with settings by their names in Settings.

        Raises BankExists, SettingRefused, RadiusRefused.
        """
        wanted = Settings(name).changed(**settings)
        Signature.of(by, at)
        with self._held():
            self._require_free(name)
            making = self._folder / _MAKING
            shutil.rmtree(making, ignore_errors=True)
            making.mkdir()
            Bank.make(making, wanted)
            making.rename(self._free_folder(name))
            fsync_folder(self._folder)
            bank = self.bank(name)
            bank.begin(by=by, at=at)
        return bank

    def banks(self) -> list[Bank]:
        """All banks in use, by name."""
        return [bank for bank, _settings in self._in_use()]

    def bank(self, name: str) -> Bank:
        """One bank. Raises NoSuchBank."""
        for bank, settings in self._in_use():
            if settings.name == name:
                return bank
        raise NoSuchBank(name)

    def rename_bank(self, name: str, new: str, *, by: str, at: datetime) -> None:
        """Gives a bank another name. Raises NoSuchBank, BankExists, SettingRefused."""
        with self._held():
            bank = self.bank(name)
            if new.casefold() != name.casefold():
                self._require_free(new)
            bank.rename(new, by=by, at=at)

    def retire_bank(self, name: str, *, by: str, at: datetime) -> None:
        """Takes a bank out of use. Its folder stays as a record; its name is free again."""
        self.bank(name).retire(by=by, at=at)

    def lookup(
        self,
        kind: HashKind,
        queries: NDArray[np.uint8] | Sequence[bytes],
        *,
        at: datetime,
        banks: Collection[str] | None = None,
        seed: str = "",
        bypass_enabled_share: bool = False,
        details: bool = False,
    ) -> list[Answer]:
        """One answer for each query: hashes as uint8 of shape (m, width), or as bytes.

        Looks in all banks or in those named; negative banks always have their say. Every match
        within a bank's radius is told, none cut off. `details` opens the entries that match.
        Raises NoSuchBank, KindRefused, TimeRefused, IndexDamaged.
        """
        return answer(
            self._asked(banks),
            kind,
            as_queries(kind, queries),
            at=at,
            seed=seed,
            bypass_enabled_share=bypass_enabled_share,
            details=details,
        )

    def faults(self) -> list[Finding]:
        """Folders that hold a bank which cannot be opened; the others go on without it."""
        self._look()
        advice = "mend or restore what is named, then open the library again"
        return [Finding(folder, fault, advice) for folder, fault in sorted(self._faults.items())]

    def _in_use(self) -> list[tuple[Bank, Settings]]:
        """The banks that are not retired, by name, with their settings as of now."""
        self._look()
        banks = [(bank, bank.settings) for bank in list(self._banks.values())]
        return sorted((one for one in banks if not one[1].retired), key=lambda one: one[1].name)

    def _asked(self, names: Collection[str] | None) -> list[tuple[Bank, Settings]]:
        banks = self._in_use()
        if names is None:
            return banks
        known = {settings.name for _bank, settings in banks}
        for name in names:
            if name not in known:
                raise NoSuchBank(name)
        return [one for one in banks if one[1].name in names or one[1].negative]

    def _look(self) -> None:
        """Opens banks that appeared. Costs one look at the folder where nothing has changed."""
        status = os.stat(self._folder)
        seen = (status.st_mtime_ns, status.st_nlink)
        if seen == self._seen:
            return
        with self._looking:
            for path in sorted(self._folder.iterdir()):
                name = path.name
                if name.startswith(".") or name in self._banks:
                    continue
                if (path / SETTINGS_FILE).is_file():
                    self._open(path)
            self._seen = seen

    def _open(self, path: Path) -> None:
        try:
            self._banks[path.name] = Bank(path)
            self._faults.pop(path.name, None)
        except (BankRefused, OSError) as fault:
            self._faults[path.name] = str(fault)

    def _require_free(self, name: str) -> None:
        if any(bank.name.casefold() == name.casefold() for bank in self.banks()):
            raise BankExists(name)

    def _free_folder(self, name: str) -> Path:
        """A folder for a new bank: its name, with a number where a retired bank has that."""
        place, number = self._folder / name, 1
        while place.exists():
            number += 1
            place = self._folder / f"{name}~{number}"
        return place

    @contextmanager
    def _held(self) -> Iterator[None]:
        """Keeps others from creating or naming banks meanwhile."""
        handle = os.open(self._folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            # Said, not only closed: a process forked meanwhile would hold on to it.
            fcntl.flock(handle, fcntl.LOCK_UN)
            os.close(handle)
