"""The ledger's signing key, from the folder the settings name."""

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from zhengwu.lib.keys import FileKeys
from zhengwu.lib.sm import Sm2Key

_NAME = "ledger"


@lru_cache(maxsize=4)
def _provider(folder: str) -> FileKeys:
    return FileKeys(Path(folder))


def signing_key() -> Sm2Key:
    """The key that signs seals; made on first use."""
    return _provider(str(settings.KEYS_DIR)).signing(_NAME)


def trusted_keys() -> frozenset[str]:
    """The public keys (130 hex digits) this installation signs or has signed seals with."""
    return _provider(str(settings.KEYS_DIR)).trusted(_NAME)
