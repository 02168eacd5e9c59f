"""Opinions signed by those who gave them: SM2 over what was said, at which step, when.

Whoever holds people's keys registers a signer; the first one keeps a key per account in ``KEYS_DIR/people``. A person
without a key signs nothing, and their steps stay as they are: in the ledger under their name.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from zhengwu.kernel.cases.models import Case, Step
from zhengwu.kernel.directory.api import Actor
from zhengwu.lib import canonical
from zhengwu.lib.keys import FileKeys
from zhengwu.lib.sm import key_id, sm2_verify

FORMAT = "zhengwu-opinion/1"


@dataclass(frozen=True)
class Signature:
    """``public_hex``: the SM2 public key, 130 digits; ``value``: the signature in hex."""

    public_hex: str
    value: str


Signer = Callable[[Actor, bytes], Signature | None]
Trust = Callable[[int], frozenset[str]]
_signers: list[tuple[Signer, Trust]] = []


def register(signer: Signer, trusted: Trust) -> None:
    """Asks ``signer`` first from now on; it gives None where it has no key of that person.

    ``trusted`` gives the public keys that ever were an account's.
    """
    _signers.insert(0, (signer, trusted))


def message(case: Case, step: Step) -> bytes:
    """The bytes that are signed: case, step, action, opinion and moment in canonical form."""
    return canonical.dumps(
        {
            "format": FORMAT,
            "case": case.number,
            "step": [step.token, step.signer, step.node],
            "action": step.outcome,
            "opinion": step.opinion,
            "at": canonical.moment(step.closed_at) if step.closed_at else "",
        }
    )


def sign(actor: Actor, case: Case, step: Step) -> dict[str, Any]:
    """What is kept on a step just closed: key, its id and signature; empty where the person has no key."""
    if actor.account_id is None:
        return {}
    for signer, _ in _signers:
        made = signer(actor, message(case, step))
        if made is not None:
            return {"alg": "SM2", "key": key_id(made.public_hex), "public": made.public_hex, "value": made.value}
    return {}


def valid(case: Case, step: Step) -> bool | None:
    """Whether the stored signature is of the stored words by a key of the one who acted; None without a signature."""
    kept = step.signature
    if not kept:
        return None
    public = str(kept.get("public", ""))
    own: set[str] = set()
    for _, trusted in _signers:
        own |= trusted(step.closed_by_id or 0)
    try:
        return public in own and sm2_verify(public, message(case, step), bytes.fromhex(str(kept.get("value", ""))))
    except ValueError:
        return False


@lru_cache(maxsize=4)
def _people(folder: str) -> FileKeys:
    return FileKeys(Path(folder) / "people")


def _keys() -> FileKeys:
    return _people(str(settings.KEYS_DIR))


def _name(account_id: int) -> str:
    return f"person-{account_id}"


def file_signer(actor: Actor, data: bytes) -> Signature | None:
    """Signs with the key in ``KEYS_DIR/people``, if there is one for the account."""
    keys, name = _keys(), _name(actor.account_id or 0)
    if not (keys.folder / f"sm2-{name}.key").exists():
        return None
    key = keys.signing(name)
    return Signature(key.public_hex, key.sign(data).hex())


def file_trust(account_id: int) -> frozenset[str]:
    return _keys().trusted(_name(account_id))


def give_key(account_id: int) -> str:
    """Makes the file key of an account, or finds the one there is; returns its public half."""
    return _keys().signing(_name(account_id)).public_hex
