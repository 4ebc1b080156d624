# SPDX-License-Identifier: Apache-2.0
"""What a decision may say in every language: reasons, remedies and apologies, by code.

Whoever decides chooses sentences, so that the answer is read in the language of the appeal, and
adds words of their own. Codes are kept; sentences may be said better later.
"""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Sentences = dict[str, str | Promise]

REASONS: Final[Sentences] = {
    "unlawful": _("What stands there is unlawful, as two people had found. We looked again."),
    "not_unlawful": _("What stands there is not unlawful. It should not have been blocked."),
    "too_wide": _("The block reached more than it had to."),
    "gone": _("What it was about is gone."),
    "wrong_address": _("We had the wrong address."),
    "other_host": _("The notice went to a service that has nothing to do with it."),
    "not_on_list": _("This address is on no list of ours. Others may block it; ask your provider."),
    "no_power": _("We cannot lift what a court ordered. The court can."),
}
REMEDIES: Final[Sentences] = {
    "lifted": _("We have taken it off the list. The networks that use our list are told at once."),
    "narrowed": _("We have taken off the wide block. A narrower one takes two other people."),
    "told_host": _("We write to the host that our notice no longer stands. They may put it back."),
    "recheck": _("We look again at other decisions that were made the same way."),
    "records": _("We have corrected our records."),
    "court": _("If you see it differently, you can ask a court to review it."),
}
APOLOGIES: Final[Sentences] = {
    "mistake": _("We made a mistake, and we are sorry."),
    "harm": _("We made a mistake that may have cost you work or trust. We are sorry."),
    "delay": _("It took us too long. We are sorry."),
}


def said(codes: list[str], sentences: Sentences) -> list[str | Promise]:
    """The sentences of these codes, in the order of the list; a code that left it is left out."""
    return [sentence for code, sentence in sentences.items() if code in codes]
