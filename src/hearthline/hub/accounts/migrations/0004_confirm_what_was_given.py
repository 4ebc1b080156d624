# SPDX-License-Identifier: Apache-2.0
"""Roles given before two people were needed for them stay in force."""

from django.db import migrations
from django.db.models import F


def confirm(apps, schema_editor):
    """One UPDATE; what the code before this one gives meanwhile waits for a second person."""
    given = apps.get_model("accounts", "Grant").objects.filter(confirmed_at__isnull=True)
    given.update(confirmed_at=F("since"))


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0003_by_two"),
    ]

    operations = [
        migrations.RunPython(confirm, migrations.RunPython.noop),
    ]
