# SPDX-License-Identifier: Apache-2.0
import django.db.models.deletion
from django.db import migrations, models

from hearthline.hub.audit.append_only import append_only


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0015_kept_from_the_index'),
    ]

    operations = [
        migrations.AddField(
            model_name='subject',
            name='gone_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.CreateModel(
            name='Availability',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('gone', models.BooleanField()),
                ('at', models.DateTimeField()),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.case')),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='availability', to='cases.subject')),
            ],
            options={
                'ordering': ['at', 'id'],
            },
        ),
        append_only("cases_availability"),
    ]
