# SPDX-License-Identifier: Apache-2.0

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from hearthline.hub.audit.never_changes import never_changes


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0006_kept_drafts"),
        ("sealing", "0002_rings_and_words"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="report",
            name="exercise",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.CreateModel(
            name="Drill",
            fields=[
                (
                    "report",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="drill",
                        serialize=False,
                        to="reports.report",
                    ),
                ),
                ("template", models.CharField(max_length=20)),
                ("started_at", models.DateTimeField()),
                ("reason", models.CharField(max_length=500)),
                ("age_recipient", models.CharField(max_length=100)),
                ("age_identity", models.BinaryField()),
                ("gone_at", models.DateTimeField(null=True)),
                (
                    "data_key",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="sealing.datakey",
                    ),
                ),
                (
                    "started_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        never_changes("reports_report", "exercise"),
    ]
