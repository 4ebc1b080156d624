# SPDX-License-Identifier: Apache-2.0
"""Every refusal as a sentence: what happened, that nothing is lost, and the way on."""

from collections.abc import Callable
from typing import Any

from django.forms import Form
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hearthline.hub.audit.actions import ReasonNeeded
from hearthline.hub.cases import actions
from hearthline.hub.cases.actions import adult
from hearthline.hub.reports import actions as reports
from hearthline.hub.sealing.actions import KeyDestroyed
from hearthline.kit.urls import FileContentRefused

_PLAIN: dict[type[Exception], Any] = {
    actions.NotHolder: gettext_lazy("The case is not in your hands any more. Claim it again."),
    actions.SamePerson: gettext_lazy(
        "You took an earlier step in this. The next one is for somebody else."
    ),
    actions.SameLevel: gettext_lazy("The case has this urgency already."),
    actions.FindingRefused: gettext_lazy("One answer is not on its list. Choose again."),
    actions.NothingToDisclose: gettext_lazy(
        "This reporter left no way to be reached. Write to the receipt instead."
    ),
    actions.AlreadyRequested: gettext_lazy("This was asked already and waits for a decision."),
    actions.AlreadyDecided: gettext_lazy("Somebody has decided this request already."),
    actions.NotApproved: gettext_lazy("Nobody has allowed this request."),
    actions.AlreadyShown: gettext_lazy(
        "The contact was shown once. To see it again, ask again with a reason."
    ),
    actions.ExhibitShredded: gettext_lazy(
        "This exhibit was shredded. Its hash and its custody log remain."
    ),
    actions.ExhibitBroken: gettext_lazy(
        "This exhibit does not match its hash. Do not use it, and tell the manager now."
    ),
    actions.NotAsked: gettext_lazy("Nobody asks to close this case any more. It stays open."),
    adult.NotChildFirst: gettext_lazy("This case is not child first any more."),
    adult.NobodySaysSo: gettext_lazy("Nobody says so any more. The case stays child first."),
    actions.NotSearchable: gettext_lazy(
        "This is no receipt number, address, account, host or case reference."
    ),
    actions.NameTaken: gettext_lazy("You keep a view under this name already."),
    actions.ExportExpired: gettext_lazy("The time to fetch the file is over. Ask again."),
    actions.AlreadyDownloaded: gettext_lazy(
        "The file was fetched once. To have it again, ask again with a reason."
    ),
    actions.SteppedBack: gettext_lazy("You stepped back from this case."),
    actions.NotInCase: gettext_lazy("This belongs to another case."),
    ReasonNeeded: gettext_lazy("Say in a few words why. Nothing is lost."),
    reports.ReportWithdrawn: gettext_lazy("The reporter has withdrawn this report."),
    reports.NothingTold: gettext_lazy("Write something first."),
    reports.AnswerRefused: gettext_lazy("This is too long. Shorten it and send it again."),
    KeyDestroyed: gettext_lazy("The time this report is kept is over. It cannot be read."),
}
_CAPTURE = {
    "not_a_digest": gettext_lazy("This is not a hash of this kind: count its digits."),
    "not_an_ip": gettext_lazy("One line is not an IP address."),
    "future": gettext_lazy("This time has not come yet."),
    "too_long": gettext_lazy("This is too long."),
    "empty": gettext_lazy("State at least one fact."),
}


def sentence(refused: Exception) -> str:
    """What to say about a refusal."""
    if type(refused) in _PLAIN:
        return str(_PLAIN[type(refused)])
    return _TELLING[type(refused)](refused)


def _claimed(refused: Any) -> str:
    until = date_format(localtime(refused.until), "TIME_FORMAT")
    return _("%(name)s has this case until %(time)s.") % {
        "name": refused.holder.name,
        "time": until,
    }


def _moved_on(refused: Any) -> str:
    return _("The case has moved on. It is now: %(state)s.") % {"state": refused.state.label}


def _law(refused: Any) -> str:
    if refused.none_in_pack:
        return _("The country pack names no law yet. Without one, nothing can be found illegal.")
    return _("Choose the legal basis. It has to fit the finding.")


def _fact(refused: Any) -> str:
    return str(_CAPTURE.get(refused.code, _("This is not in order.")))


def _file(refused: Any) -> str:
    return _("This holds the contents of a file. Describe it in words instead.")


def _views(refused: Any) -> str:
    return _("You keep %(limit)s views, and no more fit. Delete one first.") % {
        "limit": refused.limit
    }


def _rows(refused: Any) -> str:
    return _("More than %(limit)s rows. Narrow the queue first, then ask again.") % {
        "limit": refused.limit
    }


_TELLING: dict[type[Exception], Callable[[Any], str]] = {
    actions.AlreadyClaimed: _claimed,
    actions.TooManyRows: _rows,
    actions.TooManyViews: _views,
    actions.WrongState: _moved_on,
    actions.LegalBasisNeeded: _law,
    actions.CaptureRefused: _fact,
    FileContentRefused: _file,
}
REFUSALS: tuple[type[Exception], ...] = (*_PLAIN, *_TELLING)

# The field a refusal speaks about; the rest stand at the head of the form.
_FIELDS: dict[type[Exception], str] = {
    actions.LegalBasisNeeded: "legal_basis",
    ReasonNeeded: "reason",
}


def put(form: Form, refused: Exception) -> None:
    """Say the refusal beside the field it is about, or at the head of the form."""
    named = getattr(refused, "field", None) or _FIELDS.get(type(refused))
    form.add_error(named if named in form.fields else None, sentence(refused))
