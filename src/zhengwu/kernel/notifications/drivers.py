"""What carries a message out of the house. The log driver is the one a fresh installation uses."""

import contextlib
import fcntl
import json
import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

from django.conf import settings

from zhengwu.lib.now import local, now

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message to be carried. ``again``: an earlier attempt may have got through before it was noted."""

    key: str
    channel: str
    address: str
    text: str
    again: bool


class Driver(Protocol):
    """Carries messages of one channel.

    ``send`` returns when the message is safely handed over and raises (any exception, its class name is kept) when
    not. The same ``key`` may come again after a crash, marked ``again``: the driver must hand it over once only.
    """

    def send(self, parcel: Parcel) -> None: ...


class LogDriver:
    """Writes messages to ``DATA_DIR/outbox/<channel>.jsonl`` (mode 0600); its log line has no personal data."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder

    @property
    def folder(self) -> Path:
        return self._folder or Path(settings.DATA_DIR) / "outbox"

    def send(self, parcel: Parcel) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self._locked(self.folder / f"{parcel.channel}.jsonl") as file:
            if parcel.again and self._holds(file, parcel.key):
                return
            line = {"at": local(now()).isoformat(), "key": parcel.key, "to": parcel.address, "text": parcel.text}
            file.seek(0, os.SEEK_END)
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
            file.flush()
            os.fsync(file.fileno())
        log.info("%s %s handed to the log driver", parcel.channel, parcel.key)

    @staticmethod
    @contextlib.contextmanager
    def _locked(path: Path) -> Iterator[IO[str]]:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(handle, "r+", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield file

    @staticmethod
    def _holds(file: IO[str], key: str) -> bool:
        """Whether a complete line with this key is there; a line torn by a crash does not count."""
        file.seek(0)
        for line in file:
            with contextlib.suppress(json.JSONDecodeError):
                if json.loads(line)["key"] == key:
                    return True
        return False


_drivers: dict[str, Driver] = {}


def use(channel: str, driver: Driver | None) -> None:
    """Lets ``driver`` carry the messages of ``channel``; None goes back to the log driver."""
    if driver is None:
        _drivers.pop(channel, None)
    else:
        _drivers[channel] = driver


def driver_of(channel: str) -> Driver:
    """Who carries this channel now."""
    return _drivers.get(channel) or LogDriver()
