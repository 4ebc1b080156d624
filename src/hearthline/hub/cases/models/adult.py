# SPDX-License-Identifier: Apache-2.0
from django.db import models

from hearthline.hub.accounts.models import User
from hearthline.hub.cases.models.case import Case


class AdultFinding(models.Model):
    """That an adult is behind a child-first case: who saw it and why, and who agreed.

    Until a second person agrees nothing of the case goes to police. Turned down, the row goes;
    the audit log keeps both steps.
    """

    case = models.OneToOneField(
        Case, primary_key=True, on_delete=models.PROTECT, related_name="adult_finding"
    )
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    # A token of sealed words, as every reason of staff.
    reason = models.CharField(max_length=500)
    agreed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    agreed_at = models.DateTimeField(null=True)
