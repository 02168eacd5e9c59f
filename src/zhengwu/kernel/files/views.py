"""Downloads. Whatever a file contains, a browser must not run it in our name."""

from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponseBase, HttpResponseNotModified
from django.utils.http import content_disposition_header, parse_etags
from django.views.decorators.http import require_safe

from zhengwu.kernel.directory.api import request_actor
from zhengwu.kernel.files import storage
from zhengwu.kernel.files.api import stored_of
from zhengwu.kernel.files.models import StoredFile


@require_safe
def download(request: HttpRequest, file_id: UUID) -> HttpResponseBase:
    """The bytes for whoever may see them; 404 for everybody else, signed in or not."""
    stored = stored_of(request_actor(request), file_id)
    return serve(request, stored)


def serve(request: HttpRequest, stored: StoredFile) -> HttpResponseBase:
    """Answers with the bytes of a file the caller has already been allowed to see.

    Pictures and PDF are shown in place, everything else is saved. The sandbox, the fixed type and the private cache
    hold for all of them; the ETag is the SM3 digest of the bytes.
    """
    etag = f'"{stored.sm3}"'
    known = parse_etags(request.headers.get("If-None-Match", ""))
    response: HttpResponseBase
    if etag in known or "*" in known:
        response = HttpResponseNotModified()
    else:
        response = FileResponse(storage.open_content(stored.sm3), content_type=_content_type(stored))
        response["Content-Length"] = str(stored.size)
        disposition = content_disposition_header(not stored.shown_inline, stored.name)
        response["Content-Disposition"] = disposition or "attachment"
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def _content_type(stored: StoredFile) -> str:
    return f"{stored.media_type}; charset=utf-8" if stored.media_type == "text/plain" else stored.media_type
