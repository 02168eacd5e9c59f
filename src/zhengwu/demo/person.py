"""Somebody at a browser or a program: signs in over HTTP and uses the public API, nothing else."""

import re
import uuid
from typing import Any

import httpx


class WalkError(Exception):
    """A step did not hold; the message says which and what came instead."""


class Person:
    """One signed-in session. Every POST carries an Idempotency-Key of its own."""

    def __init__(self, url: str, username: str, password: str) -> None:
        self.username, self.url = username, url
        self.http = httpx.Client(base_url=url, timeout=60, follow_redirects=False)
        page = self.http.get("/accounts/login/")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        if token is None:
            raise WalkError(f"登录页打不开：{page.status_code}")
        answer = self.http.post("/accounts/login/", headers={"Referer": f"{url}/accounts/login/"}, data={
            "csrfmiddlewaretoken": token[1], "login": username, "password": password})
        if answer.status_code != 302:
            raise WalkError(f"{username} 不能登录（{answer.status_code}），请核对演示密码")

    def get(self, path: str, status: int = 200) -> Any:
        """The JSON of a GET under /api/v1/."""
        return self._expect(self.http.get(f"/api/v1/{path}"), status)

    def post(self, path: str, body: Any, status: int, key: str = "", **headers: str) -> Any:
        """The JSON of a POST under /api/v1/."""
        return self._expect(self.http.post(f"/api/v1/{path}", json=body, headers=self._headers(key) | headers), status)

    def upload(self, name: str, data: bytes, media_type: str) -> str:
        """The id of an uploaded file."""
        answer = self.http.post("/api/v1/files", files={"file": (name, data, media_type)}, headers=self._headers(""))
        return str(self._expect(answer, 201)["id"])

    def matter(self, name: str, division: str = "519921") -> dict[str, Any]:
        """The guide of the matter of this name in a division's list, page by page."""
        cursor = ""
        while True:
            page = self.get(f"matters?division={division}&limit=100&cursor={cursor}")
            for row in page["items"]:
                if row["name"] == name:
                    return dict(self.get(f"matters/{row['code']}"))
            cursor = page["next"] or ""
            if not cursor:
                raise WalkError(f"清单里没有“{name}”")

    def page(self, path: str) -> str:
        answer = self.http.get(path)
        if answer.status_code != 200:
            raise WalkError(f"{path} 返回 {answer.status_code}")
        return answer.text

    def _headers(self, key: str) -> dict[str, str]:
        return {"X-CSRFToken": self.http.cookies.get("csrftoken") or "", "Referer": self.url,
                "Idempotency-Key": key or uuid.uuid4().hex}

    def _expect(self, answer: httpx.Response, status: int) -> Any:
        if answer.status_code != status:
            raise WalkError(f"{self.username} {answer.request.method} {answer.request.url.path}："
                            f"应为 {status}，实为 {answer.status_code} {answer.text[:300]}")
        return answer.json()
