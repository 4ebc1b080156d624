# SPDX-License-Identifier: Apache-2.0
"""Sentences that pages of two audiences share."""

from django.utils.translation import gettext_lazy as _

# What became of a line of a provider's table: its tone, and the sentence.
ROW_WORDS = {
    "recorded": ("ok", _("Recorded.")),
    "already": ("ok", _("We have this answer already.")),
    "not_yours": ("warn", _("No notice of yours has this reference.")),
    "over": ("plain", _("This notice is over. It needs no answer.")),
    "unknown_answer": ("warn", _("This is none of the answers below.")),
    "unknown_ground": ("warn", _("This is none of the grounds below.")),
    "ground_needed": ("warn", _("Say why you refuse, by one of the grounds below.")),
    "address_needed": ("warn", _("Give the new address.")),
    "address_refused": ("warn", _("The new address is not one we can look at.")),
    "file_content": ("warn", _("This holds the contents of a file. Describe it in words instead.")),
}
