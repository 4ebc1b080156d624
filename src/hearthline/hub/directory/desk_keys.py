# SPDX-License-Identifier: Apache-2.0
"""Partners' keys at the desk: an administrator makes them, shows each once, revokes them."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from hearthline.hub.accounts.doors import StaffRequest, requires
from hearthline.hub.accounts.permissions import Permission
from hearthline.hub.directory import actions
from hearthline.hub.directory.desk import form_page
from hearthline.hub.directory.forms import ProgramKeyForm, ReasonForm
from hearthline.hub.directory.models import Organisation, PartnerKey

administrators = requires(Permission.DIRECTORY_KEY_MANAGE, step_up=True)


@administrators
@form_page
def key_make(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """A new key for a partner's program. The answer shows it, once."""
    one = get_object_or_404(Organisation, pk=pk)
    form = ProgramKeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.make_key(
                organisation=one, by=request.user, at=timezone.now(), **form.cleaned_data
            )
        except actions.DirectoryRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            context = {"section": "directory", "one": one, "made": made}
            return render(request, "directory/new_key.html", context)
    context = _form(one, form, _("Make a key"), _("Make it"))
    context["text"] = _(
        "A program of this organisation sends us reports with it. It is shown once. Two keys can "
        "be in force, so that a new one is in use before the old one is revoked."
    )
    return render(request, "directory/form.html", context, status=422 if form.errors else 200)


@administrators
@form_page
def key_revoke(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """End a key, with a reason."""
    key = get_object_or_404(PartnerKey.objects.select_related("organisation"), pk=pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.revoke_key(
            key=key, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now()
        )
        messages.success(request, _("The key opens nothing any more."))
        return redirect("organisation", pk=key.organisation_id)
    context = _form(key.organisation, form, _("Revoke a key"), _("Revoke it"))
    context["text"] = _("The next request with %(prefix)s is refused.") % {"prefix": key.prefix}
    return render(request, "directory/form.html", context, status=422 if form.errors else 200)


def _form(
    one: Organisation, form: ProgramKeyForm | ReasonForm, title: str, button: str
) -> dict[str, object]:
    back = reverse("organisation", args=[one.pk])
    return {
        "section": "directory", "form": form, "title": title, "button": button, "one": one,
        "back": back,
    }  # fmt: skip


urlpatterns = [
    path("<uuid:pk>/keys/add/", key_make, name="partner_key_make"),
    path("keys/<uuid:pk>/revoke/", key_revoke, name="partner_key_revoke"),
]
