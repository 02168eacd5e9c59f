"""The ledger's door: what other packages may call."""

from zhengwu.kernel.ledger.services.append import By, Entry, append

__all__ = ["By", "Entry", "append"]
