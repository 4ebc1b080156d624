# SPDX-License-Identifier: Apache-2.0
"""Members from before two people were needed for one stay members."""

from django.db import migrations
from django.utils import timezone


def confirm(apps, schema_editor):
    """One UPDATE; whom the code before this one adds meanwhile waits for a second person."""
    members = apps.get_model("directory", "Membership").objects.filter(confirmed_at__isnull=True)
    members.update(confirmed_at=timezone.now())


class Migration(migrations.Migration):

    dependencies = [
        ("directory", "0004_by_two"),
    ]

    operations = [
        migrations.RunPython(confirm, migrations.RunPython.noop),
    ]
