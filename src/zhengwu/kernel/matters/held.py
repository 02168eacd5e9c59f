"""What the government already holds about somebody (在线政务服务规定 §7, 优化营商环境条例 §37): nobody is asked for a
certificate an organ can look up. Packages that keep certificates register; others ask here."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from zhengwu.kernel.directory.models import Account
from zhengwu.kernel.matters.models import Material
from zhengwu.lib.now import today


@dataclass(frozen=True)
class HeldCertificate:
    """A certificate in force: ``fields`` are facts of its face by the names forms use, ``reference`` is what the
    record keeps of it (never a person's number), ``url`` where its holder can look at it."""

    number: str
    title: str
    valid_to: date | None
    fields: Mapping[str, Any] = field(default_factory=dict)
    reference: str = ""
    issuer: str = ""
    url: str = ""

    @property
    def words(self) -> str:
        until = f"，有效期至{self.valid_to:%Y-%m-%d}" if self.valid_to else ""
        return f"{self.title}（{self.issuer + '，' if self.issuer else ''}编号{self.number}{until}）"


Provider = Callable[[Account, str], HeldCertificate | None]
"""``provider(account, type_code)``: the certificate of that type this account holds in force today, or None."""

_providers: list[Provider] = []


def register(provider: Provider) -> None:
    """Called once, in an app's ``ready()``; the same provider twice counts once."""
    if provider not in _providers:
        _providers.append(provider)


def find(account: Account | None, type_code: str) -> HeldCertificate | None:
    """The first certificate found that is valid today; None for somebody without account."""
    if account is None or not type_code:
        return None
    for provider in _providers:
        held = provider(account, type_code)
        if held is not None and (held.valid_to is None or held.valid_to >= today()):
            return held
    return None


def spared(account: Account | None, materials: Iterable[Material]) -> dict[int, HeldCertificate]:
    """Material id → the certificate that makes it unnecessary; each type is looked up once."""
    known: dict[str, HeldCertificate | None] = {}
    found: dict[int, HeldCertificate] = {}
    for material in materials:
        code = material.shared_from
        if not code:
            continue
        if code not in known:
            known[code] = find(account, code)
        if (held := known[code]) is not None:
            found[material.pk] = held
    return found
