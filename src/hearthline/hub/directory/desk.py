# SPDX-License-Identifier: Apache-2.0
"""The directory at the desk: everybody reads it, managers and administrators keep it."""

import uuid
from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hearthline.hub.accounts.doors import StaffRequest, requires
from hearthline.hub.accounts.permissions import Permission
from hearthline.hub.directory import actions
from hearthline.hub.directory.forms import (
    CheckedForm,
    ContactForm,
    DomainForm,
    KeyForm,
    MemberForm,
    OrganisationForm,
    ReasonForm,
    ReplaceForm,
    WaysForm,
)
from hearthline.hub.directory.models import Contact, Domain, Membership, Organisation

readers = requires(Permission.DIRECTORY_ORGANISATION_READ)
editors = requires(Permission.DIRECTORY_ORGANISATION_EDIT)
# Whoever holds a unit's key, or acts for it, reads what is handed to it.
proven_editors = requires(Permission.DIRECTORY_ORGANISATION_EDIT, step_up=True)
form_page = require_http_methods(["GET", "HEAD", "POST"])


@readers
@require_GET
def directory(request: HttpRequest) -> HttpResponse:
    """All organisations in use, or those of one kind (?kind=)."""
    kind = request.GET.get("kind", "")
    today = timezone.localdate()
    everyone = Organisation.objects.current().with_contacts()
    joining = set(Membership.objects.waiting().values_list("organisation", flat=True))
    shown = [one for one in everyone if kind in {"", one.kind}]
    rows = [
        {
            "organisation": one,
            "contact": next(iter(one.contacts.all()), None),
            "stale": any(contact.is_stale(today) for contact in one.contacts.all()),
            "waits": bool(one.next_recipient) or one.pk in joining,
        }
        for one in shown
    ]
    kinds = [
        {"code": code, "label": label, "count": sum(one.kind == code for one in everyone)}
        for code, label in Organisation.Kind.choices
    ]
    return render(
        request,
        "directory/list.html",
        {"section": "directory", "rows": rows, "kinds": kinds, "kind": kind, "all": len(everyone)},
    )


@readers
@require_GET
def organisation(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    one = get_object_or_404(Organisation, pk=pk)
    today = timezone.localdate()
    contacts = [
        {
            "contact": contact,
            "stale": contact.is_stale(today),
            "no_secret": contact.channel == Contact.Channel.POST
            and not hasattr(contact, "endpoint"),
        }
        for contact in one.contacts.current().select_related("endpoint")
    ]
    return render(
        request,
        "directory/organisation.html",
        {
            "section": "directory",
            "one": one,
            "edit": one.retired_at is None
            and request.user.has(Permission.DIRECTORY_ORGANISATION_EDIT),
            "contacts": contacts,
            "found": one.contacts.found(),
            "superseded": one.contacts.superseded(),
            "domains": one.domains.order_by("name"),
            "members": one.members.select_related("user", "asked_by", "confirmed_by").order_by(
                "user__name"
            ),
            "keys": [
                {"row": key, "works": key.works(timezone.now())}
                for key in one.keys.select_related("organisation").newest_first()
            ],
        },
    )


@editors
@form_page
def organisation_add(request: StaffRequest) -> HttpResponse:
    form = OrganisationForm(request.POST or None)

    def act() -> Organisation:
        return actions.add_organisation(facts=form.facts(), by=request.user, at=timezone.now())

    return answer(request, form, act, _("Add an organisation"), _("Add it"))


@editors
@form_page
def organisation_change(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    one = get_object_or_404(Organisation, pk=pk)
    if request.method == "POST":
        form = OrganisationForm(request.POST).without_kind()
    else:
        form = OrganisationForm.about(one)

    def act() -> Organisation:
        return actions.change_organisation(
            organisation=one, facts=form.facts(one.kind), by=request.user, at=timezone.now()
        )

    return answer(request, form, act, _("Correct the facts"), _("Save"), one)


@editors
@form_page
def organisation_retire(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    one = get_object_or_404(Organisation, pk=pk)
    form = ReasonForm(request.POST or None)

    def act() -> Organisation:
        return actions.retire(
            organisation=one, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now()
        )

    text = _("Nothing is sent to a retired organisation any more. It stays on record.")
    return answer(request, form, act, _("Retire this organisation"), _("Retire it"), one, text)


@proven_editors
@form_page
def organisation_key(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    one = get_object_or_404(Organisation, pk=pk)
    form = KeyForm(request.POST or None, initial={"recipient": one.age_recipient})

    def act() -> Organisation:
        return actions.set_age_recipient(
            organisation=one, by=request.user, at=timezone.now(), **form.cleaned_data
        )

    text = _(
        "Packages for this unit are sealed to this key: nobody else can read them. A second person "
        "confirms it first."
    )
    return answer(request, form, act, _("Set the unit's key"), _("Save"), one, text)


@editors
@form_page
def contact_add(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    one = get_object_or_404(Organisation, pk=pk)
    form = ContactForm(request.POST or None)

    def act() -> Contact:
        return actions.add_contact(
            organisation=one, way=form.way(), by=request.user, at=timezone.now()
        )

    return answer(request, form, act, _("Add a contact"), _("Add it"), one)


@editors
@form_page
def contact_replace(request: StaffRequest, pk: int) -> HttpResponse:
    contact = get_object_or_404(Contact, pk=pk)
    form = ReplaceForm(request.POST or None)

    def act() -> Contact:
        return actions.supersede_contact(
            contact=contact, by=request.user, at=timezone.now(), **form.cleaned_data
        )

    text = _("The old one stays on record: %(value)s") % {"value": contact.value}
    return answer(
        request, form, act, _("Replace a contact"), _("Replace it"), contact.organisation, text
    )


@editors
@form_page
def contact_check(request: StaffRequest, pk: int) -> HttpResponse:
    contact = get_object_or_404(Contact, pk=pk)
    form = CheckedForm(request.POST or None, initial={"source": contact.source})

    def act() -> Contact:
        return actions.verify_contact(
            contact=contact, by=request.user, at=timezone.now(), **form.cleaned_data
        )

    text = _("You made sure that this still leads there: %(value)s") % {"value": contact.value}
    return answer(
        request, form, act, _("Mark as checked"), _("It is right"), contact.organisation, text
    )


@editors
@form_page
def contact_end(request: StaffRequest, pk: int) -> HttpResponse:
    contact = get_object_or_404(Contact, pk=pk)
    form = ReasonForm(request.POST or None)

    def act() -> Contact:
        return actions.end_contact(
            contact=contact, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now()
        )

    text = _("Nothing is sent there any more: %(value)s") % {"value": contact.value}
    return answer(
        request, form, act, _("Stop using a contact"), _("Stop using it"), contact.organisation,
        text,
    )  # fmt: skip


@editors
@form_page
def contact_ways(request: StaffRequest, pk: int) -> HttpResponse:
    """Language, working hours and time zone of a contact."""
    contact = get_object_or_404(Contact, pk=pk)
    form = WaysForm(request.POST) if request.method == "POST" else WaysForm.about(contact)

    def act() -> Contact:
        return actions.set_ways(
            contact=contact, by=request.user, at=timezone.now(), **form.cleaned_data
        )

    text = _("How we write to %(value)s") % {"value": contact.value}
    return answer(
        request, form, act, _("Language and hours"), _("Save"), contact.organisation, text
    )


@editors
@form_page
@never_cache
def contact_secret(request: StaffRequest, pk: int) -> HttpResponse:
    """A new secret for an endpoint; the page that answers shows it, this once."""
    contact = get_object_or_404(Contact, pk=pk, channel=Contact.Channel.POST)
    secret = ""
    if request.method == "POST":
        try:
            secret = actions.new_secret(contact=contact, by=request.user, at=timezone.now())
        except actions.DirectoryRefused as refusal:
            messages.warning(request, str(refusal))
            return redirect("organisation", pk=contact.organisation_id)
    return render(
        request,
        "directory/secret.html",
        {"section": "directory", "one": contact.organisation, "contact": contact, "secret": secret},
    )


@editors
@form_page
def domain_add(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    one = get_object_or_404(Organisation, pk=pk)
    form = DomainForm(request.POST or None)

    def act() -> Domain:
        return actions.add_domain(
            organisation=one, name=form.cleaned_data["name"], by=request.user, at=timezone.now()
        )

    return answer(request, form, act, _("Add a domain"), _("Add it"), one)


@editors
@require_POST
def domain_drop(request: StaffRequest, pk: int) -> HttpResponse:
    domain = get_object_or_404(Domain, pk=pk)
    actions.drop_domain(domain=domain, by=request.user, at=timezone.now())
    messages.success(request, _("%(domain)s was taken off.") % {"domain": domain.name})
    return redirect("organisation", pk=domain.organisation_id)


@proven_editors
@form_page
def member_add(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    one = get_object_or_404(Organisation, pk=pk)
    form = MemberForm(request.POST or None)

    def act() -> Membership:
        return actions.join(
            user=form.cleaned_data["user"], organisation=one, by=request.user, at=timezone.now()
        )

    text = _(
        "A member picks up this unit's packages at the partners' door, once a second person "
        "confirms it."
    )
    return answer(request, form, act, _("Add a member"), _("Add them"), one, text)


@editors
@form_page
def member_end(request: StaffRequest, pk: int) -> HttpResponse:
    membership = get_object_or_404(Membership, pk=pk)
    form = ReasonForm(request.POST or None)

    def act() -> None:
        actions.part(
            membership=membership,
            reason=form.cleaned_data["reason"],
            by=request.user,
            at=timezone.now(),
        )

    text = _("%(name)s no longer picks up this unit's packages.") % {"name": membership.user.name}
    return answer(
        request, form, act, _("End a membership"), _("End it"), membership.organisation, text
    )


def answer(
    request: HttpRequest,
    form: forms.Form,
    act: Callable[[], object],
    title: str,
    button: str,
    one: Organisation | None = None,
    text: str | Promise = "",
    template: str = "directory/form.html",
) -> HttpResponse:
    """The form's page; after a good answer, the act and the organisation's page again."""
    if request.method == "POST" and form.is_valid():
        try:
            made = act()
        except actions.DirectoryRefused as refusal:
            form.add_error(None, forms.ValidationError(str(refusal)))
        else:
            messages.success(request, _("It is written down."))
            shown = one or made
            return redirect("organisation", pk=getattr(shown, "pk", None))
    back = reverse("organisation", args=[one.pk]) if one else reverse("directory")
    context = {
        "section": "directory", "form": form, "title": title, "button": button, "one": one,
        "text": text, "back": back,
    }  # fmt: skip
    return render(request, template, context, status=422 if form.errors else 200)


urlpatterns = [
    path("", directory, name="directory"),
    path("add/", organisation_add, name="organisation_add"),
    path("<uuid:pk>/", organisation, name="organisation"),
    path("<uuid:pk>/change/", organisation_change, name="organisation_change"),
    path("<uuid:pk>/retire/", organisation_retire, name="organisation_retire"),
    path("<uuid:pk>/key/", organisation_key, name="organisation_key"),
    path("<uuid:pk>/contacts/add/", contact_add, name="contact_add"),
    path("contacts/<int:pk>/replace/", contact_replace, name="contact_replace"),
    path("contacts/<int:pk>/ways/", contact_ways, name="contact_ways"),
    path("contacts/<int:pk>/secret/", contact_secret, name="contact_secret"),
    path("contacts/<int:pk>/check/", contact_check, name="contact_check"),
    path("contacts/<int:pk>/end/", contact_end, name="contact_end"),
    path("<uuid:pk>/domains/add/", domain_add, name="domain_add"),
    path("domains/<int:pk>/drop/", domain_drop, name="domain_drop"),
    path("<uuid:pk>/members/add/", member_add, name="member_add"),
    path("members/<int:pk>/end/", member_end, name="member_end"),
]
