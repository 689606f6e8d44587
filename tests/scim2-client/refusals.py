"""What is not there, not allowed, or not understood (RFC 7644 sections 3.12 and 3.13, RFC 9110): each
time a SCIM error with its status, or the headers that say what would be right."""

import json

from endpoint import Endpoint
from people import USER, group, person

GOOD = {"schemas": [USER], "userName": "refused"}


def tell(tour):
    methods(tour)
    heads(tour)
    credentials(tour)
    bodies(tour)
    conflicts(tour)
    strangers(tour)
    hurried(tour)


def allowed(tour):
    """Which methods each address takes."""
    one, team = f"/Users/{tour.users[0]}", f"/Groups/{tour.groups[0]}"
    return {
        "/Users": {"GET", "POST"},
        "/Groups": {"GET", "POST"},
        one: {"GET", "PUT", "PATCH", "DELETE"},
        team: {"GET", "PUT", "PATCH", "DELETE"},
        "/Users/.search": {"POST"},
        "/Groups/.search": {"POST"},
        "/.search": {"POST"},
        "/Bulk": {"POST"},
        "/ServiceProviderConfig": {"GET"},
        "/Schemas": {"GET"},
        f"/Schemas/{USER}": {"GET"},
        "/ResourceTypes": {"GET"},
        "/ResourceTypes/User": {"GET"},
    }


def methods(tour):
    """RFC 9110 sections 9.3.7 and 15.5.6: what is taken is said, by OPTIONS and by 405."""
    for path, taken in allowed(tour).items():
        answer = tour.endpoint.call("OPTIONS", path, status=204)
        said = {method.strip() for method in answer.headers.get("allow", "").split(",")}
        tour.judge.equal(said - {"HEAD", "OPTIONS"}, taken, f"{answer.what}: Allow")
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "PROPFIND"} - taken:
            body = {} if method in ("POST", "PUT", "PATCH") else None
            answer = tour.endpoint.call(method, path, body, status=405)
            said = {one.strip() for one in answer.headers.get("allow", "").split(",")}
            tour.judge.equal(said - {"HEAD", "OPTIONS"}, taken, f"{answer.what}: Allow")
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        tour.endpoint.call(method, "/Me", {} if method[0] == "P" else None, status=501)


def heads(tour):
    """RFC 9110 section 9.3.2: HEAD is GET without its body."""
    for path, taken in allowed(tour).items():
        if "GET" not in taken:
            continue
        got = tour.endpoint.request("GET", path)
        head = tour.endpoint.request("HEAD", path)
        what = f"HEAD {path}"
        tour.judge.equal((head.status_code, head.content), (got.status_code, b""), what)
        for name in ("content-type", "etag", "content-length"):
            tour.judge.equal(head.headers.get(name), got.headers.get(name), f"{what}: {name}")
        tour.judge.accept("without a body")
    missing = tour.endpoint.request("HEAD", "/Users/nobody")
    tour.judge.equal((missing.status_code, missing.content), (404, b""), "HEAD /Users/nobody")


def credentials(tour):
    """RFC 7644 section 2, RFC 9110 section 11.6.1."""
    for path in ("/Users", "/ServiceProviderConfig", "/Schemas", "/nothing", "/Me"):
        for value in (
            None,
            "non-token",
            "Bearer",
            "Bearer x",
            "Basic eDp5",
            "Digest x",
            "Bearer " + "x" * 5000,
        ):
            headers = {"Authorization": value} if value else {}
            stranger = Endpoint(tour.judge, tour.reading, tour.server.base_url, None, headers)
            answer = stranger.call("GET", path, status=401)
            challenge = answer.headers.get("www-authenticate", "")
            tour.judge.holds(
                "bearer" in challenge.lower(), f"{answer.what}, {value}", "401 without a challenge"
            )
    known = f"{tour.server.base_url.rsplit('/scim/', 1)[0]}/scim/0000000000000000/v2"
    Endpoint(tour.judge, tour.reading, known, tour.server.token).call("GET", "/Users", status=401)
    for value in (tour.server.token, f"bearer {tour.server.token}", f"BEARER  {tour.server.token}"):
        friend = Endpoint(tour.judge, tour.reading, tour.server.base_url, None, {"Authorization": value})
        friend.call("GET", "/Users?count=1")


def bodies(tour):
    """Media types and texts that are none."""
    call = tour.endpoint.call
    path = f"/Users/{tour.users[0]}"
    places = (("POST", "/Users"), ("PUT", path), ("PATCH", path), ("POST", "/.search"), ("POST", "/Bulk"))
    for method, place in places:
        for media in (
            "text/plain",
            "application/xml",
            "application/x-www-form-urlencoded",
            "application/scim",
        ):
            headers = {"Content-Type": media}
            call(method, place, content=json.dumps(GOOD), headers=headers, status=415)
        for text in ("{", "", "[]", "null", '"x"', "{'a': 1}", '{"a": 1} {', "\ufeff{}"):
            call(method, place, content=text.encode(), status=400, error="invalidSyntax")
    for number, media in enumerate(
        ("application/json", "Application/SCIM+JSON; charset=UTF-8", "application/json;charset=utf-8")
    ):
        body = {**GOOD, "userName": f"media {number}"}
        made = call("POST", "/Users", content=json.dumps(body), headers={"Content-Type": media}, status=201)
        call("DELETE", f"/Users/{made.body['id']}", status=204)
    # RFC 7644 section 3.8: who takes JSON by its general name only is given it by that name.
    for place in ("/Users?count=1", "/Users/nobody"):
        answer = tour.endpoint.request("GET", place, headers={"Accept": "application/json"})
        media = answer.headers.get("content-type")
        tour.judge.equal(media, "application/json", f"GET {place}, Accept: application/json: Content-Type")
    for body, keyword in (
        ({"schemas": [USER]}, "invalidValue"),
        ({"schemas": [], "userName": "x"}, "invalidSyntax"),
        ({"schemas": ["urn:none"], "userName": "x"}, "invalidSyntax"),
        ({"schemas": [USER], "userName": ""}, "invalidValue"),
        ({"schemas": [USER], "userName": 7}, "invalidValue"),
        ({"schemas": [USER], "userName": "x" * 300}, "invalidValue"),
        ({"schemas": [USER], "userName": "x", "active": "perhaps"}, "invalidValue"),
        ({"schemas": [USER], "userName": "x", "title": "x" * 10_000}, "invalidValue"),
    ):
        call("POST", "/Users", body, status=400, error=keyword)
    call("POST", "/Users", {**GOOD, "title": "x" * (17 << 20)}, status=413)


def conflicts(tour):
    """RFC 7644 section 3.3: what is there cannot be made again, whatever its case."""
    call = tour.endpoint.call
    call("POST", "/Users", person(3), status=409, error="uniqueness")
    shouted = person(3) | {"userName": person(3)["userName"].upper(), "externalId": "other"}
    call("POST", "/Users", shouted, status=409, error="uniqueness")
    call("POST", "/Groups", group(3), status=409, error="uniqueness")
    call("PUT", f"/Users/{tour.users[4]}", person(3), status=409, error="uniqueness")


def strangers(tour):
    """Addresses that lead nowhere."""
    for path in (
        "/nothing",
        "/users",
        "/Users/",
        "/Users/a/b",
        "/Schemas/urn:none",
        "/ResourceTypes/Thing",
        "/Me/x",
    ):
        tour.endpoint.call("GET", path, status=404)
    for kind in ("Users", "Groups"):
        for name in ("nobody", "%00", "%2e%2e", "a%2Fb", "💥"):
            tour.endpoint.call("GET", f"/{kind}/{name}", status=404)
    # RFC 7644 section 3.4.2.1 lets clients query the root by GET; host/scim/CONFORMANCE.md says why not here.
    tour.endpoint.call("GET", "/", status=404)


def hurried(tour):
    """RFC 6585 section 4, and Okta, which takes whole seconds only."""
    tour.server.command("app", "set", "--requests-per-second", "1")
    answers = [tour.endpoint.request("GET", "/Users?count=0") for _ in range(5)]
    late = [answer for answer in answers if answer.status_code == 429]
    tour.judge.holds(late, "five requests at once", "none was answered 429, and one in a second was allowed")
    # How many depends on the clock; one speaks for all.
    for answer in late[:1]:
        tour.reading.error("429", 429, answer.json())
        seconds = answer.headers.get("retry-after", "")
        tour.judge.holds(seconds.isdecimal(), "429", f"Retry-After: {seconds}")
    tour.server.command("app", "set", "--requests-per-second", "0")
