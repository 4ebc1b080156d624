from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0005_desk_at_scale'),
    ]

    operations = [
        migrations.AddField(
            model_name='case',
            name='ended_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('closed_at__isnull', False), ('ended_at__isnull', True)), fields=['closed_at'], name='cases_closed_and_kept'),
        ),
    ]
