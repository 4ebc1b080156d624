# SPDX-License-Identifier: Apache-2.0
"""No route is open by accident: each says its permission, or is listed here as public."""

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

from hearthline.hub.accounts.doors import BY_KEY, PUBLIC
from hearthline.hub.accounts.permissions import Permission

# What supervisors ask any door; the numbers want a token.
HEALTH = {"health_live", "health_ready", "metrics"}
# Open to anyone at the public door.
OPEN_TO_ALL = {
    "public": {
        *HEALTH,
        "about",
        "appeal",
        "appeal_decision",
        "blocking",
        "blocking_report",
        "button",
        "complaint",
        "complaint_answer",
        "figures",
        "figures_csv",
        "figures_definitions",
        "figures_file",
        "figures_sdmx",
        "figures_sdmx_ml",
        "figures_structure",
        "help",
        "home",
        "leave",
        "receipt",
        "receipt_leave",
        "receipt_message",
        "receipt_status",
        "receipt_withdraw",
        "report_danger",
        "report_go_on",
        "report_keep",
        "report_sent",
        "report_start",
        "report_step",
        "report_work",
        "report_work_screen",
        "security_txt",
        "set_language",
        "stopped",
    },
    "desk": {*HEALTH, "set_language"},
    "partners": {
        *HEALTH,
        "api_notices_openapi",
        "api_openapi",
        # The providers' door: the link in the address is the key.
        "door",
        "door_notice",
        "door_table",
        "set_language",
    },
}
# Open to partners' programs that show a key; each checks the key's scope in its action.
TO_PROGRAMS = {
    "api_notice_answer",
    "api_notice_answers",
    "api_notice_grounds",
    "api_notice_test",
    "api_notices",
    "api_batch",
    "api_codes",
    "api_report",
    "api_status",
    # Networks, with keys of their own.
    "blocklist_status",
    "blocklist_prefixes",
    "blocklist_hashes",
    "blocklist_test",
    "blocklist_acknowledge",
    "blocklist_output",
}
# Signing in and one's own account: allauth's views and our wraps of them, which guard themselves.
SIGN_IN = {
    "account_change_password",
    "account_login",
    "account_logout",
    "account_prove",
    "account_proved",
    "account_sessions",
    "account_waiting",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "mfa_authenticate",
    "mfa_deactivate_totp",
    "mfa_edit_webauthn",
    "mfa_generate_recovery_codes",
    "mfa_index",
    "mfa_list_webauthn",
    "mfa_login_webauthn",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
    "mfa_remove_webauthn",
    "mfa_view_recovery_codes",
}
# With a ministry's identity provider, three more; see the accounts room.


def routes(door: str) -> dict[str, URLPattern]:
    """Every route of one door by name."""

    def walk(patterns: list[URLPattern | URLResolver]) -> Iterator[URLPattern]:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns)
            else:
                yield pattern

    found = list(walk(get_resolver(f"hearthline.hub.config.urls.{door}").url_patterns))
    assert all(p.name for p in found), [p for p in found if not p.name]
    return {p.name: p for p in found}


def declared(route: URLPattern) -> object:
    return getattr(route.callback, "permission", None)


def test_the_public_door_lists_exactly_its_open_pages():
    assert set(routes("public")) == OPEN_TO_ALL["public"]
    assert all(declared(route) == PUBLIC for route in routes("public").values())


def test_every_other_route_declares_a_permission():
    for door in ("desk", "partners"):
        for name, route in routes(door).items():
            if name in SIGN_IN:
                continue
            if name in OPEN_TO_ALL[door]:
                assert declared(route) == PUBLIC, (door, name)
            elif door == "partners" and name in TO_PROGRAMS:
                assert declared(route) == BY_KEY, (door, name)
            else:
                assert isinstance(declared(route), Permission), (door, name)


def test_the_doors_where_staff_sign_in_have_the_same_pages_for_it():
    for door in ("desk", "partners"):
        assert {name for name in routes(door) if name in SIGN_IN} == SIGN_IN


def test_nobody_can_sign_up():
    assert not [name for door in ("desk", "partners") for name in routes(door) if "signup" in name]


def test_permissions_are_alphabetised_and_all_in_use():
    names = [permission.name for permission in Permission]
    assert names == sorted(names)
    values = [permission.value for permission in Permission]
    assert all(value.count(":") == 2 for value in values)
