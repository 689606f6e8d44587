"""The SCIM endpoint as its client sees it. Every answer is judged before it is handed on."""

import json
from dataclasses import dataclass
from typing import Any

import httpx2

SCIM_JSON = "application/scim+json"


@dataclass
class Answer:
    """One answer, judged. `read` is what scim2-models made of it."""

    what: str
    status: int
    headers: Any
    body: Any
    read: Any

    @property
    def ids(self):
        """Of a list: whom it has, in its order."""
        return [resource["id"] for resource in self.body["Resources"]]


class Endpoint:
    def __init__(self, judge, reading, base_url, token, headers=None):
        self.judge = judge
        self.reading = reading
        self.base_url = base_url
        # Where requests go: the base URL may be one that only clients behind a proxy can reach.
        self.reached_at = base_url
        self.authorization = {"Authorization": f"Bearer {token}"} if token else {}
        self.headers = headers or {}
        self.http = httpx2.Client(timeout=60)

    def request(self, method, path, body=None, headers=None, content=None):
        """The bare exchange. A connection that is gone where nobody said so is a fault; what was asked
        is asked again, so that the tour goes on."""
        headers = {"Accept": SCIM_JSON, **self.authorization, **self.headers, **(headers or {})}
        if body is not None:
            content = json.dumps(body)
        if content is not None:
            headers.setdefault("Content-Type", SCIM_JSON)
        url = self.reached_at + path
        try:
            return self.http.request(method, url, headers=headers, content=content)
        except httpx2.TransportError as error:
            self.judge.refuse(
                f"{method} {path}", f"an earlier answer closed the connection unannounced: {error}"
            )
            return self.http.request(method, url, headers=headers, content=content)

    def call(self, method, path, body=None, *, status=200, error=None, headers=None, content=None):
        """One call and its answer: `status` is what it must have, `error` its keyword."""
        response = self.request(method, path, body, headers, content)
        what = f"{method} {path} {'' if body is None else json.dumps(body)[:400]}".strip()
        self.judge.equal(response.status_code, status, f"{what}: status ({response.text[:400]})")
        answer = Answer(what, response.status_code, response.headers, None, None)
        if not response.content:
            self.judge.holds(response.status_code in (204, 304), what, "has no body")
            self.judge.accept("without a body")
            return answer
        media = response.headers.get("content-type", "").split(";")[0]
        self.judge.equal(media, SCIM_JSON, f"{what}: Content-Type")
        answer.body = response.json()
        if response.status_code >= 400:
            answer.read = self.reading.error(what, response.status_code, answer.body)
            if error is not None:
                self.judge.equal(answer.body.get("scimType"), error, f"{what}: scimType ({response.text})")
            return answer
        answer.read = self.reading.success(what, method, path, answer.body)
        if answer.status == 201:
            self.judge.holds(
                "location" in answer.headers, what, "201 without Location (RFC 7644 section 3.3)"
            )
        if path.startswith(("/Users", "/Groups")) and "Resources" not in answer.body:
            self.judge.holds("etag" in answer.headers, what, "has no ETag (RFC 7644 section 3.14)")
            self.whereabouts(answer, "attributes" not in path.lower())
        return answer

    def whereabouts(self, answer, whole):
        """RFC 7643 section 3.1: where the resource is, and which version, by header and by `meta`."""
        meta = answer.body.get("meta", {})
        for header, member in (
            ("etag", "version"),
            ("location", "location"),
            ("content-location", "location"),
        ):
            if header in answer.headers and member in meta:
                self.judge.equal(answer.headers[header], meta[member], f"{answer.what}: {header}")
        if whole:
            self.complete(answer.what, answer.body)

    def complete(self, what, resource):
        """Every sub-attribute of `meta`, and each what it must be."""
        meta = resource.get("meta", {})
        names = ["created", "lastModified", "location", "resourceType", "version"]
        if not self.judge.equal(sorted(meta), names, f"{what}: meta"):
            return
        place = f"{self.base_url}/{meta['resourceType']}s/{resource['id']}"
        self.judge.equal(meta["location"], place, f"{what}: meta.location")
        self.judge.holds(
            meta["lastModified"] >= meta["created"], what, f"was modified before it was created: {meta}"
        )
