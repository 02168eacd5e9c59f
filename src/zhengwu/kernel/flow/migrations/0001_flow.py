"""Charts and their versions; what was published never changes and never goes."""

import django.db.models.deletion
from django.db import migrations, models

GUARD = """
CREATE FUNCTION flow_version_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'draft' THEN
        IF TG_OP = 'DELETE' THEN
            RAISE EXCEPTION '已发布的流程图版本不能删除 (a published chart version cannot be deleted)'
                USING ERRCODE = 'restrict_violation';
        END IF;
        IF to_jsonb(NEW) - 'state' <> to_jsonb(OLD) - 'state'
           OR (NEW.state <> OLD.state AND NOT (OLD.state = 'published' AND NEW.state = 'retired')) THEN
            RAISE EXCEPTION '已发布的流程图版本不能更改 (a published chart version cannot be changed)'
                USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER flow_version_keep BEFORE UPDATE OR DELETE ON flow_version
    FOR EACH ROW EXECUTE FUNCTION flow_version_keep();
"""
UNGUARD = """
DROP TRIGGER flow_version_keep ON flow_version;
DROP FUNCTION flow_version_keep();
"""


class Migration(migrations.Migration):

    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name='Definition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.SlugField(max_length=100, unique=True, verbose_name='编号')),
                ('title', models.CharField(max_length=200, verbose_name='名称')),
            ],
            options={
                'verbose_name': '流程图',
                'verbose_name_plural': '流程图',
            },
        ),
        migrations.CreateModel(
            name='Version',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='版本号')),
                ('xml', models.TextField(verbose_name='BPMN 文件')),
                ('sm3', models.CharField(max_length=64, verbose_name='SM3 摘要')),
                ('state', models.CharField(choices=[('draft', '草稿'), ('published', '已发布'), ('retired', '已停用')], default='draft', max_length=10, verbose_name='状态')),
                ('published_at', models.DateTimeField(blank=True, null=True, verbose_name='发布时间')),
                ('published_by', models.CharField(blank=True, max_length=100, verbose_name='发布人')),
                ('note', models.CharField(blank=True, max_length=500, verbose_name='说明')),
                ('definition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='flow.definition', verbose_name='流程图')),
            ],
            options={
                'verbose_name': '流程图版本',
                'verbose_name_plural': '流程图版本',
                'ordering': ['definition', 'number'],
                'constraints': [models.UniqueConstraint(fields=('definition', 'number'), name='flow_version_number'), models.UniqueConstraint(condition=models.Q(('state', 'published')), fields=('definition',), name='flow_one_published'), models.CheckConstraint(condition=models.Q(models.Q(('published_at', None), ('state', 'draft')), models.Q(('published_at__isnull', False), ('state__in', ['published', 'retired'])), _connector='OR'), name='flow_published_has_time')],
            },
        ),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
