# SPDX-License-Identifier: Apache-2.0
"""Labels for choices shown as cards: a title with one short example under it."""

from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True)
class CardLabel:
    """Stands where a form's choices have a label: `(value, CardLabel(_("..."), _("...")))`.

    `icon` is a file of `templates/ui/icons`, such as "threat.svg". As text it is its title.
    """

    title: str | Promise
    example: str | Promise = ""
    icon: str = ""

    def __str__(self) -> str:
        return str(self.title)
