"""What a bare Django does here: the baselines of ``web.py``, served as the product is (granian, WSGI).

``--middleware default``: the seven of a new project; ``product``: ours around the same views.
"""

import argparse
import json
import os

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.utils.timezone import now
from django.views.decorators.csrf import csrf_exempt

DEFAULT = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]


def configure(middleware: str) -> None:
    """``default``: what startproject writes, on the product's database; ``product``: our settings, our addresses."""
    from django.conf import settings

    from zhengwu.project.settings import embedded

    if middleware == "default":
        given = embedded.DATABASES["default"]
        database = {key: given[key] for key in ("ENGINE", "NAME", "USER", "PASSWORD", "HOST", "PORT", "CONN_MAX_AGE")}
        apps = ["auth", "contenttypes", "sessions", "messages", "staticfiles"]
        settings.configure(
            SECRET_KEY="bare", ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, MIDDLEWARE=DEFAULT, USE_TZ=True,  # noqa: S106
            INSTALLED_APPS=[f"django.contrib.{app}" for app in apps], DATABASES={"default": database})
    else:
        values = {name: getattr(embedded, name) for name in dir(embedded) if name.isupper()}
        settings.configure(**values | {"ROOT_URLCONF": __name__, "PROCRASTINATE_ON_APP_READY": None})


def hello(request: HttpRequest) -> HttpResponse:
    return HttpResponse("你好")


def prepare() -> None:
    """Makes the tables, with one row in the first."""
    from _bare_tables import Entry, Item, Task

    with connection.schema_editor() as editor:
        for table in (Item, Task, Entry):
            editor.create_model(table)
    Item.objects.create(number="0", title="一", at=now())


def one(request: HttpRequest, pk: int) -> HttpResponse:
    from _bare_tables import Item

    row = Item.objects.get(pk=pk)
    return JsonResponse({"number": row.number, "title": row.title, "data": row.data, "at": row.at})


@csrf_exempt
def post3(request: HttpRequest) -> HttpResponse:
    from _bare_tables import Entry, Item, Task

    data, moment = json.loads(request.body), now()
    with transaction.atomic():
        made = Item.objects.create(number=str(data["number"]), title=data["title"], data=data, at=moment)
        Task.objects.create(item=made, name="收件预审", due=moment)
        Entry.objects.create(item=made, kind="opened", data={"title": made.title}, at=moment)
    return JsonResponse({"id": made.pk}, status=201)


urlpatterns = [path("healthz", hello), path("hello/", hello), path("one/<int:pk>/", one), path("post3/", post3)]


def serve() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--workers", type=int, required=True)
    parser.add_argument("--threads", type=int, required=True)
    options = parser.parse_args()
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    Granian("_bare:application", address="127.0.0.1", port=options.port, interface=Interfaces.WSGI,
            workers=options.workers, blocking_threads=options.threads, websockets=False,
            log_level=LogLevels.warning).serve()


if __name__ == "_bare":
    import django

    configure(os.environ["ZW_BARE"])
    django.setup()
    from django.core.wsgi import get_wsgi_application

    application = get_wsgi_application()

if __name__ == "__main__":
    serve()
