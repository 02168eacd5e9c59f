"""/api/v1/seals: the published roots."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from zhengwu.kernel.ledger.models import Seal
from zhengwu.lib.problem import NotFound

router = Router(tags=["seals"])


class SealOut(Schema):
    """A seal: ``root`` over ``count`` event hashes, chained by ``prev_hash``, signed over ``hash`` (hex, SM2)."""

    number: int
    at: datetime
    count: int
    root: str
    prev_hash: str
    hash: str
    key_id: str
    public_key: str
    signature: str


def _out(seal: Seal | None) -> dict[str, Any]:
    if seal is None:
        raise NotFound("no-seal", "还没有封存", "nothing has been sealed yet")
    return {"number": seal.number, "at": seal.at, "count": seal.count, "root": bytes(seal.root).hex(),
            "prev_hash": bytes(seal.prev_hash).hex(), "hash": bytes(seal.hash).hex(), "key_id": seal.key_id,
            "public_key": seal.public_key, "signature": bytes(seal.signature).hex()}


@router.get("seals/latest", response=SealOut, auth=None, summary="最近一次封存",
            operation_id="getLatestSeal")
def latest(request: HttpRequest) -> dict[str, Any]:
    return _out(Seal.objects.order_by("-number").first())


@router.get("seals/{number}", response=SealOut, auth=None, summary="一次封存", operation_id="getSeal")
def one(request: HttpRequest, number: int) -> dict[str, Any]:
    return _out(Seal.objects.filter(number=number).first())
