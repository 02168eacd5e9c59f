"""Checking a proof with nothing but the proof: no database, no Django, no network.

A proof discloses one event, the hash before it, its place in a seal's Merkle tree, and the signed seal.
Everything is recomputed from the disclosed fields; others are refused, so that no bit of a proof is idle.
"""

import re
import sys
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from zhengwu.kernel.ledger.hashing import event_hash, event_text, seal_hash
from zhengwu.lib import canonical, merkle
from zhengwu.lib.sm import key_id, sm2_verify

FORMAT = "zhengwu-proof/1"
MAX_BYTES = 1_000_000
PENDING = "该事件尚未封存：摘要可以核对，但还没有签名的封存根为它作证，请在封存后重新下载证明"
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)
_HEX = re.compile(r"(?:[0-9a-f]{2})*", re.ASCII)
_EVENT = {"at": str, "by": dict, "data": dict, "kind": str, "seq": int, "stream": str}
_BY = {"id": str, "label": str, "unit": str}
_TOP = {"format": str, "status": str, "event": dict, "prev": str, "hash": str}
_LEAF = {"index": int, "count": int, "path": list}
_SEAL = {"number": int, "first": int, "upto": int, "count": int, "root": str, "prev_hash": str, "at": str,
         "hash": str, "key_id": str, "public_key": str, "signature": str}


class MalformedError(Exception):
    """The message is a finding."""


def _fields(value: Any, wanted: Mapping[str, type], where: str) -> None:
    if type(value) is not dict:
        raise MalformedError(f"{where}缺失或不是对象")
    for name, kind in wanted.items():
        if type(value.get(name)) is not kind:
            raise MalformedError(f"{where}的“{name}”缺失或类型不对")
    extra = set(value) - set(wanted)
    if extra:
        raise MalformedError(f"{where}含有不认识的内容“{min(extra)}”")


def _hex(value: Any, size: int, where: str) -> bytes:
    if type(value) is not str or not _HEX.fullmatch(value) or (size and len(value) != 2 * size):
        raise MalformedError(f"{where}不是{size or ''}{'字节的' if size else ''}小写十六进制")
    return bytes.fromhex(value)


def _moment(value: str, where: str) -> None:
    if not _MOMENT.fullmatch(value):
        raise MalformedError(f"{where}不是规定格式的时间")


def check_proof(proof: Any, *, published_root: str = "", trusted: Collection[str] = ()) -> list[str]:
    """What is wrong with ``proof`` (a parsed JSON object), in Chinese; an empty list means it holds.

    ``published_root`` (hex) is the root of that seal as published elsewhere, ``trusted`` the public keys (130
    hex digits) one believes; without them the proof only agrees with the key it names.
    Never raises, whatever it is given.
    """
    try:
        return _check(proof, published_root, trusted)
    except MalformedError as finding:
        return [str(finding)]
    except (ValueError, TypeError, RecursionError) as error:
        return [f"证明内容无法按规则计算：{error}"]


def _check(proof: Any, published_root: str, trusted: Collection[str]) -> list[str]:
    pending = type(proof) is dict and proof.get("status") == "pending"
    _fields(proof, _TOP if pending else _TOP | {"leaf": dict, "seal": dict}, "证明")
    if proof["format"] != FORMAT:
        raise MalformedError("不是本系统的证明格式，或版本不认识")
    if proof["status"] not in ("sealed", "pending"):
        raise MalformedError("证明的状态不认识")
    digest = _hex(proof["hash"], 32, "事件摘要")
    findings = _check_event(proof["event"], _hex(proof["prev"], 32, "上一事件摘要"), digest)
    if pending:
        return [*findings, PENDING]
    _fields(proof["leaf"], _LEAF, "树中位置")
    _fields(proof["seal"], _SEAL, "封存")
    findings += _check_leaf(proof["leaf"], proof["seal"], digest)
    findings += _check_seal(proof["seal"])
    if published_root and proof["seal"]["root"] != published_root.strip().lower():
        findings.append(f"第{proof['seal']['number']}号封存的根摘要与公布的不一致")
    if trusted and proof["seal"]["public_key"] not in trusted:
        findings.append("签名公钥不是受信任的公钥")
    return findings


def _check_event(event: dict[str, Any], prev: bytes, digest: bytes) -> list[str]:
    _fields(event, _EVENT, "事件")
    _fields(event["by"], _BY, "操作者")
    _moment(event["at"], "事件时间")
    findings = []
    if event["seq"] < 1 or (event["seq"] == 1) != (prev == canonical.ZERO):
        findings.append("事件序号与上一事件摘要不相符")
    by = (event["by"]["id"], event["by"]["label"], event["by"]["unit"])
    text = event_text(stream=event["stream"], seq=event["seq"], at=event["at"], kind=event["kind"], by=by,
                      data=canonical.text(event["data"]))
    if event_hash(prev, text) != digest:
        findings.append("事件内容与其摘要不符：内容或摘要被改动过")
    return findings


def _check_leaf(leaf: dict[str, Any], seal: dict[str, Any], digest: bytes) -> list[str]:
    path = [_hex(step, 32, "路径中的摘要") for step in leaf["path"]]
    root = _hex(seal["root"], 32, "根摘要")
    if leaf["count"] != seal["count"]:
        return ["树中位置与封存的事件数不一致"]
    try:
        found = merkle.root_from(digest, leaf["index"], leaf["count"], path)
    except ValueError:
        return ["路径长度与树中位置不相符"]
    return [] if found == root else ["由事件摘要和路径算出的根与封存的根摘要不符"]


def _check_seal(seal: dict[str, Any]) -> list[str]:
    _moment(seal["at"], "封存时间")
    prev_hash = _hex(seal["prev_hash"], 32, "上一封存摘要")
    digest, signature = _hex(seal["hash"], 32, "封存摘要"), _hex(seal["signature"], 0, "签名")
    _hex(seal["public_key"], 65, "公钥")
    findings = []
    if seal["number"] < 1 or (seal["number"] == 1) != (prev_hash == canonical.ZERO):
        findings.append("封存号与上一封存摘要不相符")
    if seal_hash(sealed_part(seal)) != digest:
        findings.append("封存内容与封存摘要不符")
    if key_id(seal["public_key"]) != seal["key_id"]:
        findings.append("密钥标识与公钥不符")
    if not sm2_verify(seal["public_key"], digest, signature):
        findings.append("封存的SM2签名不正确")
    return findings


def sealed_part(seal: dict[str, Any]) -> dict[str, Any]:
    """The fields of a disclosed seal that its hash covers."""
    return {name: seal[name] for name in ("number", "first", "upto", "count", "root", "prev_hash", "at")}


def check_file(path: Path, *, published_root: str = "", trusted: Collection[str] = ()) -> list[str]:
    """``check_proof`` of a file; a file that cannot be read or is no JSON is a finding too."""
    try:
        if path.stat().st_size > MAX_BYTES:
            return ["文件太大，不是一份证明"]
        proof = canonical.loads(path.read_bytes())
    except OSError as error:
        return [f"文件无法读取：{error.strerror}"]
    except ValueError:
        return ["文件不是合格的JSON"]
    return check_proof(proof, published_root=published_root, trusted=trusted)


def report(path: Path, *, published_root: str = "", trusted: Collection[str] = ()) -> int:
    """Prints in Chinese what a proof file shows; returns 0 when it holds, else 1. For the command line."""
    findings = check_file(path, published_root=published_root, trusted=trusted)
    if findings:
        sys.stdout.write("证明不成立：\n" + "".join(f"  · {finding}\n" for finding in findings))
        return 1
    proof = canonical.loads(path.read_bytes())
    event, seal = proof["event"], proof["seal"]
    sys.stdout.write(
        f"证明成立：{event['stream']} 第{event['seq']}个事件（{event['kind']}，{event['at']}）\n"
        f"  包含于第{seal['number']}号封存（{seal['at']}，共{seal['count']}个事件）\n"
        f"  根摘要 {seal['root']}\n  签名公钥 {seal['public_key']}（标识 {seal['key_id']}）\n")
    if not published_root:
        sys.stdout.write("  请把根摘要与公布的封存页核对一次；也可用 --root 给出公布的根摘要\n")
    return 0
