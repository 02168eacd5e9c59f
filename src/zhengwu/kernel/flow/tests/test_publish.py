"""Publishing, and that what was published stays as it was."""

import pytest
from django.db import IntegrityError, transaction

from zhengwu.kernel.flow.api import chart_of, publish, published
from zhengwu.kernel.flow.models import Definition, Version, VersionState
from zhengwu.kernel.flow.problems import ChartError, FlowError
from zhengwu.kernel.flow.tests.charts import END, START, chart, line, task
from zhengwu.kernel.ledger.api import By
from zhengwu.kernel.ledger.models import Event
from zhengwu.lib.sm import sm3

pytestmark = pytest.mark.django_db
BY = By("account:1", "张三", "市审批局")
XML = chart(START + task("a") + END + line("s", "a", "e"))


def test_publish_numbers_versions_and_retires_the_one_before():
    first = publish(key="p", xml=XML, by=BY)
    assert (first.number, first.state, first.published_by) == (1, VersionState.PUBLISHED, "张三")
    assert first.sm3 == sm3(XML.encode()).hex() and first.definition.title == "试验流程"
    second = publish(key="p", xml=XML.replace("环节a", "新环节"), by=BY, note="改名")
    first.refresh_from_db()
    assert first.state == VersionState.RETIRED and published("p") == second
    assert chart_of(first.pk).node("a").name == "环节a" and chart_of(second.pk).node("a").name == "新环节"
    assert [e.kind for e in Event.objects.filter(stream="flow:p").order_by("seq")] == ["flow.published"] * 2


def test_the_same_file_again_changes_nothing():
    first = publish(key="p", xml=XML, by=BY)
    assert publish(key="p", xml=XML, by=BY) == first and Version.objects.count() == 1


def test_what_would_not_run_is_refused_with_all_findings():
    with pytest.raises(ChartError) as caught:
        publish(key="p", xml=XML.replace('"owner"', '"x"').replace('"officer"', '"y"'), by=BY)
    assert caught.value.code == "flow-not-publishable" and caught.value.status == 422
    assert {f["code"] for f in caught.value.extra["findings"]} == {"unknown-unit", "unknown-role"}
    with pytest.raises(ChartError, match="编号"):
        publish(key="other", xml=XML, by=BY)
    assert not Definition.objects.exists() and not Event.objects.exists()


def test_nothing_published_yet_is_said():
    with pytest.raises(FlowError, match="还没有发布"):
        published("p")


@pytest.mark.parametrize(
    "change", [{"xml": "x"}, {"sm3": "0"}, {"number": 7}, {"note": "x"}, {"state": "draft", "published_at": None}]
)
def test_the_database_refuses_to_change_a_published_version(change):
    version = publish(key="p", xml=XML, by=BY)
    with pytest.raises(IntegrityError, match="不能更改"), transaction.atomic():
        Version.objects.filter(pk=version.pk).update(**change)
    with pytest.raises(IntegrityError, match="不能删除"), transaction.atomic():
        version.delete()
    version.refresh_from_db()
    assert version.xml == XML and version.state == VersionState.PUBLISHED


def test_a_retired_version_does_not_come_back():
    version = publish(key="p", xml=XML, by=BY)
    publish(key="p", xml=XML.replace("环节a", "新环节"), by=BY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Version.objects.filter(pk=version.pk).update(state=VersionState.PUBLISHED)


def test_drafts_may_change_and_go():
    definition = Definition.objects.create(key="p", title="p")
    draft = Version.objects.create(definition=definition, number=1, xml=XML, sm3="0" * 64)
    draft.xml = "x"
    draft.save()
    with pytest.raises(Version.DoesNotExist):
        chart_of(draft.pk)
    draft.delete()
    assert not Version.objects.exists()
