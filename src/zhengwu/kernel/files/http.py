"""HTTP API of files: other systems and pages hand files in before they name them in an application."""

import json
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from ninja import File, Router, Schema
from ninja.files import UploadedFile

from zhengwu.kernel.directory.http import actor, answer_once, multipart_only, signed_in
from zhengwu.kernel.files import api
from zhengwu.kernel.files.views import serve

router = Router(tags=["files"], auth=signed_in)
PURPOSE = "material"
"""Files handed in to be named in an application; until then they have no subject and their owner alone sees them."""


class StoredOut(Schema):
    """``sm3``: 64 hex digits of the content's digest; ``size`` in bytes."""

    id: UUID
    name: str
    size: int
    sm3: str


@router.post("files", auth=[multipart_only, *signed_in], response={201: StoredOut}, summary="上传文件",
             operation_id="uploadFile")
def upload(request: HttpRequest, file: File[UploadedFile]) -> HttpResponse:
    """Stores one file (multipart field ``file``). 422 when the checks refuse it, 413 when it is too large."""
    who = actor(request, "files")

    def run() -> tuple[int, bytes]:
        stored = api.store(name=file.name or "", stream=file, owner=who, purpose=PURPOSE)
        out = {"id": str(stored.id), "name": stored.name, "size": stored.size, "sm3": stored.sm3}
        return 201, json.dumps(out, ensure_ascii=False).encode()

    return answer_once(request, who, run)


@router.get("files/{file_id}", summary="下载文件", operation_id="downloadFile", openapi_extra={
    "responses": {200: {"description": "The bytes, in the type they were stored with", "content": {
        "*/*": {"schema": {"type": "string", "format": "binary"}}}}}})
def download(request: HttpRequest, file_id: UUID) -> HttpResponseBase:
    """The bytes, for whoever may see them; 404 otherwise."""
    return serve(request, api.stored_of(actor(request, "files"), file_id))
