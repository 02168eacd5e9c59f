"""Serves the browser packages of others, and fetches them in the background of the worker.

Not static files of the code: they come after the pages are served, or never where no registry can be reached; then the
page that needs them says so and everything else works.
"""

import logging
import threading
import time

from django.conf import settings
from django.http import FileResponse, HttpRequest
from django.utils.cache import patch_vary_headers

from zhengwu.lib import frontend
from zhengwu.lib.problem import NotFound

log = logging.getLogger(__name__)
TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".woff2": "font/woff2",
         ".woff": "font/woff", "": "text/plain; charset=utf-8"}
_RETRY_SECONDS = 600


def served(request: HttpRequest, digest: str, name: str) -> FileResponse:
    """/front/<digest of the lock>/<name>: one of ``frontend.FILES``; the address never means other bytes."""
    if name not in frontend.FILES or digest != frontend.digest(settings.ROOT):
        raise NotFound("no-such-file", "没有这个文件", "no such file")
    path = settings.FRONT_DIR / digest / name
    packed = path.with_name(path.name + ".gz")
    zipped = "gzip" in request.headers.get("Accept-Encoding", "") and packed.exists()
    try:
        file = (packed if zipped else path).open("rb")
    except FileNotFoundError:
        raise NotFound("not-fetched", "这个前端软件包还没有取到", "this browser package has not been fetched") from None
    response = FileResponse(file, content_type=TYPES[path.suffix])
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    if packed.exists():
        patch_vary_headers(response, ["Accept-Encoding"])
    if zipped:
        response["Content-Encoding"] = "gzip"
    return response


def fetch_in_background() -> threading.Thread:
    """A thread that fetches what is missing and tries again every ten minutes until it has it."""
    thread = threading.Thread(target=_fetch, name="frontend", daemon=True)
    thread.start()
    return thread


def _fetch() -> None:
    while True:
        try:
            frontend.fetch(settings.ROOT, settings.FRONT_DIR)
            return
        except (frontend.FetchError, OSError) as error:
            log.warning("browser packages were not fetched (the chart editor needs them): %s", error)
        time.sleep(_RETRY_SECONDS)
