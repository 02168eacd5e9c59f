"""``demo_load``: the fictional city 金效市 into an empty database."""

import os
import secrets
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from zhengwu.demo.load import load
from zhengwu.lib.now import today


class Command(BaseCommand):
    help = "装入演示城市金效市；数据库里已有行政区划时什么也不做"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--on", default="", help="以哪一天为“今天”，例如 2026-03-13；默认当天")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            on = date.fromisoformat(options["on"]) if options["on"] else today()
        except ValueError as error:
            raise CommandError("--on 应写成 2026-03-13 的样子") from error
        given = os.environ.get("ZHENGWU_DEMO_PASSWORD", "")
        password = given or secrets.token_urlsafe(9)
        if load(password=password, on=on, say=self.stdout.write) is None:
            self.stdout.write("已有数据，不再装入演示城市")
            return
        if not given:
            self.stdout.write(f"演示账号的密码：{password}")
        self.stdout.write(self.style.SUCCESS("演示城市金效市已装入"))
