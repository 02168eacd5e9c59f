"""One API at /api/v1/ made of the ``http.py`` of every package: each has a ``router`` that owns its full paths."""

from importlib import import_module
from importlib.util import find_spec

from zhengwu.project.api import problems
from zhengwu.project.api.docs import Docs
from zhengwu.project.api.schema import Api
from zhengwu.project.modules import KERNEL, MODULES

DESCRIPTION = (
    "金效市政务服务开放接口。错误按 RFC 9457 以 application/problem+json 答复，中英文对照。"
    "POST 用 Idempotency-Key 防止重复，修改用 ETag / If-Match 防止覆盖，列表用游标（cursor）翻页。"
)


def build() -> Api:
    """A fresh API with every router that exists."""
    fresh = Api(title="政务服务开放接口", version="1.0.0", description=DESCRIPTION, urls_namespace="api",
                docs=Docs(), docs_url="/docs")
    problems.install(fresh)
    for package in (*KERNEL, *MODULES):
        if find_spec(f"{package}.http"):
            router = getattr(import_module(f"{package}.http"), "router", None)
            if router is not None:
                fresh.add_router("", router)
    return fresh


api = build()
