"""Where money is paid: a provider takes the payer to its page and tells us afterwards what came of it.

The simulated one stands in for the bank at the edge of the world; a city registers its own with ``use``.
"""

import hmac
from typing import Protocol

from django.conf import settings
from django.urls import reverse

from zhengwu.lib.sm import hmac_sm3
from zhengwu.modules.fees.models import Payment


class Provider(Protocol):
    """``page`` is where the payer goes; ``genuine`` says whether a message really came from the provider."""

    label: str

    def page(self, payment: Payment) -> str: ...

    def genuine(self, message: str, signature: str) -> bool: ...


class Simulated:
    """A page of our own with two buttons; its answers are signed with the installation's secret like a bank's."""

    label = "模拟支付（演示）"

    def page(self, payment: Payment) -> str:
        return reverse("fees:simulated", args=[payment.reference])

    def sign(self, message: str) -> str:
        """Hex HMAC-SM3 of ``reference:outcome:cents``."""
        return hmac_sm3(settings.SECRET_KEY.encode(), f"fees.simulated:{message}".encode()).hex()

    def genuine(self, message: str, signature: str) -> bool:
        return hmac.compare_digest(self.sign(message), signature)


_providers: dict[str, Provider] = {"simulated": Simulated()}


def use(code: str, provider: Provider) -> None:
    """Registers a provider under a code; the newest registered is offered first."""
    _providers[code] = provider


def get(code: str) -> Provider:
    """Raises KeyError for a code nobody registered (a programming error)."""
    return _providers[code]


def offered() -> list[tuple[str, str]]:
    """(code, label), newest first."""
    return [(code, provider.label) for code, provider in reversed(_providers.items())]
