# SPDX-License-Identifier: Apache-2.0

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from hearthline.hub.audit.append_only import append_only

# SQLite makes a table anew to alter it, and loses its triggers: they are taken off before and put
# on again at the end.
ANSWERS = append_only("notices_answer")
LOOSEN = migrations.RunPython(ANSWERS.reverse_code, ANSWERS.code)

class Migration(migrations.Migration):

    dependencies = [
        ('directory', '0005_confirm_members'),
        ('notices', '0005_measured'),
        ('sealing', '0002_rings_and_words'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        LOOSEN,
        migrations.CreateModel(
            name='Copy',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('wrapped', models.BinaryField()),
                ('document', models.BinaryField()),
                ('made_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Escalation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('began', models.DateTimeField()),
                ('position', models.PositiveIntegerField()),
                ('who', models.CharField(choices=[('host', 'The host'), ('site_owner', 'The owner of the site'), ('network', 'The network'), ('registrar', 'The registrar of the name'), ('regulator', 'The regulator')], max_length=20)),
                ('skipped', models.CharField(blank=True, choices=[('no_contact', 'No contact is known'), ('told_already', 'This contact was told before')], max_length=20)),
                ('at', models.DateTimeField()),
            ],
            options={
                'ordering': ['at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Reader',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('digest', models.BinaryField(db_index=True, default=b'', max_length=32)),
                ('public', models.BinaryField(max_length=32)),
                ('secret', models.BinaryField(default=b'')),
                ('made_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('revoked_at', models.DateTimeField(null=True)),
                ('last_used_on', models.DateField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name='answer',
            name='digest',
            field=models.BinaryField(max_length=32, null=True),
        ),
        migrations.AddField(
            model_name='answer',
            name='contact',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='directory.contact'),
        ),
        migrations.AddField(
            model_name='answer',
            name='key',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='directory.partnerkey'),
        ),
        migrations.AddField(
            model_name='answer',
            name='place',
            field=models.CharField(blank=True, db_default='', max_length=200),
        ),
        migrations.AddField(
            model_name='answer',
            name='way',
            field=models.CharField(choices=[('desk', 'Entered at the desk'), ('door', "Said at the providers' door"), ('csv', 'Sent in a table'), ('api', 'Sent by a program')], db_default='desk', default='desk', max_length=10),
        ),
        migrations.AddField(
            model_name='delivery',
            name='contact',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='directory.contact'),
        ),
        migrations.AddField(
            model_name='notice',
            name='hosting_noted_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name='answer',
            name='by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='notice',
            name='waits_for',
            field=models.CharField(blank=True, choices=[('park', 'A person decides what comes next'), ('second_look', 'Somebody else looks at the assessment again'), ('host_changed', 'The host changed: a person says who is told now')], db_default='', max_length=20),
        ),
        migrations.AddConstraint(
            model_name='answer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('by__isnull', False), ('contact__isnull', True), ('key__isnull', True)), models.Q(('by__isnull', True), ('contact__isnull', False), ('key__isnull', True)), models.Q(('by__isnull', True), ('contact__isnull', True), ('key__isnull', False)), _connector='OR'), name='notices_answer_by_one'),
        ),
        migrations.AddField(
            model_name='copy',
            name='data_key',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='sealing.datakey'),
        ),
        migrations.AddField(
            model_name='copy',
            name='notice',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='copies', to='notices.notice'),
        ),
        migrations.AddField(
            model_name='escalation',
            name='contact',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='directory.contact'),
        ),
        migrations.AddField(
            model_name='escalation',
            name='notice',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='escalations', to='notices.notice'),
        ),
        migrations.AddField(
            model_name='reader',
            name='contact',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='directory.contact'),
        ),
        migrations.AddField(
            model_name='reader',
            name='data_key',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='sealing.datakey'),
        ),
        migrations.AddField(
            model_name='reader',
            name='key',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='directory.partnerkey'),
        ),
        migrations.AddField(
            model_name='reader',
            name='revoked_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='copy',
            name='reader',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='copies', to='notices.reader'),
        ),
        migrations.AddConstraint(
            model_name='escalation',
            constraint=models.UniqueConstraint(fields=('notice', 'began', 'position', 'contact'), name='notices_step_once'),
        ),
        migrations.AddConstraint(
            model_name='escalation',
            constraint=models.UniqueConstraint(condition=models.Q(('contact__isnull', True)), fields=('notice', 'began', 'position'), name='notices_step_skipped_once'),
        ),
        migrations.AddConstraint(
            model_name='reader',
            constraint=models.CheckConstraint(condition=models.Q(('contact__isnull', True), ('key__isnull', True), _connector='XOR'), name='notices_reader_link_or_key'),
        ),
        migrations.AddConstraint(
            model_name='copy',
            constraint=models.UniqueConstraint(fields=('notice', 'reader'), name='notices_one_copy'),
        ),
        ANSWERS,
        append_only("notices_escalation"),
    ]
