# SPDX-License-Identifier: Apache-2.0
"""What was found gone before: the cases closed for it, unless a later one is open."""

from django.db import migrations


def look_back(apps, schema_editor):
    cases = apps.get_model("cases", "Case").objects
    rows = apps.get_model("cases", "Availability").objects
    opened = cases.filter(closed_at__isnull=True).values("subject")
    gone = cases.filter(closed_because="removed", closed_at__isnull=False)
    for case in gone.exclude(subject__in=opened).order_by("closed_at", "pk").iterator():
        subject = apps.get_model("cases", "Subject").objects.get(pk=case.subject_id)
        if subject.gone_at is None:
            subject.gone_at = case.closed_at
            subject.save(update_fields=["gone_at"])
            rows.create(subject=subject, case=case, gone=True, at=case.closed_at)


class Migration(migrations.Migration):

    dependencies = [
        ("cases", "0016_gone_at"),
    ]

    operations = [
        migrations.RunPython(look_back, migrations.RunPython.noop),
    ]
