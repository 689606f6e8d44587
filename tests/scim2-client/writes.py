"""POST, PUT and DELETE: what is kept is what scim2-models keeps of the same body."""

import copy

from people import BADGE, ENTERPRISE, GROUP, USER, badge, group, person
from reading import comparable, differences

# RFC 7643 section 8.2, shortened to one of each.
FULL = {
    "schemas": [USER],
    "externalId": "701984",
    "userName": "bjensen@example.com",
    "name": {
        "formatted": "Ms. Barbara J Jensen, III",
        "familyName": "Jensen",
        "givenName": "Barbara",
        "middleName": "Jane",
        "honorificPrefix": "Ms.",
        "honorificSuffix": "III",
    },
    "displayName": "Babs Jensen",
    "nickName": "Babs",
    "profileUrl": "https://login.example.com/bjensen",
    "emails": [
        {"value": "bjensen@example.com", "type": "work", "primary": True},
        {"value": "babs@jensen.org", "type": "home", "display": "babs"},
    ],
    "addresses": [
        {
            "type": "work",
            "streetAddress": "100 Universal City Plaza",
            "locality": "Hollywood",
            "region": "CA",
            "postalCode": "91608",
            "country": "USA",
            "formatted": "100 Universal City Plaza\nHollywood, CA 91608 USA",
            "primary": True,
        }
    ],
    "phoneNumbers": [{"value": "555-555-5555", "type": "work"}],
    "ims": [{"value": "someaimhandle", "type": "aim"}],
    "photos": [{"value": "https://photos.example.com/profilephoto/72930000000Ccne/F", "type": "photo"}],
    "userType": "Employee",
    "title": "Tour Guide",
    "preferredLanguage": "en-US",
    "locale": "en-US",
    "timezone": "America/Los_Angeles",
    "active": True,
    "entitlements": [{"value": "guide", "type": "x", "primary": True}],
    "roles": [{"value": "admin", "display": "Administrator"}],
    "x509Certificates": [{"value": "MIIDQzCCAqygAwIBAgICEAAwDQYJKoZIhvcNAQEFBQAwTjELMAkGA1UEBhMCVVM="}],
}


def tell(tour):
    full(tour)
    extended(tour)
    ignored(tour)
    groups(tour)
    unknown(tour)


def kept(tour, answer, body, removed=()):
    """What was answered is the body, read, without what the server alone says."""
    expected = tour.reading.model(answer.body["meta"]["resourceType"] + "s").model_validate(body).model_dump()
    found = copy.deepcopy(answer.body)
    for document in (expected, found):
        for name in ("schemas", "id", "meta", "groups", *removed):
            document.pop(name, None)
    for difference in differences(comparable(expected), comparable(found), ""):
        tour.judge.refuse(answer.what, f"is not what was sent: {difference}")


def full(tour):
    """The RFC's own example: made, read, replaced, deleted."""
    call, judge = tour.endpoint.call, tour.judge
    made = call("POST", "/Users", FULL, status=201)
    path = f"/Users/{made.body['id']}"
    if made.read:
        kept(tour, made, FULL)
    judge.equal(call("GET", path).body, made.body, f"{path} is what was made")
    less = {"schemas": [USER], "userName": "BJensen@example.com", "displayName": "Babs"}
    replaced = call("PUT", path, less)
    kept(tour, replaced, less | {"active": True})
    judge.equal(replaced.body["meta"]["created"], made.body["meta"]["created"], f"{replaced.what}: created")
    judge.holds(
        replaced.body["meta"]["version"] != made.body["meta"]["version"], replaced.what, "the same version"
    )
    again = call("PUT", path, replaced.body)
    judge.equal(again.body, replaced.body, f"PUT {path} of what was read changes nothing")
    call("DELETE", path, status=204)
    for method, body in (("GET", None), ("PUT", less), ("DELETE", None)):
        call(method, path, body, status=404)
    for method in ("GET", "DELETE"):
        call(method, "/Users/" + "x" * 3000, status=404)


def extended(tour):
    """The registered extension: every type comes back as it was sent, a secret does not."""
    call = tour.endpoint.call
    body = person(6) | {"userName": "extended", "externalId": "extended", BADGE: badge(8001)}
    made = call("POST", "/Users", body, status=201)
    shown = body | {
        BADGE: {name: value for name, value in badge(8001).items() if name not in ("pin", "note")}
    }
    kept(tour, made, shown)
    path = f"/Users/{made.body['id']}"
    # Immutable: it stays; another value is refused (RFC 7644 section 3.5.1).
    without = copy.deepcopy(body)
    del without[BADGE]["issuer"]
    kept(tour, call("PUT", path, without), shown)
    other = copy.deepcopy(body)
    other[BADGE]["issuer"] = "somebody else"
    call("PUT", path, other, status=400, error="mutability")
    for name, value in (
        ("number", "six"),
        ("number", 1.5),
        ("level", "high"),
        ("valid", "perhaps"),
        ("until", "tomorrow"),
        ("print", "*"),
        ("picture", "not a URI"),
        ("kind", ["staff"]),
    ):
        wrong = body | {
            "userName": f"wrong {name}",
            "externalId": "wrong",
            BADGE: badge(8002) | {name: value},
        }
        answer = call("POST", "/Users", wrong, status=400, error="invalidValue")
        if answer.status == 201:
            call("DELETE", f"/Users/{answer.body['id']}", status=204)
    same = person(7) | {"schemas": body["schemas"], "userName": "twin", BADGE: badge(8001)}
    call("POST", "/Users", same, status=409, error="uniqueness")
    call("DELETE", path, status=204)


def ignored(tour):
    """Read-only attributes, nulls, and names in any case (RFC 7643 sections 2.1, 2.5 and 7)."""
    call, judge = tour.endpoint.call, tour.judge
    body = {
        "SCHEMAS": [USER.upper(), ENTERPRISE],
        "id": "mine",
        "meta": {"resourceType": "Group", "version": "x", "location": "https://evil.example/"},
        "groups": [{"value": tour.groups[0]}],
        "USERNAME": "ignored",
        "name": {"FAMILYNAME": "Case", "givenName": None},
        "title": None,
        "emails": [],
        "password": "t0p secret",
        ENTERPRISE.upper(): {"DEPARTMENT": "Case", "manager": {"value": tour.users[0], "displayName": "Ada"}},
    }
    made = call("POST", "/Users", body, status=201)
    judge.holds(
        made.body["id"] != "mine" and not made.body["groups"], made.what, "read-only attributes were taken"
    )
    found = {name: made.body.get(name) for name in ("userName", "name", "title", "password", ENTERPRISE)}
    expected = {
        "userName": "ignored",
        "name": {"familyName": "Case"},
        "title": None,
        "password": None,
        ENTERPRISE: {"department": "Case", "manager": {"value": tour.users[0], "displayName": "Ada"}},
    }
    judge.equal(found, expected, made.what)
    call("DELETE", f"/Users/{made.body['id']}", status=204)


def groups(tour):
    """Members: who they are, where they are, and that users say the same."""
    call, judge = tour.endpoint.call, tour.judge
    team = group(8000, tour.users[:3])
    made = call("POST", "/Groups", team, status=201)
    path = f"/Groups/{made.body['id']}"
    for member in made.body["members"]:
        judge.equal(member["$ref"], f"{tour.endpoint.base_url}/Users/{member['value']}", f"{made.what}: $ref")
        user = call("GET", member["$ref"].removeprefix(tour.endpoint.base_url)).body
        entry = {
            "value": made.body["id"],
            "$ref": made.body["meta"]["location"],
            "display": team["displayName"],
            "type": "direct",
        }
        judge.holds(
            entry in user["groups"], f"/Users/{member['value']}", f"groups has no {entry}: {user['groups']}"
        )
    renamed = call("PUT", path, {"schemas": [GROUP], "displayName": "Renamed"})
    judge.equal(len(renamed.body["members"]), 3, f"{renamed.what}: members that are not spoken of stay")
    emptied = call("PUT", path, {"schemas": [GROUP], "displayName": "Renamed", "members": []})
    judge.equal(emptied.body.get("members", []), [], emptied.what)
    call("PUT", path, group(8000, ["nobody"]), status=400, error="invalidValue")
    call("PUT", path, group(8000, [made.body["id"]]), status=400, error="invalidValue")
    call("DELETE", path, status=204)
    call("GET", path, status=404)


def unknown(tour):
    """What no schema has is kept for Okta, which expects to find it again: it is beyond the models."""
    body = {
        "schemas": [USER, "urn:none:User"],
        "userName": "unknown",
        "engine": "x",
        "urn:none:User": {"a": 1},
    }
    answer = tour.endpoint.request("POST", "/Users", body)
    tour.judge.equal(answer.status_code, 201, "POST /Users with unknown attributes: status")
    found = {name: answer.json().get(name) for name in body}
    tour.judge.equal(found, body, "POST /Users with unknown attributes")
    tour.endpoint.call("DELETE", f"/Users/{answer.json()['id']}", status=204)
