"""``demo_live``: some weeks of cases for the demo city, so that lists, lights and boards are not empty."""

from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from zhengwu.demo.accounts import COUNTY
from zhengwu.demo.live import live
from zhengwu.demo.load import SEED
from zhengwu.kernel.directory.models import Division
from zhengwu.lib.now import CN, now


class Command(BaseCommand):
    help = "为演示城市补上最近几周的办件；已有办件时什么也不做"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--now", default="", help="以哪一刻为“现在”，例如 2026-03-13T10:00；默认此刻")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            moment = datetime.fromisoformat(options["now"]).replace(tzinfo=CN) if options["now"] else now()
        except ValueError as error:
            raise CommandError("--now 应写成 2026-03-13T10:00 的样子") from error
        if not Division.objects.filter(pk=COUNTY).exists():
            raise CommandError("还没有演示城市，请先运行 demo_load")
        if live(now=moment, seed=SEED, say=self.stdout.write) is None:
            self.stdout.write("已有办件，不再补充")
