# SPDX-License-Identifier: Apache-2.0
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from hearthline.hub.blocklists.actions import Ground, Proposal
from hearthline.hub.blocklists.actions.rules import REASON_LIMIT, bases_for
from hearthline.hub.blocklists.models import Entry
from hearthline.hub.directory.models import Organisation
from hearthline.hub.ui.fields import Day, Words
from hearthline.kit.blocking import Against
from hearthline.kit.codelists import assessment_outcomes
from hearthline.kit.urls import defang

# What a guard says, in the desk's words.
AGAINST = {
    Against.PUBLIC_SUFFIX: _("Under this name anybody can have a site of their own."),
    Against.SHARED_HOSTING: _("Many customers who have nothing to do with each other share it."),
    Against.CONTENT_NETWORK: _("It is a network that delivers other people's sites."),
    Against.POPULAR_SITE: _("Very many people need this site."),
    Against.OWN_SITE: _("It belongs to this service."),
    Against.REGISTRY: _("It is a whole registry of names, not a site."),
    Against.IP_ADDRESS: _("It is an IP address; name servers block names only."),
    Against.NOT_THIS_SCOPE: _("The address does not fit what is to be blocked."),
}


def _reason(label: Any, **more: Any) -> Words:
    widget = forms.Textarea(attrs={"rows": 2})
    return Words(label=label, max_length=REASON_LIMIT, widget=widget, **more)


class _ProposalForm(forms.Form):
    """What every proposal says."""

    legal_basis = forms.ChoiceField(
        label=_("Legal basis"),
        help_text=_("Only laws that allow blocking are offered."),
        error_messages={"required": _("Choose the law.")},
    )
    reason = _reason(_("Why it is needed"), required=False)
    width_reason = _reason(
        _("Why nothing narrower does"),
        required=False,
        help_text=_("Needed for everything wider than one page: lawful pages go with it."),
    )
    against_guard = forms.BooleanField(
        label=_("Propose it although a guard speaks against it. Two seniors decide."),
        required=False,
    )


class ProposeForm(_ProposalForm):
    """How to block what a case is about."""

    place = forms.ChoiceField(
        label=_("What to block"),
        widget=forms.RadioSelect,
        help_text=_("Take the narrowest that does: the first is one page, the last a whole site."),
        error_messages={"required": _("Choose what to block.")},
    )

    field_order = ("place", "legal_basis", "reason", "width_reason", "against_guard")

    def __init__(self, *args: Any, ground: Ground, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = {
            f"{offer.place.scope}:{number}": offer.place
            for number, offer in enumerate(ground.offers)
        }
        self.fields["place"].choices = [  # type: ignore[attr-defined]
            (code, _place_label(offer.place, offer.against))
            for (code, offer) in zip(self.places, ground.offers, strict=True)
        ]
        self.fields["legal_basis"].choices = _laws(ground.bases)  # type: ignore[attr-defined]
        if not ground.host_had_its_time:
            self.fields["reason"].help_text = _("The host still has time: say why not to wait.")
        if not any(offer.against for offer in ground.offers):
            del self.fields["against_guard"]

    @property
    def proposal(self) -> Proposal:
        place = self.places[self.cleaned_data["place"]]
        return Proposal(
            scope=place.scope,
            address=place.address,
            legal_basis=self.cleaned_data["legal_basis"],
            reason=self.cleaned_data["reason"],
            width_reason=self.cleaned_data["width_reason"],
            against_guard=self.cleaned_data.get("against_guard", False),
        )


class OrderForm(_ProposalForm):
    """An address that a court or an agency named."""

    scope = forms.ChoiceField(
        label=_("What to block"),
        choices=[(scope.value, scope.label) for scope in Entry.Scope if scope != "path"],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what to block.")},
    )
    address = Words(
        label=_("Address"),
        max_length=2000,
        help_text=_("A page with its path, or only the name for a host or a domain."),
        error_messages={"required": _("Write the address.")},
    )
    category = forms.ChoiceField(
        label=_("Category"), error_messages={"required": _("Choose the category.")}
    )

    field_order = (
        "scope", "address", "category", "legal_basis", "reason", "width_reason", "against_guard",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        allowed = {
            entry.code: bases_for(entry.code) for entry in assessment_outcomes() if entry.illegal
        }
        self.fields["category"].choices = [  # type: ignore[attr-defined]
            (entry.code, _now(entry.label))
            for entry in assessment_outcomes()
            if allowed.get(entry.code)
        ]
        bases = {basis.key: basis for found in allowed.values() for basis in found}
        self.fields["legal_basis"].choices = _laws(bases.values())  # type: ignore[attr-defined]
        self.fields["reason"].required = True
        self.fields["reason"].help_text = _("Which court or agency asked, when, and its reference.")

    @property
    def proposal(self) -> Proposal:
        said = dict(self.cleaned_data)
        said.pop("category")
        return Proposal(**said)


class ReasonForm(forms.Form):
    """Why."""

    reason = _reason(_("Reason"), error_messages={"required": _("Say why.")})


class ReviewDateForm(forms.Form):
    """Another day for the review."""

    on = Day(
        label=_("Review on"),
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": _("Choose a day."), "invalid": _("Choose a day.")},
    )


class DelistForm(forms.Form):
    """Why an entry is taken off."""

    because = forms.ChoiceField(
        label=_("Because"),
        choices=[
            (code.value, code.label) for code in (Entry.Because.REVIEW, Entry.Because.WITHDRAWN)
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose why.")},
    )
    reason = _reason(_("Reason"), error_messages={"required": _("Say why.")})


class SubscriberForm(forms.Form):
    """A network that shall fetch the list."""

    organisation = forms.ModelChoiceField(
        label=_("Network"),
        queryset=Organisation.objects.current(),
        empty_label=_("Choose"),
        help_text=_("Not listed? Enter it in the directory first."),
        error_messages={
            "required": _("Choose the network."),
            "invalid_choice": _("Choose one of those listed."),
        },
    )


def _laws(bases: Any) -> list[tuple[str, str]]:
    return [(basis.key, f"{basis.label} · {basis.citation}") for basis in bases]


def _place_label(place: Any, against: Against | None) -> str:
    name = Entry.Scope(place.scope.value).label
    label = _now("%(scope)s: %(address)s") % {"scope": name, "address": defang(place.address)}
    if against is None:
        return label
    # Translators: what could be blocked, and then why a guard speaks against it.
    return _now("%(place)s (guarded: %(why)s)") % {"place": label, "why": AGAINST[against]}
