"""Calendar years and days, office hours, clocks with the indexes the sweep walks."""

from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='CalendarDay',
            fields=[
                ('date', models.DateField(primary_key=True, serialize=False, verbose_name='日期')),
                ('off', models.BooleanField(verbose_name='放假')),
                ('name', models.CharField(max_length=20, verbose_name='节日')),
            ],
            options={
                'verbose_name': '工作日历日',
                'ordering': ['date'],
            },
        ),
        migrations.CreateModel(
            name='CalendarStamp',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('value', models.UUIDField()),
            ],
        ),
        migrations.CreateModel(
            name='CalendarYear',
            fields=[
                ('year', models.PositiveSmallIntegerField(primary_key=True, serialize=False, verbose_name='年份')),
                ('state', models.CharField(choices=[('official', '已公布'), ('provisional', '暂计')], max_length=12, verbose_name='状态')),
                ('source', models.CharField(max_length=200, verbose_name='依据')),
                ('loaded_at', models.DateTimeField(verbose_name='录入时间')),
            ],
            options={
                'verbose_name': '工作日历年度',
                'ordering': ['year'],
            },
        ),
        migrations.CreateModel(
            name='Clock',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject', models.CharField(max_length=80, verbose_name='所属')),
                ('kind', models.CharField(max_length=16, verbose_name='种类')),
                ('unit_id', models.BigIntegerField(null=True, verbose_name='承担单位')),
                ('limit_n', models.PositiveIntegerField(verbose_name='时限')),
                ('limit_unit', models.CharField(max_length=16, verbose_name='单位')),
                ('basis', models.CharField(blank=True, max_length=200, verbose_name='依据')),
                ('started_at', models.DateTimeField(verbose_name='起算')),
                ('due_at', models.DateTimeField(verbose_name='届满')),
                ('warn_at', models.DateTimeField(verbose_name='预警')),
                ('state', models.CharField(choices=[('running', '计时'), ('suspended', '中止'), ('stopped', '停止')], default='running', max_length=10, verbose_name='状态')),
                ('light', models.CharField(choices=[('green', '正常'), ('yellow', '预警'), ('red', '超期')], default='green', max_length=6, verbose_name='亮灯')),
                ('suspended_at', models.DateTimeField(null=True, verbose_name='中止于')),
                ('suspensions', models.JSONField(default=list, verbose_name='中止')),
                ('extensions', models.JSONField(default=list, verbose_name='延期')),
                ('stopped_at', models.DateTimeField(null=True, verbose_name='停止于')),
                ('on_time', models.BooleanField(null=True, verbose_name='按时')),
                ('provisional', models.BooleanField(default=False, verbose_name='暂计')),
            ],
            options={
                'verbose_name': '时限',
                'indexes': [models.Index(fields=['subject'], name='clock_subject'), models.Index(condition=models.Q(('light', 'green'), ('state', 'running')), fields=['warn_at'], name='clock_turns_yellow'), models.Index(condition=models.Q(('light', 'yellow'), ('state', 'running')), fields=['due_at'], name='clock_turns_red'), models.Index(condition=models.Q(('state', 'stopped'), _negated=True), fields=['due_at'], name='clock_open_due')],
                'constraints': [models.CheckConstraint(condition=models.Q(('warn_at__lte', models.F('due_at'))), name='clock_warn_before_due'), models.CheckConstraint(condition=models.Q(('limit_n__gt', 0)), name='clock_limit_positive'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'suspended'), ('suspended_at__isnull', False)), models.Q(models.Q(('state', 'suspended'), _negated=True), ('suspended_at', None)), _connector='OR'), name='clock_suspended_since'), models.CheckConstraint(condition=models.Q(models.Q(('on_time__isnull', False), ('state', 'stopped'), ('stopped_at__isnull', False)), models.Q(models.Q(('state', 'stopped'), _negated=True), ('on_time', None), ('stopped_at', None)), _connector='OR'), name='clock_stopped_verdict')],
            },
        ),
        migrations.CreateModel(
            name='OfficeHoursRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, verbose_name='名称')),
                ('unit_id', models.BigIntegerField(null=True, verbose_name='单位')),
                ('hours', models.JSONField(verbose_name='办公时间')),
            ],
            options={
                'verbose_name': '办公时间',
                'db_table': 'clock_officehours',
                'constraints': [models.UniqueConstraint(fields=('unit_id',), name='clock_hours_unit', nulls_distinct=False)],
            },
        ),
    ]
