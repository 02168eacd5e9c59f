"""Events, seals, and the triggers that keep both append-only."""

import django.db.models.expressions
from django.db import migrations, models

GUARD = """
CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '存证只能追加，不能更改或删除：% 表拒绝 % (the ledger is append-only: % on % refused)',
        TG_TABLE_NAME, TG_OP, TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER ledger_event_no_change BEFORE UPDATE OR DELETE ON ledger_event
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER ledger_event_no_truncate BEFORE TRUNCATE ON ledger_event
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER ledger_seal_no_change BEFORE UPDATE OR DELETE ON ledger_seal
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER ledger_seal_no_truncate BEFORE TRUNCATE ON ledger_seal
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();
"""
UNGUARD = """
DROP TRIGGER ledger_event_no_change ON ledger_event;
DROP TRIGGER ledger_event_no_truncate ON ledger_event;
DROP TRIGGER ledger_seal_no_change ON ledger_seal;
DROP TRIGGER ledger_seal_no_truncate ON ledger_seal;
DROP FUNCTION ledger_refuse();
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("stream", models.CharField(max_length=80, verbose_name="链")),
                ("seq", models.IntegerField(verbose_name="序号")),
                ("at", models.DateTimeField(verbose_name="时间")),
                ("kind", models.CharField(max_length=60, verbose_name="事件")),
                ("by_id", models.CharField(max_length=64, verbose_name="操作者标识")),
                ("by_label", models.CharField(max_length=200, verbose_name="操作者")),
                ("unit", models.CharField(max_length=200, verbose_name="单位")),
                ("data", models.JSONField(verbose_name="内容")),
                ("prev", models.BinaryField(max_length=32, verbose_name="上一事件摘要")),
                ("hash", models.BinaryField(max_length=32, verbose_name="摘要")),
            ],
            options={
                "verbose_name": "事件",
                "verbose_name_plural": "事件",
                "indexes": [
                    models.Index(fields=["kind", "at"], name="ledger_event_kind_at"),
                    models.Index(fields=["by_id"], name="ledger_event_by"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("stream", "seq"), name="ledger_event_stream_seq"),
                    models.CheckConstraint(condition=models.Q(("seq__gte", 1)), name="ledger_event_seq_from_1"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("number", models.IntegerField(primary_key=True, serialize=False, verbose_name="封存号")),
                ("first_id", models.BigIntegerField(verbose_name="首个事件")),
                ("upto_id", models.BigIntegerField(verbose_name="末个事件")),
                ("count", models.IntegerField(verbose_name="事件数")),
                ("root", models.BinaryField(max_length=32, verbose_name="根摘要")),
                ("prev_hash", models.BinaryField(max_length=32, unique=True, verbose_name="上一封存摘要")),
                ("hash", models.BinaryField(max_length=32, verbose_name="封存摘要")),
                ("at", models.DateTimeField(verbose_name="封存时间")),
                ("key_id", models.CharField(max_length=16, verbose_name="密钥标识")),
                ("public_key", models.CharField(max_length=130, verbose_name="公钥")),
                ("signature", models.BinaryField(max_length=80, verbose_name="签名")),
                ("blocks", models.BinaryField(verbose_name="分块索引")),
            ],
            options={
                "verbose_name": "封存",
                "verbose_name_plural": "封存",
                "constraints": [
                    models.UniqueConstraint(fields=("upto_id",), name="ledger_seal_upto"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("count__gte", 1),
                            ("number__gte", 1),
                            ("upto_id__gte", django.db.models.expressions.F("first_id")),
                        ),
                        name="ledger_seal_range",
                    ),
                ],
            },
        ),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
