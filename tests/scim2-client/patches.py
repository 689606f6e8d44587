"""PATCH (RFC 7644 section 3.5.2) in the RFC's words, in Okta's and in Entra's: what becomes of a resource
is what scim2-models makes of it."""

from scim2_models import PatchOp, SCIMException, ScimPolicy

from people import BADGE, ENTERPRISE, USER, badge, group, person
from reading import comparable, differences

PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
# Entra selects what to remove by a value, and creates what a filter describes.
ENTRA = ScimPolicy(
    remove_value_as_filter=ScimPolicy.RemoveValue.apply,
    unmatched_path_filter=ScimPolicy.UnmatchedPathFilter.create,
)
USERS = [
    # The RFC's.
    [{"op": "add", "path": "nickName", "value": "Al"}],
    [{"op": "add", "value": {"nickName": "Al", "title": "Boss"}}],
    [{"op": "replace", "path": "name.familyName", "value": "New"}],
    [{"op": "replace", "path": "name", "value": {"middleName": "Q"}}],
    [{"op": "add", "path": "emails", "value": [{"value": "x@tidal.example", "type": "other"}]}],
    [{"op": "add", "path": "emails", "value": [{"value": "x@tidal.example", "primary": True}]}],
    [{"op": "replace", "path": "emails", "value": [{"value": "only@tidal.example", "type": "work"}]}],
    [{"op": "replace", "path": 'emails[type eq "home"].value', "value": "moved@home.example"}],
    # The whole entry: of a part, RFC 7644 section 3.5.2.3 has the values replaced, and scim2-models
    # (messages/patch_op.py `_writes`) keeps what the value leaves out.
    [
        {
            "op": "replace",
            "path": 'emails[type eq "home"]',
            "value": {"value": "h@home.example", "type": "home"},
        }
    ],
    [{"op": "replace", "path": 'emails[type eq "home"].primary', "value": True}],
    [{"op": "remove", "path": 'emails[type eq "home"]'}],
    [{"op": "remove", "path": 'emails[type eq "home" and value ew ".example"].type'}],
    [{"op": "remove", "path": "emails"}],
    [{"op": "remove", "path": "title"}],
    [{"op": "remove", "path": "name.givenName"}],
    [{"op": "remove", "path": f"{ENTERPRISE}:department"}],
    [{"op": "replace", "path": f"{ENTERPRISE}:department", "value": "Bridge"}],
    [{"op": "add", "path": f"{ENTERPRISE}:manager", "value": {"value": "26118915"}}],
    [{"op": "replace", "path": f"{BADGE}:number", "value": 7}],
    [{"op": "replace", "path": f"{BADGE}:level", "value": 0.25}],
    [{"op": "replace", "path": f"{BADGE}:until", "value": "2027-01-01T00:00:00+01:00"}],
    [{"op": "add", "path": f"{BADGE}:ranks", "value": ["third"]}],
    [{"op": "add", "path": f"{BADGE}:ranks", "value": ["first"]}],
    [{"op": "replace", "path": f"{BADGE}:ranks", "value": ["last"]}],
    [{"op": "replace", "path": f'{BADGE}:doors[type eq "in"].primary', "value": True}],
    [{"op": "remove", "path": f'{BADGE}:doors[value eq "SOUTH"]'}],
    [{"op": "add", "path": f"{BADGE}:doors", "value": [{"value": "east", "times": 1}]}],
    [{"op": "replace", "value": {"name": {"givenName": "G"}, ENTERPRISE: {"division": "D"}}}],
    [
        {"op": "add", "path": "nickName", "value": "one"},
        {"op": "replace", "path": "nickName", "value": "two"},
        {"op": "remove", "path": "title"},
        {"op": "add", "path": "title", "value": "three"},
    ],
    # Okta's.
    [{"op": "replace", "value": {"active": False}}],
    [{"op": "replace", "value": {"active": True}}],
    [
        {
            "op": "replace",
            "value": {"displayName": "Okta", "locale": "fr-FR", "emails": [{"value": "o@tidal.example"}]},
        }
    ],
    # Entra's, old and new.
    [{"op": "Add", "path": "nickName", "value": "Al"}],
    [{"op": "Replace", "path": "displayName", "value": "Entra"}],
    [{"op": "Remove", "path": "title"}],
    [{"op": "Add", "path": 'phoneNumbers[type eq "work"].value', "value": "tel:+44-1"}],
    [{"op": "Add", "path": 'emails[type eq "other"].value', "value": "e@tidal.example"}],
    [{"op": "Replace", "path": 'emails[type eq "work"].value', "value": "e@tidal.example"}],
    [{"op": "replace", "value": {"name.givenName": "Dotted", f"{ENTERPRISE}:department": "Keyed"}}],
    [{"op": "Add", "path": f"{ENTERPRISE}:employeeNumber", "value": "77"}],
    # Names in any case.
    [{"op": "replace", "path": "NAME.FAMILYNAME", "value": "Case"}],
    [{"op": "replace", "path": f"{USER}:displayName", "value": "Qualified"}],
    [{"op": "replace", "path": f"{ENTERPRISE.upper()}:DEPARTMENT", "value": "Case"}],
]
# What is wrong, with its keyword.
WRONG = [
    ([{"op": "remove"}], "noTarget"),
    ([{"op": "replace", "path": 'emails[type eq "none"].value', "value": "x"}], "noTarget"),
    ([{"op": "replace", "path": 'emails[type eq "none"]', "value": {"value": "x"}}], "noTarget"),
    ([{"op": "replace", "path": "id", "value": "x"}], "mutability"),
    ([{"op": "replace", "path": "meta.version", "value": "x"}], "mutability"),
    ([{"op": "add", "path": "groups", "value": [{"value": "x"}]}], "mutability"),
    ([{"op": "replace", "path": f"{BADGE}:issuer", "value": "x"}], "mutability"),
    ([{"op": "remove", "path": "userName"}], None),
    ([{"op": "replace", "path": "emails[type", "value": "x"}], "invalidPath"),
    ([{"op": "replace", "path": "nothing.at.all", "value": "x"}], "invalidPath"),
    ([{"op": "replace", "path": "name.nothing", "value": "x"}], "invalidPath"),
    ([{"op": "jump", "path": "title", "value": "x"}], None),
    ([{"op": "replace", "path": "active", "value": "perhaps"}], "invalidValue"),
    ([{"op": "replace", "path": f"{BADGE}:number", "value": "six"}], "invalidValue"),
    ([], None),
    (
        [{"op": "replace", "path": "title", "value": "kept?"}, {"op": "replace", "path": "id", "value": "x"}],
        "mutability",
    ),
]


def tell(tour):
    for number, operations in enumerate(USERS):
        user(tour, number, operations)
    refused(tour)
    members(tour)


def patch(operations):
    return {"schemas": [PATCH], "Operations": operations}


def user(tour, number, operations):
    """One patch of a user of its own, and the same by scim2-models."""
    call = tour.endpoint.call
    body = person(6003) | {
        "schemas": [USER, ENTERPRISE, BADGE],
        "userName": f"patched {number}",
        "externalId": f"patched {number}",
        BADGE: badge(5) | {"serial": f"patched {number}"},
    }
    before = call("POST", "/Users", body, status=201)
    path = f"/Users/{before.body['id']}"
    after = call("PATCH", path, patch(operations))
    what = f"PATCH of a user: {operations}"
    if after.read and before.read:
        same(tour, what, before.read, after.body, operations)
        tour.judge.equal(call("GET", path).body, after.body, f"{what}: what is read afterwards")
    call("DELETE", path, status=204)


def same(tour, what, before, after, operations):
    resource = before.model_copy(deep=True)
    try:
        message = PatchOp[type(before)].model_validate(patch(operations), scim_policy=ENTRA)
        message.patch(resource, scim_policy=ENTRA)
    except (SCIMException, ValueError) as error:
        tour.judge.refuse(what, f"scim2-models does not take it: {error}")
        return
    expected = resource.model_dump()
    for document in (expected, after := dict(after)):
        # The version and its time are the server's.
        document.pop("meta", None)
    for difference in differences(comparable(expected), comparable(after), ""):
        tour.judge.refuse(what, f"is not what scim2-models makes of it: {difference}")


def refused(tour):
    """Nothing of a patch that is refused takes effect (RFC 7644 section 3.5.2)."""
    call = tour.endpoint.call
    path = f"/Users/{tour.users[12]}"
    before = call("GET", path).body
    for operations, keyword in WRONG:
        answer = call("PATCH", path, patch(operations), status=400)
        if keyword is not None and answer.status == 400:
            tour.judge.equal(answer.body.get("scimType"), keyword, f"{answer.what}: scimType")
        tour.judge.equal(call("GET", path).body, before, f"{answer.what}: nothing took effect")
    call("PATCH", path, {"Operations": []}, status=400)
    call("PATCH", path, {"schemas": ["urn:none"], "Operations": USERS[0]}, status=400)
    call("PATCH", "/Users/nobody", patch(USERS[0]), status=404)


def members(tour):
    """Group push: Okta's in batches and at once, Entra's one by one."""
    call = tour.endpoint.call
    a, b, c, d = tour.users[20:24]
    entry = {"value": c, "display": "c@tidal.example"}
    for number, operations in enumerate(
        (
            [{"op": "add", "path": "members", "value": [entry]}],
            [{"op": "add", "path": "members", "value": [{"value": a}, {"value": d}]}],
            [{"op": "add", "value": {"members": [{"value": d}]}}],
            [
                {"op": "remove", "path": f'members[value eq "{a}"]'},
                {"op": "add", "path": "members", "value": [entry]},
            ],
            [{"op": "remove", "path": f'members[value eq "{a}" or value eq "{b}"]'}],
            [{"op": "remove", "path": "members"}],
            [{"op": "replace", "path": "members", "value": [{"value": d}]}],
            [{"op": "replace", "path": "members", "value": []}],
            [{"op": "replace", "value": {"members": [{"value": c}], "displayName": "Pushed"}}],
            [{"op": "replace", "value": {"displayName": "Renamed"}}],
            [{"op": "replace", "path": "displayName", "value": "Renamed"}],
            [{"op": "Add", "path": "members", "value": [{"$ref": None, "value": c}]}],
            [{"op": "Remove", "path": "members", "value": [{"value": a}]}],
            [{"op": "Remove", "path": "members", "value": [{"$ref": None, "value": b}, {"value": a}]}],
            [{"op": "Replace", "path": "externalId", "value": "entra"}],
        )
    ):
        team = group(6000 + number, [a, b])
        made = call("POST", "/Groups", team, status=201).body
        path = f"/Groups/{made['id']}"
        after = call("PATCH", path, patch(operations))
        what = f"PATCH of a group: {operations}"
        if after.read:
            # scim2-models knows what was sent, and not what the server says of each member.
            before = tour.reading.model("Groups").model_validate(bare(made))
            same(tour, what, before, bare(after.body), bare(operations))
        tour.judge.equal(call("GET", path).body, after.body, f"{what}: what is read afterwards")
        call("DELETE", path, status=204)
    # Okta's rename: the id that comes along is read-only, and not refused (shared/okta, section 1).
    team = call("POST", "/Groups", group(6100), status=201).body
    rename = [{"op": "replace", "value": {"id": team["id"], "displayName": "By Okta"}}]
    renamed = call("PATCH", f"/Groups/{team['id']}", patch(rename))
    tour.judge.equal(renamed.body["displayName"], "By Okta", renamed.what)
    call("DELETE", f"/Groups/{team['id']}", status=204)


def bare(value):
    """Members by id alone."""
    match value:
        case list():
            return [bare(item) for item in value]
        case dict() if "members" in value or "op" in value or "Operations" in value:
            return {key: bare(item) if key in ("members", "value") else item for key, item in value.items()}
        case dict() if "value" in value:
            return {"value": value["value"]}
        case dict():
            return {key: bare(item) for key, item in value.items()}
    return value
