"""Drafts, migrations of running cases, and packages of definitions from elsewhere."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('cases', '0004_papers_kept'),
        ('flow', '0001_flow'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Package',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='文件名')),
                ('sm3', models.CharField(max_length=64, verbose_name='SM3 摘要')),
                ('content', models.JSONField(verbose_name='内容')),
                ('signer', models.CharField(max_length=130, verbose_name='签名公钥')),
                ('trusted', models.BooleanField(default=False, verbose_name='签名者在信任名单中')),
                ('state', models.CharField(choices=[('shown', '待决定'), ('taken', '已接收'), ('refused', '已拒绝')], default='shown', max_length=10, verbose_name='状态')),
                ('uploaded_at', models.DateTimeField(verbose_name='上传时间')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='决定时间')),
                ('uploaded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '流程图包',
                'verbose_name_plural': '流程图包',
                'ordering': ['-uploaded_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='Transfer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('mapping', models.JSONField(default=dict, verbose_name='环节对应')),
                ('reason', models.CharField(max_length=300, verbose_name='理由')),
                ('state', models.CharField(choices=[('running', '进行中'), ('done', '已完成'), ('stopped', '已停止')], default='running', max_length=10, verbose_name='状态')),
                ('started_at', models.DateTimeField(verbose_name='开始时间')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='结束时间')),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='flow.version', verbose_name='原版本')),
                ('started_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='发起人')),
                ('target', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='flow.version', verbose_name='新版本')),
            ],
            options={
                'verbose_name': '办件迁移',
                'verbose_name_plural': '办件迁移',
                'ordering': ['-started_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='TransferredCase',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seen', models.PositiveIntegerField(default=0, verbose_name='预览时的修订号')),
                ('outcome', models.CharField(choices=[('waiting', '等待迁移'), ('moved', '已迁移'), ('obstacle', '不能迁移'), ('gone', '已不在原版本'), ('left', '未处理（已停止）')], default='waiting', max_length=10, verbose_name='结果')),
                ('note', models.CharField(default='', max_length=1000, verbose_name='说明')),
                ('at', models.DateTimeField(null=True, verbose_name='处理时间')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.case', verbose_name='办件')),
                ('transfer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='cases', to='charts.transfer')),
            ],
            options={
                'verbose_name': '迁移中的办件',
                'verbose_name_plural': '迁移中的办件',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='Draft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('xml', models.TextField(verbose_name='BPMN 文件')),
                ('scenarios', models.JSONField(default=list, verbose_name='情景')),
                ('revision', models.PositiveIntegerField(default=1, verbose_name='修订号')),
                ('state', models.CharField(choices=[('editing', '编辑中'), ('scheduled', '待生效'), ('published', '已发布'), ('dropped', '已放弃')], default='editing', max_length=10, verbose_name='状态')),
                ('origin', models.CharField(choices=[('drawn', '新绘制'), ('version', '由已有版本修改'), ('file', '导入文件'), ('package', '由其他平台迁入')], default='drawn', max_length=10, verbose_name='来源')),
                ('source', models.BinaryField(default=b'', verbose_name='导入时的原文件')),
                ('source_name', models.CharField(default='', max_length=120, verbose_name='原文件名')),
                ('source_sm3', models.CharField(default='', max_length=64, verbose_name='导入时内容的摘要')),
                ('note', models.CharField(blank=True, default='', max_length=500, verbose_name='修改说明')),
                ('effective_on', models.DateField(null=True, verbose_name='生效日期')),
                ('refusal', models.CharField(default='', max_length=500, verbose_name='未能发布的原因')),
                ('created_at', models.DateTimeField(verbose_name='建立时间')),
                ('changed_at', models.DateTimeField(verbose_name='最后保存')),
                ('based_on', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='flow.version', verbose_name='修改自')),
                ('changed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('definition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='drafts', to='flow.definition', verbose_name='流程图')),
                ('published', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='draft', to='flow.version', verbose_name='发布为')),
            ],
            options={
                'verbose_name': '流程图草稿',
                'verbose_name_plural': '流程图草稿',
                'ordering': ['-changed_at', '-pk'],
                'indexes': [models.Index(condition=models.Q(('state', 'scheduled')), fields=['effective_on'], name='charts_scheduled')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('effective_on__isnull', False), ('state', 'scheduled')), models.Q(('state', 'scheduled'), _negated=True), _connector='OR'), name='charts_scheduled_has_day'), models.CheckConstraint(condition=models.Q(models.Q(('published__isnull', False), ('state', 'published')), models.Q(models.Q(('state', 'published'), _negated=True), ('published', None)), _connector='OR'), name='charts_published_has_version')],
            },
        ),
        migrations.AddIndex(
            model_name='transfer',
            index=models.Index(condition=models.Q(('state', 'running')), fields=['started_at'], name='charts_transfer_running'),
        ),
        migrations.AddIndex(
            model_name='transferredcase',
            index=models.Index(condition=models.Q(('outcome', 'waiting')), fields=['transfer'], name='charts_case_waiting'),
        ),
        migrations.AddConstraint(
            model_name='transferredcase',
            constraint=models.UniqueConstraint(fields=('transfer', 'case'), name='charts_case_once'),
        ),
    ]
