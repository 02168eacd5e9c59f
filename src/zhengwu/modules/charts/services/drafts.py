"""Drafts: begun, saved, dropped. Nothing here reaches a case."""

import codecs
import re
from typing import Any

from django.db import transaction

from zhengwu.kernel.directory.api import Actor
from zhengwu.kernel.flow.api import with_diagram
from zhengwu.kernel.flow.models import Definition, Version, VersionState
from zhengwu.kernel.ledger.api import Entry, append
from zhengwu.lib.now import now
from zhengwu.lib.problem import Conflict, Invalid, NotFound, Problem, Stale
from zhengwu.lib.sm import sm3
from zhengwu.modules.charts.models import Draft
from zhengwu.modules.charts.policies import require_designer
from zhengwu.modules.charts.reading import main_process, read, root_of

BEGIN = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zw="https://zhengwu.example/bpmn"
             id="{key}_file" targetNamespace="https://zhengwu.example/charts">
  <process id="{key}" name="{title}" isExecutable="true">
    <startEvent id="start" name="收件"/>
    <userTask id="precheck" name="收件预审" zw:kind="precheck" zw:unit="window" zw:role="clerk">
      <extensionElements>
        <zw:action code="accept" label="受理"/>
        <zw:limit n="5" unit="WORKING_DAY"/>
      </extensionElements>
    </userTask>
    <endEvent id="end" name="办结"/>
    <sequenceFlow id="start_to_precheck" sourceRef="start" targetRef="precheck"/>
    <sequenceFlow id="precheck_to_end" sourceRef="precheck" targetRef="end"/>
  </process>
</definitions>"""
_NEW_KEY = re.compile(r"[a-z][a-z0-9_]{1,59}", re.ASCII)
_DECLARED = re.compile(r"""^(<\?xml[^>]*?encoding\s*=\s*)(["'])([A-Za-z0-9._-]+)\2""")
MAX_BYTES = 2_000_000


@transaction.atomic
def begin(*, key: str, title: str, by: Actor) -> Draft:
    """A new definition with a first drawing of start, one step and end. Raises Invalid by field."""
    require_designer(by)
    errors = {}
    if not _NEW_KEY.fullmatch(key):
        errors["key"] = "编号以小写字母开头，只用小写字母、数字和下划线，2至60个字符"
    elif Definition.objects.filter(key=key).exists():
        errors["key"] = "这个编号已经有流程图了，请在它的页面上新建草稿"
    if not 2 <= len(title.strip()) <= 60 or re.search(r"[<>&\"\x00-\x1f]", title):
        errors["title"] = "请写2至60个字的名称，不要用引号和尖括号"
    if errors:
        raise Invalid(errors)
    definition = Definition.objects.create(key=key, title=title.strip())
    xml = with_diagram(BEGIN.format(key=key, title=title.strip()))
    return _create(definition, xml, Draft.Origin.DRAWN, by)


@transaction.atomic
def begin_from(*, version: Version, by: Actor) -> Draft:
    """A draft that starts as the file of a version, whatever its state."""
    require_designer(by)
    scenarios = scenarios_of(version)
    xml = version.xml if read(version.xml).drawn else with_diagram(version.xml)
    return _create(version.definition, xml, Draft.Origin.VERSION, by, based_on=version, scenarios=scenarios)


@transaction.atomic
def bring_in(*, name: str, data: bytes, by: Actor) -> Draft:
    """A draft from a file of another modeller, drawing and all; the bytes that came are kept, so that an untouched file
    goes out as it came in. The id of its main process says which definition it belongs to. Raises Problem."""
    require_designer(by)
    xml = text_of(data)
    key, title = main_process(root_of(xml))
    definition, fresh = Definition.objects.get_or_create(key=key, defaults={"title": title[:200]})
    draft = _create(definition, xml, Draft.Origin.FILE, by, source=data, source_name=name[:120],
                    source_sm3=sm3(xml.encode()).hex(), based_on=None if fresh else _current(definition))
    append_to(definition, by, "flow.imported", {"draft": draft.pk, "sm3": sm3(data).hex()})
    return draft


@transaction.atomic
def save(*, draft_id: int, revision: int, xml: str, by: Actor) -> Draft:
    """Replaces the drawing. ``revision`` is the one the editor began with: Stale when somebody saved since, Conflict
    when the draft cannot be edited any more, Problem when the file could not be read."""
    draft = locked(draft_id, by)
    if draft.revision != revision:
        who = draft.changed_by.name if draft.changed_by else "系统"
        raise Stale("draft-changed", f"{who}已经保存了修订 {draft.revision}，您打开的是修订 {revision}。"
                    "请先下载您的图，再重新打开", "the draft was saved by somebody else",
                    extra={"revision": draft.revision})
    if draft.xml == xml:
        return draft
    key, _ = main_process(root_of(xml))
    if key != draft.definition.key:
        raise Problem("wrong-key", f"文件中的流程编号是“{key}”，不是“{draft.definition.key}”；另一张图请用“导入”",
                      "the file is another definition", field="file", status=422)
    draft.xml = xml
    return _touched(draft, by, "xml")


@transaction.atomic
def lay_out(*, draft_id: int, by: Actor) -> Draft:
    """Draws the chart anew by machine; Conflict while something in it cannot run, for then it cannot be understood."""
    draft = locked(draft_id, by)
    if not read(draft.xml).runs:
        raise Conflict("not-drawable", "先改正列出的问题，才能自动排图", "correct the findings first")
    draft.xml = with_diagram(draft.xml)
    return _touched(draft, by, "xml")


@transaction.atomic
def save_scenarios(*, draft_id: int, revision: int, scenarios: list[dict[str, Any]], by: Actor) -> Draft:
    """Replaces the scenarios beside the drawing; raises as ``save``."""
    draft = locked(draft_id, by)
    if draft.revision != revision:
        raise Stale("draft-changed", "这份草稿刚才被别人保存过，请重新打开", "the draft was saved by somebody else")
    draft.scenarios = scenarios
    return _touched(draft, by, "scenarios")


@transaction.atomic
def drop(*, draft_id: int, by: Actor) -> Draft:
    """Gives a draft up; it stays on record but cannot be edited or published."""
    draft = locked(draft_id, by)
    draft.state = Draft.State.DROPPED
    append_to(draft.definition, by, "flow.draft-dropped", {"draft": draft.pk})
    return _touched(draft, by, "state")


def locked(draft_id: int, by: Actor, *states: str) -> Draft:
    """The draft under its lock. Raises NotFound for who is no designer, Conflict outside ``states`` (editing)."""
    require_designer(by)
    draft = Draft.objects.select_for_update(of=("self",)).select_related("definition", "changed_by").filter(
        pk=draft_id).first()
    if draft is None:
        raise NotFound("no-such-draft", "没有这份流程图草稿", "no such draft")
    if draft.state not in (states or (Draft.State.EDITING,)):
        raise Conflict("draft-closed", f"这份草稿{draft.get_state_display()}，不能这样操作", "the draft is closed")
    return draft


def _create(definition: Definition, xml: str, origin: str, by: Actor, **more: Any) -> Draft:
    at = now()
    return Draft.objects.create(definition=definition, xml=xml, origin=origin, created_at=at, changed_at=at,
                                created_by_id=by.account_id, changed_by_id=by.account_id, **more)


def _touched(draft: Draft, by: Actor, *fields: str) -> Draft:
    draft.revision += 1
    draft.changed_at, draft.changed_by_id = now(), by.account_id
    draft.save(update_fields=[*fields, "revision", "changed_at", "changed_by"])
    return draft


def append_to(definition: Definition, by: Actor, kind: str, data: dict[str, Any]) -> None:
    """One entry on the definition's stream; takes the definition's lock first."""
    Definition.objects.select_for_update().get(pk=definition.pk)
    append(f"flow:{definition.key}", by.by(), [Entry(kind, data)])


def _current(definition: Definition) -> Version | None:
    return definition.versions.filter(state=VersionState.PUBLISHED).first()


def scenarios_of(version: Version) -> list[dict[str, Any]]:
    """The scenarios a version was published with; [] when it did not come from a draft."""
    return Draft.objects.filter(published=version).values_list("scenarios", flat=True).first() or []


def text_of(data: bytes) -> str:
    """The characters of an uploaded file (UTF-8, UTF-16, or as its declaration says), declared as UTF-8 from now on."""
    if not data.strip():
        raise Problem("empty-file", "请选择一个 BPMN 文件，刚才的文件是空的", "the file is empty", field="file")
    if len(data) > MAX_BYTES:
        raise Problem("too-large", "文件超过2MB，请精简后再上传", "the file is too large", field="file", status=413)
    encoding = "utf-8-sig"
    if data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        encoding = "utf-16"
    elif (found := _DECLARED.match(data[:200].decode("latin-1"))) and found[3].lower() not in ("utf-8", "utf8"):
        encoding = found[3]
    try:
        text = data.decode(encoding)
    except (LookupError, UnicodeDecodeError) as error:
        raise Problem("bad-encoding", "文件的编码无法识别，请另存为UTF-8", "unknown encoding", field="file",
                      status=422) from error
    if "\0" in text:
        raise Problem("not-xml", "文件不是完整的 XML，无法读取", "not XML", field="file", status=422)
    return text if encoding == "utf-8-sig" else _DECLARED.sub(r"\1\2UTF-8\2", text)


def outgoing(draft: Draft) -> bytes:
    """The file as it leaves the house: the bytes that came in, as long as nobody changed the drawing."""
    if draft.source and sm3(draft.xml.encode()).hex() == draft.source_sm3:
        return bytes(draft.source)
    return draft.xml.encode()
