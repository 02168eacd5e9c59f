"""Definitions between installations (迁出、迁入): one signed file, looked at before anything is taken, taken whole or
not at all."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.conf import settings
from django.db import transaction

from zhengwu.kernel.directory.api import Actor
from zhengwu.kernel.flow.models import Definition, Version, VersionState
from zhengwu.lib import canonical
from zhengwu.lib.keys import FileKeys
from zhengwu.lib.now import now
from zhengwu.lib.problem import Conflict, Invalid, NotFound, Problem
from zhengwu.lib.sm import sm2_verify, sm3
from zhengwu.modules.charts.models import Draft, Package
from zhengwu.modules.charts.policies import designer_id, require_designer
from zhengwu.modules.charts.reading import main_process, root_of
from zhengwu.modules.charts.scenarios import checked
from zhengwu.modules.charts.services.drafts import append_to, scenarios_of

FORMAT = "zhengwu-charts-1"
KEY = "charts"
MAX_BYTES = 10_000_000
MAX_CHARTS = 100


@cache
def keys() -> FileKeys:
    """Where the installation's key ``charts`` lies."""
    return FileKeys(settings.KEYS_DIR)


def pack(*, definitions: Sequence[str], by: Actor) -> bytes:
    """The published versions of ``definitions`` (keys) with scenarios and notes, signed (SM2) by this installation.

    One canonical JSON object: ``payload`` is what is signed. Raises Invalid when nothing publishable was chosen.
    """
    require_designer(by)
    versions = list(Version.objects.filter(definition__key__in=definitions, state=VersionState.PUBLISHED)
                    .select_related("definition").order_by("definition__key"))
    missing = sorted(set(definitions) - {v.definition.key for v in versions})
    if not versions or missing:
        raise Invalid({"definitions": f"没有已发布的版本：{'、'.join(missing)}" if missing else "请至少选择一张流程图"})
    payload = {
        "format": FORMAT, "city": settings.CITY_NAME, "at": canonical.moment(now()), "by": by.name,
        "charts": [{"key": v.definition.key, "title": v.definition.title, "number": v.number, "note": v.note,
                    "sm3": v.sm3, "xml": v.xml, "scenarios": scenarios_of(v)} for v in versions],
    }
    key = keys().signing(KEY)
    signature = key.sign(canonical.dumps(payload)).hex()
    return canonical.dumps({"payload": payload, "signer": key.public_hex, "signature": signature})


@transaction.atomic
def receive(*, name: str, data: bytes, by: Actor) -> Package:
    """Keeps a file to be looked at. Raises Problem when it is none, was changed after signing, or holds charts that
    cannot be read; nothing is taken here."""
    account = designer_id(by)
    payload, signer = verified(data)
    return Package.objects.create(
        name=name[:120], sm3=sm3(data).hex(), content=payload, signer=signer, trusted=signer in trusted(),
        uploaded_at=now(), uploaded_by_id=account)


def trusted() -> frozenset[str]:
    """Keys of installations one knows: this one's own, and those laid into ``KEYS_DIR`` as ``sm2-charts-<id>.pub``."""
    return keys().trusted(KEY)


def verified(data: bytes) -> tuple[dict[str, Any], str]:
    """Payload and public key of a file whose signature is right. Raises Problem."""
    if len(data) > MAX_BYTES:
        raise _refused("too-large", "文件超过10MB，不是流程图包", 413)
    try:
        outer = canonical.loads(data)
        payload, signer, signature = outer["payload"], outer["signer"], bytes.fromhex(outer["signature"])
        right = payload["format"] == FORMAT and isinstance(payload["charts"], list)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise _refused("not-a-package", "这不是流程图包，或者传输中损坏了") from error
    if not right:
        raise _refused("not-a-package", "这不是流程图包，或者版本不认识")
    try:
        good = sm2_verify(signer, canonical.dumps(payload), signature)
    except (ValueError, TypeError) as error:
        raise _refused("bad-signature", "签名的格式不对，文件被改动过") from error
    if not good:
        raise _refused("bad-signature", "签名与内容不符：文件在签名之后被改动过，不能接收")
    _check(payload)
    return payload, signer


def _check(payload: dict[str, Any]) -> None:
    charts = payload["charts"]
    if not 1 <= len(charts) <= MAX_CHARTS:
        raise _refused("not-a-package", f"一个包里须有1到{MAX_CHARTS}张流程图")
    seen: set[str] = set()
    for number, chart in enumerate(charts):
        charts[number] = _chart(chart, seen)


def _chart(chart: dict[str, Any], seen: set[str]) -> dict[str, Any]:
    try:
        key, xml, scenarios = str(chart["key"]), str(chart["xml"]), chart["scenarios"]
        told = {k: str(chart[k])[:500] for k in ("title", "note", "sm3")} | {"number": int(chart["number"])}
    except (KeyError, TypeError, ValueError) as error:
        raise _refused("not-a-package", "包里的一张流程图缺少内容") from error
    if main_process(root_of(xml))[0] != key or key in seen:
        raise _refused("not-a-package", f"包里的“{key[:40]}”与它的文件不符，或者重复")
    seen.add(key)
    plays = checked(canonical.dumps({"scenarios": scenarios})) if scenarios else []
    return told | {"key": key, "xml": xml, "scenarios": plays}


@transaction.atomic
def take(*, package_id: int, vouched: bool = False, by: Actor) -> list[Draft]:
    """Makes a draft of every chart in the package that is another than the published one here: all of them or, if one
    cannot be, none. They are published like any draft.

    ``vouched``: the designer asked the other side for its key; needed for a signer this installation does not know.
    Raises NotFound, Conflict, Invalid.
    """
    package = _open(package_id, by)
    if not vouched and package.signer not in trusted():
        raise Invalid({"vouched": "本平台不认识这个签名者，请先与对方核对密钥编号"})
    made = []
    for chart in package.content["charts"]:
        definition, _ = Definition.objects.get_or_create(key=chart["key"], defaults={"title": chart["title"][:200]})
        current = definition.versions.filter(state=VersionState.PUBLISHED).first()
        if current is not None and current.xml == chart["xml"]:
            continue
        raw = chart["xml"].encode()
        made.append(Draft.objects.create(
            definition=definition, xml=chart["xml"], scenarios=chart["scenarios"], origin=Draft.Origin.PACKAGE,
            based_on=current, source=raw, source_name=package.name, source_sm3=sm3(raw).hex(), note=chart["note"],
            created_at=now(), created_by_id=by.account_id, changed_at=now(), changed_by_id=by.account_id))
        append_to(definition, by, "flow.package-taken",
                  {"package": package.pk, "sm3": package.sm3, "draft": made[-1].pk, "number": chart["number"]})
    _decided(package, Package.State.TAKEN)
    return made


@transaction.atomic
def refuse(*, package_id: int, by: Actor) -> Package:
    """Puts the package aside; nothing of it is taken."""
    package = _open(package_id, by)
    _decided(package, Package.State.REFUSED)
    return package


def _open(package_id: int, by: Actor) -> Package:
    require_designer(by)
    package = Package.objects.select_for_update().filter(pk=package_id).first()
    if package is None:
        raise NotFound("no-such-package", "没有这个流程图包", "no such package")
    if package.state != Package.State.SHOWN:
        raise Conflict("package-decided", f"这个包{package.get_state_display()}，不能再次操作", "decided already")
    return package


def _decided(package: Package, state: str) -> None:
    package.state, package.decided_at = state, now()
    package.save(update_fields=["state", "decided_at"])


def _refused(code: str, zh: str, status: int = 422) -> Problem:
    return Problem(code, zh, field="file", status=status)
