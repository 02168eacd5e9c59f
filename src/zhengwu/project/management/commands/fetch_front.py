from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from zhengwu.lib import frontend


class Command(BaseCommand):
    help = "取回 package-lock.json 锁定的前端软件包（fetch the locked browser packages, once）"

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self.stdout.write(f"{frontend.fetch(settings.ROOT, settings.FRONT_DIR)}")
        except (frontend.FetchError, OSError) as error:
            raise CommandError(f"没有取到（not fetched）：{error}") from error
