# SPDX-License-Identifier: Apache-2.0
"""When a second person had judged the newest round of each case, by the judgements there are."""

from django.db import migrations
from django.db.models import Exists, OuterRef, Subquery


def look_back(apps, schema_editor):
    """One UPDATE; what the code before this one writes meanwhile is left to `decide`."""
    cases = apps.get_model("cases", "Case").objects
    judgements = apps.get_model("cases", "Assessment").objects
    later = judgements.filter(case=OuterRef("case"), stage="first", at__gt=OuterRef("at"))
    second = judgements.filter(~Exists(later), case=OuterRef("pk"), stage="second")
    waiting = cases.filter(second_due_at__isnull=False, second_reviewed_at__isnull=True)
    waiting.update(second_reviewed_at=Subquery(second.order_by("at").values("at")[:1]))


class Migration(migrations.Migration):

    dependencies = [
        ("cases", "0013_second_reviewed"),
    ]

    operations = [
        migrations.RunPython(look_back, migrations.RunPython.noop),
    ]
