# SPDX-License-Identifier: Apache-2.0

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0017_look_back_on_what_is_gone'),
        ('directory', '0006_found_contacts'),
        ('hosting', '0002_facts_stay'),
        ('mail', '0004_exercise'),
        ('referrals', '0003_measured'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='HandOver',
            fields=[
                ('due_at', models.DateTimeField(blank=True, db_index=True, null=True)),
                ('lease_until', models.DateTimeField(blank=True, null=True)),
                ('lease_by', models.CharField(blank=True, default='', max_length=80)),
                ('attempts', models.PositiveIntegerField(default=0)),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('country', models.CharField(max_length=2)),
                ('grounds', models.CharField(blank=True, max_length=500)),
                ('classification', models.CharField(max_length=20)),
                ('channel', models.CharField(choices=[('mail', 'By mail'), ('hand', "Entered by a person in the network's own system")], max_length=10)),
                ('package', models.BinaryField()),
                ('package_sha256', models.BinaryField(max_length=32)),
                ('state', models.CharField(choices=[('prepared', 'Prepared'), ('sent', 'Sent'), ('received', 'Received'), ('acted', 'Acted on'), ('returned', 'Returned')], default='prepared', max_length=20)),
                ('prepared_at', models.DateTimeField()),
                ('sent_at', models.DateTimeField(null=True)),
                ('receive_due_at', models.DateTimeField(null=True)),
                ('act_due_at', models.DateTimeField(null=True)),
                ('received_at', models.DateTimeField(null=True)),
                ('acted_at', models.DateTimeField(null=True)),
                ('returned_at', models.DateTimeField(null=True)),
                ('returned_because', models.CharField(blank=True, choices=[('not_here', 'It is not hosted in their country'), ('not_illegal', 'It is not illegal there'), ('not_found', 'They could not find it'), ('other', 'Another reason')], max_length=20)),
                ('hotline_reference', models.CharField(blank=True, max_length=80)),
                ('absent', models.PositiveIntegerField(default=0)),
                ('looked_at', models.DateTimeField(null=True)),
                ('gone_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.case')),
                ('fact', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='hosting.hostingfact')),
                ('hotline', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='directory.organisation')),
                ('letter', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='mail.letter')),
                ('prepared_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('case', 'hotline'), name='referrals_once_per_hotline')],
            },
        ),
    ]
