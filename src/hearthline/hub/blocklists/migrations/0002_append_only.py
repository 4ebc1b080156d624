# SPDX-License-Identifier: Apache-2.0
from django.db import migrations

from hearthline.hub.audit.append_only import append_only
from hearthline.hub.audit.never_changes import never_changes

# What was proposed, on what ground and by whom stays as it was; only the state moves on.
_STAYS = ("scope", "category", "legal_basis", "proposed_by_id", "proposed_at", "guard")


class Migration(migrations.Migration):
    dependencies = [("blocklists", "0001_initial")]
    operations = [
        append_only("blocklists_version"),
        append_only("blocklists_change"),
        append_only("blocklists_act"),
        append_only("blocklists_acknowledgement"),
        append_only("blocklists_canarytest"),
        *(never_changes("blocklists_entry", column) for column in _STAYS),
    ]
