# SPDX-License-Identifier: Apache-2.0
"""What waits for a person's word: a police unit's key and members, and contacts a program found."""

import uuid

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _

from hearthline.hub.accounts.doors import StaffRequest
from hearthline.hub.directory import actions
from hearthline.hub.directory.desk import answer, editors, form_page, proven_editors
from hearthline.hub.directory.forms import CheckedForm, ReasonForm, SameKeyForm
from hearthline.hub.directory.models import Contact, Membership, Organisation


@proven_editors
@form_page
def key_confirm(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """The unit says that the key that waits is its own."""
    one = get_object_or_404(Organisation, pk=pk)
    form = SameKeyForm(request.POST or None, initial={"recipient": one.next_recipient})

    def act() -> Organisation:
        return actions.confirm_age_recipient(
            organisation=one, by=request.user, at=timezone.now(), **form.cleaned_data
        )

    text = _(
        "Call the unit on a number you know and let them read out the fingerprint of their key. "
        "Confirm it only if it is the same."
    )
    return answer(
        request, form, act, _("Confirm the unit's key"), _("It is the same"), one, text,
        "directory/confirm_key.html",
    )  # fmt: skip


@proven_editors
@form_page
def key_refuse(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """The key that waits is not the unit's."""
    one = get_object_or_404(Organisation, pk=pk)
    form = ReasonForm(request.POST or None)

    def act() -> Organisation:
        return actions.refuse_age_recipient(
            organisation=one, by=request.user, at=timezone.now(), **form.cleaned_data
        )

    text = _("The key that waits is dropped; the one in use stays. Tell the others what was wrong.")
    return answer(request, form, act, _("Refuse the new key"), _("Refuse it"), one, text)


@proven_editors
@form_page
def member_confirm(request: StaffRequest, pk: int) -> HttpResponse:
    """Somebody works for the unit and picks up its packages."""
    membership = get_object_or_404(Membership.objects.select_related("user", "organisation"), pk=pk)
    form = forms.Form(request.POST if request.method == "POST" else None)

    def act() -> Membership:
        return actions.confirm_member(membership=membership, by=request.user, at=timezone.now())

    text = _(
        "Ask the unit, on a number you know, whether %(name)s works there. Then %(name)s may pick "
        "up its packages."
    ) % {"name": membership.user.name}
    return answer(
        request, form, act, _("Confirm a member"), _("Yes, confirm it"), membership.organisation,
        text,
    )  # fmt: skip


@editors
@form_page
def found_confirm(request: StaffRequest, pk: int) -> HttpResponse:
    """A person made sure that a contact found in a register is right."""
    contact = get_object_or_404(Contact.objects.select_related("organisation"), pk=pk)
    form = CheckedForm(request.POST or None, initial={"source": contact.source})

    def act() -> Contact:
        return actions.confirm_found(
            contact=contact, by=request.user, at=timezone.now(), **form.cleaned_data
        )

    text = _(
        "Our letters say where content lies. Make sure, by the organisation's own pages or a call, "
        "that this is its %(scope)s: %(value)s"
    ) % {"scope": contact.get_scope_display(), "value": contact.value}
    return answer(
        request, form, act, _("Confirm a contact"), _("It is right"), contact.organisation, text
    )


@editors
@form_page
def found_refuse(request: StaffRequest, pk: int) -> HttpResponse:
    """A contact found in a register is not the organisation's."""
    contact = get_object_or_404(Contact.objects.select_related("organisation"), pk=pk)
    form = ReasonForm(request.POST or None)

    def act() -> Contact:
        return actions.refuse_found(
            contact=contact, by=request.user, at=timezone.now(), **form.cleaned_data
        )

    text = _("Nothing will be sent there: %(value)s") % {"value": contact.value}
    return answer(
        request, form, act, _("Refuse a contact"), _("Refuse it"), contact.organisation, text
    )


urlpatterns = [
    path("<uuid:pk>/key/confirm/", key_confirm, name="organisation_key_confirm"),
    path("<uuid:pk>/key/refuse/", key_refuse, name="organisation_key_refuse"),
    path("members/<int:pk>/confirm/", member_confirm, name="member_confirm"),
    path("contacts/<int:pk>/confirm/", found_confirm, name="contact_confirm"),
    path("contacts/<int:pk>/refuse/", found_refuse, name="contact_refuse"),
]
