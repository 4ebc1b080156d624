# SPDX-License-Identifier: Apache-2.0
"""Everything one worker process works with, opened from one folder."""

from dataclasses import dataclass
from pathlib import Path

from hearthline.kit.matching.banks import Library
from hearthline.matcher import allowance, configuration, keys, numbering
from hearthline.matcher.allowance import Allowance
from hearthline.matcher.announcing import Announcing
from hearthline.matcher.configuration import Configuration
from hearthline.matcher.counting import Counts
from hearthline.matcher.fetching import Fetcher
from hearthline.matcher.keys import Keys
from hearthline.matcher.numbering import Numbering
from hearthline.matcher.recognition import Recognition

BANKS = "banks"


@dataclass(frozen=True)
class Service:
    """The parts, by what they do. `without_keys`: everybody may do everything."""

    folder: Path
    configuration: Configuration
    library: Library
    recognition: Recognition
    keys: Keys
    allowance: Allowance
    numbering: Numbering
    announcing: Announcing
    fetcher: Fetcher
    counts: Counts
    without_keys: bool = False

    @classmethod
    def open(cls, folder: Path, *, without_keys: bool = False) -> "Service":
        """Opens, or makes, what the folder holds. Raises ConfigurationRefused."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        settings = configuration.read_configuration(folder / configuration.FILE)
        library = Library(folder / BANKS)
        return cls(
            folder,
            settings,
            library,
            Recognition(library, settings),
            Keys(folder / keys.FILE),
            Allowance(folder / allowance.FILE, keys.MOST_KEYS),
            Numbering(folder / numbering.FILE),
            Announcing(folder, settings),
            Fetcher(settings.allow_hosts, largest=settings.largest_file),
            Counts(),
            without_keys,
        )

    def close(self) -> None:
        """Lets go of everything."""
        self.announcing.close()
        self.recognition.close()
        self.allowance.close()
        self.library.close()
