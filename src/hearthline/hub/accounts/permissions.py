# SPDX-License-Identifier: Apache-2.0
"""Permissions as one enum, `scope:resource:action`, alphabetised, and what each role holds.

Apart from `models.py` because this list is read by auditors, not by programmers only.
"""

import enum
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from hearthline.hub.accounts.models import User


class Permission(enum.StrEnum):
    ACCOUNTS_GRANT_CONFIRM = "accounts:grant:confirm"
    ACCOUNTS_STAFF_MANAGE = "accounts:staff:manage"
    ACCOUNTS_STAFF_READ = "accounts:staff:read"
    APPEALS_APPEAL_DECIDE = "appeals:appeal:decide"
    APPEALS_APPEAL_READ = "appeals:appeal:read"
    AUDIT_LOG_READ = "audit:log:read"
    BLOCKLISTS_ENTRY_APPROVE = "blocklists:entry:approve"
    BLOCKLISTS_ENTRY_LIFT = "blocklists:entry:lift"
    BLOCKLISTS_ENTRY_OVERRIDE = "blocklists:entry:override"
    BLOCKLISTS_ENTRY_PROPOSE = "blocklists:entry:propose"
    BLOCKLISTS_ENTRY_READ = "blocklists:entry:read"
    BLOCKLISTS_ENTRY_REVIEW = "blocklists:entry:review"
    BLOCKLISTS_LAG_READ = "blocklists:lag:read"
    BLOCKLISTS_SUBSCRIBER_MANAGE = "blocklists:subscriber:manage"
    CARE_COVER_READ = "care:cover:read"
    CARE_OWN_USE = "care:own:use"
    CASES_ASSESSMENT_CONFIRM = "cases:assessment:confirm"
    CASES_ASSESSMENT_DECIDE = "cases:assessment:decide"
    CASES_ASSESSMENT_MAKE = "cases:assessment:make"
    CASES_CASE_CLAIM = "cases:case:claim"
    CASES_CASE_READ = "cases:case:read"
    CASES_EXPORT_APPROVE = "cases:export:approve"
    CASES_EXPORT_REQUEST = "cases:export:request"
    CASES_IDENTITY_APPROVE = "cases:identity:approve"
    CASES_IDENTITY_REQUEST = "cases:identity:request"
    CASES_MESSAGE_SEND = "cases:message:send"
    CASES_QUEUE_READ = "cases:queue:read"
    CASES_URGENCY_SET = "cases:urgency:set"
    CASES_VIEW_SHARE = "cases:view:share"
    COMPLAINTS_COMPLAINT_HANDLE = "complaints:complaint:handle"
    COMPLAINTS_COMPLAINT_READ = "complaints:complaint:read"
    DIRECTORY_KEY_MANAGE = "directory:key:manage"
    DIRECTORY_ORGANISATION_EDIT = "directory:organisation:edit"
    DIRECTORY_ORGANISATION_READ = "directory:organisation:read"
    EVIDENCE_EXHIBIT_OPEN = "evidence:exhibit:open"
    EVIDENCE_EXHIBIT_SEAL = "evidence:exhibit:seal"
    EVIDENCE_EXHIBIT_SHRED = "evidence:exhibit:shred"
    NOTICES_NOTICE_ANSWER = "notices:notice:answer"
    NOTICES_NOTICE_READ = "notices:notice:read"
    NOTICES_NOTICE_SEND = "notices:notice:send"
    REFERRALS_PACKAGE_PICK_UP = "referrals:package:pick_up"
    REFERRALS_PACKAGE_PREPARE = "referrals:package:prepare"
    REFERRALS_PACKAGE_READ = "referrals:package:read"
    REPORTS_DRILL_START = "reports:drill:start"
    STATISTICS_PROMISES_READ = "statistics:promises:read"
    STATISTICS_RELEASE_COMPILE = "statistics:release:compile"
    STATISTICS_RELEASE_PUBLISH = "statistics:release:publish"
    STATISTICS_RELEASE_READ = "statistics:release:read"
    UI_STYLE_READ = "ui:style:read"


class Role(models.TextChoices):
    ANALYST = "analyst", _("Analyst")
    SENIOR_ANALYST = "senior_analyst", _("Senior analyst")
    HOTLINE_MANAGER = "hotline_manager", _("Hotline manager")
    POLICE_LIAISON = "police_liaison", _("Police liaison")
    STATISTICIAN = "statistician", _("Statistician")
    OVERSIGHT = "oversight", _("Oversight (ombudsperson)")
    ADMINISTRATOR = "administrator", _("Administrator")


P = Permission
_ANALYST = frozenset(
    {
        P.BLOCKLISTS_ENTRY_PROPOSE,
        P.BLOCKLISTS_ENTRY_READ,
        P.CARE_OWN_USE,
        P.CASES_ASSESSMENT_CONFIRM,
        P.CASES_ASSESSMENT_MAKE,
        P.CASES_CASE_CLAIM,
        P.CASES_CASE_READ,
        P.CASES_IDENTITY_REQUEST,
        P.CASES_MESSAGE_SEND,
        P.CASES_QUEUE_READ,
        P.CASES_URGENCY_SET,
        P.DIRECTORY_ORGANISATION_READ,
        P.EVIDENCE_EXHIBIT_OPEN,
        P.EVIDENCE_EXHIBIT_SEAL,
        P.NOTICES_NOTICE_ANSWER,
        P.NOTICES_NOTICE_READ,
        P.NOTICES_NOTICE_SEND,
        P.REFERRALS_PACKAGE_PREPARE,
        P.REFERRALS_PACKAGE_READ,
        P.STATISTICS_RELEASE_READ,
        P.UI_STYLE_READ,
    }
)
_SENIOR = _ANALYST | {
    P.APPEALS_APPEAL_DECIDE,
    P.APPEALS_APPEAL_READ,
    P.BLOCKLISTS_ENTRY_APPROVE,
    P.BLOCKLISTS_ENTRY_LIFT,
    P.BLOCKLISTS_ENTRY_OVERRIDE,
    P.CASES_ASSESSMENT_DECIDE,
    P.CASES_EXPORT_APPROVE,
    P.CASES_EXPORT_REQUEST,
    P.CASES_IDENTITY_APPROVE,
}

PERMISSIONS: dict[str, frozenset[Permission]] = {
    Role.ANALYST: _ANALYST,
    Role.SENIOR_ANALYST: _SENIOR,
    Role.HOTLINE_MANAGER: frozenset(
        {
            P.ACCOUNTS_GRANT_CONFIRM,
            P.ACCOUNTS_STAFF_READ,
            P.APPEALS_APPEAL_DECIDE,
            P.APPEALS_APPEAL_READ,
            P.BLOCKLISTS_ENTRY_LIFT,
            P.BLOCKLISTS_ENTRY_READ,
            P.BLOCKLISTS_ENTRY_REVIEW,
            P.BLOCKLISTS_LAG_READ,
            P.BLOCKLISTS_SUBSCRIBER_MANAGE,
            P.CARE_COVER_READ,
            P.CARE_OWN_USE,
            P.CASES_IDENTITY_APPROVE,
            P.CASES_CASE_READ,
            P.CASES_EXPORT_APPROVE,
            P.CASES_EXPORT_REQUEST,
            P.CASES_QUEUE_READ,
            P.CASES_URGENCY_SET,
            P.CASES_VIEW_SHARE,
            P.COMPLAINTS_COMPLAINT_HANDLE,
            P.COMPLAINTS_COMPLAINT_READ,
            P.DIRECTORY_ORGANISATION_EDIT,
            P.DIRECTORY_ORGANISATION_READ,
            P.EVIDENCE_EXHIBIT_SHRED,
            P.NOTICES_NOTICE_READ,
            P.REFERRALS_PACKAGE_READ,
            P.REPORTS_DRILL_START,
            P.STATISTICS_PROMISES_READ,
            P.STATISTICS_RELEASE_PUBLISH,
            P.STATISTICS_RELEASE_READ,
            P.UI_STYLE_READ,
        }
    ),
    Role.POLICE_LIAISON: frozenset({P.REFERRALS_PACKAGE_PICK_UP}),
    Role.STATISTICIAN: frozenset(
        {P.STATISTICS_RELEASE_COMPILE, P.STATISTICS_RELEASE_READ, P.UI_STYLE_READ}
    ),
    # Oversight reads the audit log, whose names it is about, and the figures; it changes nothing.
    Role.OVERSIGHT: frozenset(
        {
            P.ACCOUNTS_STAFF_READ,
            P.APPEALS_APPEAL_READ,
            P.AUDIT_LOG_READ,
            P.BLOCKLISTS_ENTRY_READ,
            P.BLOCKLISTS_LAG_READ,
            P.COMPLAINTS_COMPLAINT_READ,
            P.STATISTICS_PROMISES_READ,
            P.STATISTICS_RELEASE_READ,
        }
    ),
    Role.ADMINISTRATOR: frozenset(
        {
            P.ACCOUNTS_GRANT_CONFIRM,
            P.ACCOUNTS_STAFF_MANAGE,
            P.ACCOUNTS_STAFF_READ,
            P.AUDIT_LOG_READ,
            P.DIRECTORY_KEY_MANAGE,
            P.DIRECTORY_ORGANISATION_EDIT,
            P.DIRECTORY_ORGANISATION_READ,
            P.UI_STYLE_READ,
        }
    ),
}


# Roles that read what people told us, or that may be the second of two: each is in force only
# once a second person confirmed it.
_BY_TWO = {
    P.ACCOUNTS_GRANT_CONFIRM,
    P.CASES_CASE_READ,
    P.CASES_QUEUE_READ,
    P.DIRECTORY_ORGANISATION_EDIT,
    P.REFERRALS_PACKAGE_PICK_UP,
}
ROLES_BY_TWO: frozenset[str] = frozenset(
    role for role, permissions in PERMISSIONS.items() if permissions & _BY_TWO
)


class NotAllowed(PermissionDenied):
    """The person's roles do not carry this permission."""


def require(by: "User", permission: Permission) -> None:
    """Raise `NotAllowed` unless `by` holds `permission` now."""
    if not by.has(permission):
        raise NotAllowed(permission.value)
