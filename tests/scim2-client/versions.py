"""Versions (RFC 7644 section 3.14): what a client holds is not sent again, and nobody writes over what they
have not seen."""

from patches import patch
from people import GROUP, USER

STALE = 'W/"999"'


def tell(tour):
    one = {"schemas": [USER], "userName": "versioned"}
    team = {"schemas": [GROUP], "displayName": "versioned"}
    for endpoint, body, name in (("/Users", one, "displayName"), ("/Groups", team, "displayName")):
        conditions(tour, endpoint, body, name)


def conditions(tour, endpoint, body, name):
    call, judge = tour.endpoint.call, tour.judge
    made = call("POST", endpoint, body, status=201)
    path = f"{endpoint}/{made.body['id']}"
    tag = made.headers["etag"]
    judge.holds(tag.startswith('W/"'), made.what, f"ETag {tag} is not weak, and says so nowhere")
    for held in (tag, "*", f'W/"0", {tag}', tag.removeprefix("W/"), f"{STALE},{tag}"):
        answer = call("GET", path, headers={"If-None-Match": held}, status=304)
        judge.equal(
            answer.headers.get("etag"), tag, f"{answer.what}: ETag of a 304 (RFC 9110 section 15.4.5)"
        )
    call("GET", f"{path}?attributes={name}", headers={"If-None-Match": tag}, status=304)
    call("GET", path, headers={"If-None-Match": STALE})
    change = patch([{"op": "replace", "path": name, "value": "changed"}])
    for method, document in (("PUT", body), ("PATCH", change), ("DELETE", None)):
        call(method, path, document, headers={"If-Match": STALE}, status=412)
    judge.equal(call("GET", path).body, made.body, f"{path} after what was refused")
    patched = call("PATCH", path, change, headers={"If-Match": tag})
    judge.holds(patched.headers["etag"] != tag, patched.what, "another document, the same version")
    call("PATCH", path, change, headers={"If-Match": tag}, status=412)
    # What changes nothing is no new version.
    judge.equal(
        call("PATCH", path, change).headers["etag"], patched.headers["etag"], f"{path}: the same document"
    )
    call("GET", path, headers={"If-None-Match": tag})
    held = f"{STALE}, {patched.headers['etag']}"
    replaced = call("PUT", path, {**body, "externalId": "x"}, headers={"If-Match": held})
    call("PUT", path, body, headers={"If-Match": "*"})
    call("DELETE", path, headers={"If-Match": replaced.headers["etag"]}, status=412)
    call("DELETE", path, headers={"If-Match": "*"}, status=204)
    call("DELETE", path, headers={"If-Match": "*"}, status=404)
