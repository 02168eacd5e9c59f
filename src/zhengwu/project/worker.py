"""The process that works off jobs and periodic work; `./zw up` starts it, a city runs it as a service."""

import asyncio
import os


async def _work() -> None:
    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.django_connector import DjangoConnector

    connector = app.connector
    if not isinstance(connector, DjangoConnector):
        raise TypeError("the worker must be started with Django's own connector")
    with app.replace_connector(connector.get_worker_connector()):
        async with app.open_async():
            await app.run_worker_async()


def main() -> None:
    """Works until SIGTERM or SIGINT; options come from ``PROCRASTINATE_WORKER_DEFAULTS``."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhengwu.project.settings.embedded")
    import django

    django.setup()
    asyncio.run(_work())


if __name__ == "__main__":
    main()
