"""How an event and a seal are hashed. No Django here: the off-line check uses it too."""

from json.encoder import encode_basestring as quoted
from typing import Any

from zhengwu.lib import canonical
from zhengwu.lib.sm import sm3


def event_text(*, stream: str, seq: int, at: str, kind: str, by: tuple[str, str, str], data: str) -> str:
    """The canonical form of one event: ``at`` from ``canonical.moment``, ``by`` (id, label, unit), ``data``
    canonical already.

    Equal to ``canonical.text`` of the object; put together by hand, as every act and every check comes here.
    """
    return (f'{{"at":"{at}","by":{{"id":{quoted(by[0])},"label":{quoted(by[1])},"unit":{quoted(by[2])}}},'
            f'"data":{data},"kind":{quoted(kind)},"seq":{seq},"stream":{quoted(stream)}}}')


def event_hash(prev: bytes, text: str) -> bytes:
    """SM3(prev ‖ canonical event)."""
    return sm3(prev + text.encode())


def seal_fields(*, number: int, first: int, upto: int, count: int, root: bytes, prev_hash: bytes,
                at: str) -> dict[str, Any]:
    """What a seal says, as proofs disclose it: whole numbers, hex, the moment as text."""
    return {"number": number, "first": first, "upto": upto, "count": count, "root": root.hex(),
            "prev_hash": prev_hash.hex(), "at": at}


def seal_hash(fields: dict[str, Any]) -> bytes:
    """SM3 over the canonical form of ``seal_fields``: this is signed, and repeated by the next seal."""
    return sm3(canonical.dumps(fields))
