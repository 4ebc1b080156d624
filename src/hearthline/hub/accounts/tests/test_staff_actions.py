# SPDX-License-Identifier: Apache-2.0
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.utils import timezone

from hearthline.hub.accounts.actions import (
    AlreadyStaff,
    OwnAccount,
    confirm_role,
    end_role,
    enrol,
    grant,
    new_starting_password,
    read_log,
    start_again,
)
from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import (
    PERMISSIONS,
    NotAllowed,
    Permission,
    Role,
    require,
)
from hearthline.hub.audit.actions import ReasonNeeded
from hearthline.hub.audit.models import Entry

pytestmark = pytest.mark.django_db


def again(user: User) -> User:
    """The same person at their next request."""
    return User.objects.get(pk=user.pk)


def newcomer(by, now, **overrides) -> User:
    plain = {"email": "Nina@example.org", "name": "Nina", "password": "x", "roles": ["analyst"]}
    return enrol(**{**plain, **overrides}, by=by, at=now)


def test_an_administrator_enrols_somebody(ada, now) -> None:
    nina = newcomer(ada, now)
    assert (nina.email, nina.roles) == ("nina@example.org", ())
    assert nina.grants.waiting(now).get().role == "analyst"
    assert nina.check_password("x")
    assert nina.must_change_password
    entry = Entry.objects.get(verb="accounts.enrol", actor=str(ada.actor))
    assert (entry.object_id, entry.detail) == (str(nina.pk), '{"roles":["analyst"]}')


def test_the_first_one_is_enrolled_at_the_console_with_a_password_of_their_own(now) -> None:
    first = newcomer(None, now)
    assert not first.must_change_password
    assert Entry.objects.get(verb="accounts.enrol").actor == "operator:console"


def test_the_same_address_twice_is_refused(ada, now) -> None:
    newcomer(ada, now)
    with pytest.raises(AlreadyStaff):
        newcomer(ada, now, email="NINA@EXAMPLE.ORG")


def test_a_role_that_is_none_is_refused_and_nobody_is_enrolled(ada, now) -> None:
    with pytest.raises(ValueError, match="wizard"):
        newcomer(ada, now, roles=["wizard"])
    assert not User.objects.filter(name="Nina").exists()


@pytest.mark.parametrize("who", ["ana", "sena", "mara", "paulo", "stella", "omar"])
def test_only_administrators_change_staff(who, ana, ben, now, request) -> None:
    person = request.getfixturevalue(who)
    for act in (
        lambda: newcomer(person, now),
        lambda: grant(user=ben, role=Role.SENIOR_ANALYST, by=person, at=now),
        lambda: end_role(user=ben, role=Role.ANALYST, by=person, at=now, reason="x"),
        lambda: start_again(user=ben, password="x", by=person, at=now, reason="x"),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert again(ben).roles == ("analyst",)


def test_a_role_is_given_confirmed_and_ended(ada, ana, mara, now) -> None:
    grant(user=ana, role=Role.SENIOR_ANALYST, by=ada, at=now)
    confirm_role(user=ana, role=Role.SENIOR_ANALYST, by=mara, at=now)
    assert again(ana).roles == ("analyst", "senior_analyst")
    assert again(ana).has(Permission.CASES_ASSESSMENT_DECIDE)
    end_role(user=ana, role=Role.SENIOR_ANALYST, by=ada, at=now, reason="moved on")
    assert not again(ana).has(Permission.CASES_ASSESSMENT_DECIDE)
    assert Entry.objects.get(verb="accounts.end_role").reason == "moved on"


def test_a_role_given_twice_is_one_grant(ada, ana, now) -> None:
    assert grant(user=ana, role=Role.ANALYST, by=ada, at=now) == ana.grants.get()


def test_ending_a_role_twice_is_once(ada, ana, now) -> None:
    for _time in range(2):
        end_role(user=ana, role=Role.ANALYST, by=ada, at=now, reason="moved on")
    assert Entry.objects.filter(verb="accounts.end_role").count() == 1


def test_ending_a_role_needs_a_reason(ada, ana, now) -> None:
    with pytest.raises(ReasonNeeded):
        end_role(user=ana, role=Role.ANALYST, by=ada, at=now, reason=" ")
    assert again(ana).roles == ("analyst",)


def test_a_role_with_an_end_runs_out_by_itself(ada, ana, now) -> None:
    moment = timezone.now()
    grant(user=ana, role=Role.STATISTICIAN, by=ada, at=now, until=moment + timedelta(days=1))
    grant(user=ana, role=Role.OVERSIGHT, by=ada, at=now, until=moment - timedelta(days=1))
    assert again(ana).roles == ("analyst", "statistician")


def test_a_role_with_an_end_can_be_ended_before(ada, ana, now) -> None:
    later = timezone.now() + timedelta(days=9)
    grant(user=ana, role=Role.STATISTICIAN, by=ada, at=now, until=later)
    end_role(user=ana, role=Role.STATISTICIAN, by=ada, at=timezone.now(), reason="moved on")
    assert again(ana).roles == ("analyst",)


def test_nobody_changes_their_own_account(ada, now) -> None:
    for act in (
        lambda: grant(user=ada, role=Role.ANALYST, by=ada, at=now),
        lambda: end_role(user=ada, role=Role.ADMINISTRATOR, by=ada, at=now, reason="x"),
        lambda: start_again(user=ada, password="x", by=ada, at=now, reason="x"),
    ):
        with pytest.raises(OwnAccount):
            act()


def test_somebody_locked_out_starts_again(ada, ana, now) -> None:
    start_again(user=ana, password="handed over", by=ada, at=now, reason="lost telephone")
    ana = again(ana)
    assert ana.check_password("handed over")
    assert ana.must_change_password
    assert not Authenticator.objects.filter(user=ana).exists()
    assert Entry.objects.get(verb="accounts.start_again").reason == "lost telephone"
    with pytest.raises(ReasonNeeded):
        start_again(user=ana, password="x", by=ada, at=now, reason="")


def test_starting_passwords_are_long_and_never_the_same() -> None:
    made = {new_starting_password() for _ in range(50)}
    assert len(made) == 50
    assert all(len(password) == 23 and not set(password) & set("01ilo") for password in made)


def test_somebody_out_of_service_may_do_nothing(ana) -> None:
    ana.is_active = False
    ana.save()
    assert again(ana).permissions == frozenset()


def test_a_refusal_names_the_permission(ana) -> None:
    with pytest.raises(NotAllowed, match="accounts:staff:manage"):
        require(ana, Permission.ACCOUNTS_STAFF_MANAGE)


def test_every_role_has_a_list_of_permissions_in_order() -> None:
    assert set(PERMISSIONS) == set(Role.values)
    names = [permission.name for permission in Permission]
    assert names == sorted(names)
    held = frozenset().union(*PERMISSIONS.values())
    assert held == set(Permission), "a permission that no role holds"


def test_who_administers_or_oversees_reads_no_case() -> None:
    for role in (Role.ADMINISTRATOR, Role.OVERSIGHT, Role.STATISTICIAN, Role.POLICE_LIAISON):
        assert not any(permission.value.startswith(("cases:", "evidence:"))
                       for permission in PERMISSIONS[role])  # fmt: skip


def test_templates_ask_what_a_person_may_do(ana) -> None:
    assert ana.may.cases_queue_read
    assert not ana.may.accounts_staff_manage


def test_reading_the_log_is_an_entry_of_it(omar, now) -> None:
    log = read_log(by=omar, at=now, filters=["verb", "actor"])
    entry = log[0]
    assert (entry.verb, entry.actor) == ("audit.read", str(omar.actor))
    assert entry.detail == '{"filters":["actor","verb"]}'


def test_an_analyst_does_not_read_the_log(ana, now) -> None:
    before = Entry.objects.count()
    with pytest.raises(NotAllowed):
        read_log(by=ana, at=now, filters=[])
    assert Entry.objects.count() == before


def test_two_who_enrol_the_same_person_at_once_enrol_them_once(ada, now) -> None:
    def other_was_quicker(execute, sql, params, many, context):
        row = execute(sql, params, many, context)
        if 'AS "a" FROM "accounts_user"' in sql:
            User.objects.create(email="nina@example.org", name="Nina", joined_at=now)
        return row

    with connection.execute_wrapper(other_was_quicker), pytest.raises(AlreadyStaff):
        newcomer(ada, now)
    assert not Entry.objects.filter(verb="accounts.enrol", actor=str(ada.actor)).exists()
