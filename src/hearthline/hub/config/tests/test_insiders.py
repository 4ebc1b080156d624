# SPDX-License-Identifier: Apache-2.0
"""Who works here and wants more than their role: every route of the desk, tried by every role."""

import uuid
from collections.abc import Iterator

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from pyrage.x25519 import Identity

from hearthline.hub.accounts.models import Grant, User
from hearthline.hub.accounts.permissions import PERMISSIONS, Permission, Role
from hearthline.hub.accounts.tests.make import make_user, signed_in
from hearthline.hub.audit.models import Entry
from hearthline.hub.cases.tests.make import ADDRESS, confirmed, make_case
from hearthline.hub.directory.models import units_of
from hearthline.hub.referrals.tests.make import (
    make_confirmed,
    make_keyed_unit,
    make_referral,
    opened,
)

pytestmark = [pytest.mark.django_db, pytest.mark.urls("hearthline.hub.config.urls.desk")]

DUMMY = {"uuid": str(uuid.UUID(int=7)), "int": "7", "slug": "x", "str": "x"}
# What a look leaves behind whoever looks: who did what, and that they are still here.
TRACES = {"audit_entry", "django_session", "accounts_sitting", "sqlite_sequence"}


def guarded() -> dict[str, tuple[str, Permission]]:
    """Address and permission of every route of the desk that asks for one."""

    def walk(patterns: list[URLPattern | URLResolver], lead: str) -> Iterator[tuple[str, object]]:
        for one in patterns:
            where = lead + str(one.pattern)
            if isinstance(one, URLResolver):
                yield from walk(one.url_patterns, where)
            else:
                filled = where
                for name, converter in one.pattern.converters.items():
                    kind = type(converter).__name__.removesuffix("Converter").lower()
                    kind = {"string": "str"}.get(kind, kind)
                    filled = filled.replace(f"<{kind}:{name}>", DUMMY[kind])
                yield filled, (one.name, getattr(one.callback, "permission", None))

    routes = walk(get_resolver("hearthline.hub.config.urls.desk").url_patterns, "/")
    return {
        f"{name} {where}": (where, permission)
        for where, (name, permission) in routes
        if isinstance(permission, Permission)
    }


def contents() -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table but the traces."""
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(set(connection.introspection.table_names(cursor)) - TRACES):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            found[table] = sorted(cursor.fetchall(), key=repr)
    return found


@pytest.mark.parametrize("role", Role.values)
def test_no_role_passes_a_door_it_holds_no_key_to(role):
    browser = signed_in(make_user("Someone", Role(role)))
    closed = {name: one for name, one in guarded().items() if one[1] not in PERMISSIONS[role]}
    assert len(closed) > 5
    for name, (where, _permission) in closed.items():
        assert browser.post(where, {"reason": "let me"}).status_code in {403, 405}, name


def test_oversight_changes_nothing_whatever_it_sends(omar, now, ana, ben):
    confirmed(make_case(at=now), by=ana, second=ben, at=now)
    browser = signed_in(omar)
    before = contents()
    for where, permission in guarded().values():
        if permission in PERMISSIONS[Role.OVERSIGHT]:
            browser.post(where, {"reason": "I say so", "approve": "yes"})
    assert contents() == before


def test_an_administrator_finds_no_report_and_gives_themselves_no_role(ada, now, ana, ben):
    case = confirmed(make_case(at=now), by=ana, second=ben, at=now)
    browser = signed_in(ada)
    for page in (reverse("case", args=[case.pk]), reverse("queue"), f"/?q={ADDRESS}"):
        assert browser.get(page).status_code == 403
    for page in ("staff", "audit_log", "directory"):
        seen = browser.get(reverse(page)).content.decode()
        assert "pictures" not in seen  # the log has numbers and codes, never what they stand for
        assert "I came across" not in seen
    mine = Grant.objects.filter(user=ada).count()
    answer = browser.post(reverse("staff_grant", args=[ada.pk]), {"role": "senior_analyst"})
    assert answer.status_code == 422
    assert Grant.objects.filter(user=ada).count() == mine


def test_an_analyst_an_administrator_made_up_reads_nothing(ada, omar, now, ana, ben):
    case = confirmed(make_case(at=now), by=ana, second=ben, at=now)
    browser = signed_in(ada)
    for name, roles in (("Puppet", ["analyst"]), ("Second", ["administrator", "hotline_manager"])):
        told = {"email": f"{name.lower()}@example.org", "name": name, "roles": roles}
        assert browser.post(reverse("staff_enrol"), told).status_code == 200
    puppet, second = (come_in(name) for name in ("Puppet", "Second"))
    for page in (reverse("case", args=[case.pk]), reverse("queue"), f"/?q={ADDRESS}"):
        assert signed_in(puppet).get(page)["Location"] == reverse("account_waiting")
    # Neither the administrator nor another invention of theirs is the second person.
    confirming = reverse("staff_confirm", args=[puppet.pk, "analyst"])
    assert browser.post(confirming).status_code == 422
    assert signed_in(second).post(confirming)["Location"] == reverse("account_waiting")
    confirming = reverse("staff_confirm", args=[second.pk, "administrator"])
    assert browser.post(confirming).status_code == 422
    assert not Grant.objects.in_force(timezone.now()).filter(user__in=[puppet, second]).exists()
    # And it stands in the log.
    log = signed_in(omar).get(reverse("audit_log"), {"verb": "accounts.enrol"})
    assert "accounts.enrol" in log.content.decode()
    assert "Puppet" in signed_in(omar).get(reverse("staff")).content.decode()


def test_an_account_an_administrator_let_themselves_in_to_reads_nothing(ada, now, ana, ben):
    case = confirmed(make_case(at=now), by=ana, second=ben, at=now)
    browser = signed_in(ada)
    again = browser.post(reverse("staff_start_again", args=[ana.pk]), {"reason": "lost it"})
    assert again.status_code == 200
    taken = signed_in(come_in("Ana"))
    for page in (reverse("case", args=[case.pk]), reverse("queue")):
        assert taken.get(page)["Location"] == reverse("account_waiting")
    confirming = reverse("staff_confirm", args=[ana.pk, "analyst"])
    assert browser.post(confirming).status_code == 422
    assert taken.post(confirming)["Location"] == reverse("account_waiting")
    assert taken.get(reverse("queue")).status_code == 302


def come_in(name: str) -> User:
    """With the password that the administrator saw, and a second factor of theirs."""
    user = User.objects.get(name=name)
    user.must_change_password = False
    user.save()
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    return user


def test_another_key_for_a_police_unit_seals_nothing_on_one_persons_word(ada, ana, ben, now):
    """Whoever sets it reads what is handed over from then on. It cannot be done alone or unseen."""
    unit, mine = make_keyed_unit(ada=ada, at=now), str(Identity.generate().to_public())
    page = reverse("organisation_key", args=[unit.pk])
    assert signed_in(ada, proved=60).post(page, {"recipient": mine}).status_code != 302
    assert signed_in(ada).post(page, {"recipient": mine}).status_code == 302
    confirming = reverse("organisation_key_confirm", args=[unit.pk])
    assert signed_in(ada).post(confirming, {"recipient": mine}).status_code == 422
    referral = make_referral(make_confirmed(ana=ana, ben=ben, at=now), unit, at=now)
    assert opened(bytes(referral.package))  # with the unit's own key
    entry = Entry.objects.get(verb="directory.ask_age_recipient")
    assert (entry.actor, entry.object_id) == (str(ada.actor), str(unit.pk))
    assert mine in entry.detail


def test_nobody_joins_a_police_unit_on_one_persons_word(ada, now):
    """Not themselves, and not an account they made up."""
    unit = make_keyed_unit(ada=ada, at=now)
    both = make_user("Ida", Role.ADMINISTRATOR, Role.POLICE_LIAISON)
    adding = reverse("member_add", args=[unit.pk])
    assert signed_in(both).post(adding, {"user": str(both.pk)}).status_code == 422
    puppet = make_user("Puppet", Role.POLICE_LIAISON)
    assert signed_in(ada).post(adding, {"user": str(puppet.pk)}).status_code == 302
    confirming = reverse("member_confirm", args=[unit.members.get().pk])
    assert signed_in(ada).post(confirming).status_code == 422
    assert not units_of(both).exists()
    assert not units_of(puppet).exists()
