# SPDX-License-Identifier: Apache-2.0
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sealing", "0001_initial"),
        ("reports", "0004_partners_and_professions"),
    ]

    operations = [
        migrations.AlterField(
            model_name="report",
            name="receipt_digest",
            field=models.BinaryField(max_length=32, null=True, unique=True),
        ),
        migrations.CreateModel(
            name="FreshReceipt",
            fields=[
                ("due_at", models.DateTimeField(blank=True, db_index=True, null=True)),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("lease_by", models.CharField(blank=True, default="", max_length=80)),
                ("attempts", models.PositiveIntegerField(default=0)),
                (
                    "report",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="fresh_receipt",
                        serialize=False,
                        to="reports.report",
                    ),
                ),
                ("digest", models.BinaryField(max_length=32, unique=True)),
                ("wrapped_key", models.BinaryField()),
                ("receipt", models.BinaryField()),
                (
                    "data_key",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="sealing.datakey",
                    ),
                ),
            ],
            options={"abstract": False},
        ),
    ]
