"""Seals on demand: ``manage ledger_seal``."""

from typing import Any

from django.core.management.base import BaseCommand

from zhengwu.kernel.ledger.api import seal


class Command(BaseCommand):
    """Seals every event since the last seal and prints number, count and root."""

    help = "封存上次封存以来的全部事件"

    def handle(self, *args: Any, **options: Any) -> None:
        made = seal()
        if made is None:
            self.stdout.write("没有新的事件需要封存")
        else:
            self.stdout.write(f"第{made.number}号封存：{made.count}个事件，根摘要 {bytes(made.root).hex()}")
