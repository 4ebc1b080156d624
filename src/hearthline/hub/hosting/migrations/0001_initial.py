import django.db.models.deletion
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('sealing', '0002_rings_and_words'),
    ]

    operations = [
        migrations.CreateModel(
            name='HostingLookup',
            fields=[
                ('due_at', models.DateTimeField(blank=True, db_index=True, null=True)),
                ('lease_until', models.DateTimeField(blank=True, null=True)),
                ('lease_by', models.CharField(blank=True, default='', max_length=80)),
                ('attempts', models.PositiveIntegerField(default=0)),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('host_digest', models.BinaryField(max_length=32, unique=True)),
                ('host', models.BinaryField()),
                ('origin', models.BinaryField(default=b'')),
                ('asked_at', models.DateTimeField()),
                ('looked_at', models.DateTimeField(null=True)),
                ('data_key', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='sealing.datakey')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='HostingFact',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('host_digest', models.BinaryField(max_length=32)),
                ('host', models.BinaryField()),
                ('record', models.BinaryField()),
                ('kind', models.CharField(choices=[('site', 'Web site'), ('ip', 'IP address'), ('onion', 'Onion address'), ('app_store', 'Store of apps')], max_length=10)),
                ('country', models.CharField(blank=True, max_length=2)),
                ('proxied', models.BooleanField(default=False)),
                ('known', models.BooleanField(default=False)),
                ('moved', models.BooleanField(default=False)),
                ('at', models.DateTimeField()),
                ('made', models.PositiveIntegerField()),
                ('data_key', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='sealing.datakey')),
            ],
            options={
                'indexes': [models.Index(fields=['host_digest', '-at'], name='hosting_of_host'), models.Index(fields=['at'], name='hosting_by_day')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('host_digest', b''), _negated=True), fields=('host_digest', 'made'), name='hosting_each_look_once')],
            },
        ),
    ]
