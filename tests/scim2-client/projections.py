"""`attributes` and `excludedAttributes` (RFC 7644 section 3.9) on every verb that answers with a resource:
what is shown is what scim2-models would show of the same resource."""

from scim2_models import Context, ResponseParameters

from lists import SEARCH
from people import BADGE, ENTERPRISE, USER, person
from reading import comparable, differences

ASKED = [
    "attributes=userName",
    "attributes=USERNAME,NAME.FAMILYNAME",
    "attributes=name",
    "attributes=name.givenName,emails.value",
    "attributes=emails",
    "attributes=meta",
    "attributes=meta.version,meta.location",
    "attributes=id",
    "attributes=schemas",
    "attributes=groups",
    "attributes=nothing",
    "attributes=nothing,title",
    "attributes=password,title",
    f"attributes={BADGE}:note",
    f"attributes={BADGE}:number,{BADGE}:doors.value",
    f"attributes={BADGE}:pin",
    f"attributes={ENTERPRISE}:department",
    f"attributes={ENTERPRISE}",
    f"attributes={USER}:userName",
    f"attributes={USER}:name.familyName",
    "excludedAttributes=userName",
    "excludedAttributes=meta",
    "excludedAttributes=meta.location",
    "excludedAttributes=name,emails.type",
    "excludedAttributes=emails",
    "excludedAttributes=id,schemas",
    "excludedAttributes=groups,active",
    "excludedAttributes=nothing",
    f"excludedAttributes={BADGE}:kind,{BADGE}:number",
    f"excludedAttributes={ENTERPRISE}",
    f"excludedAttributes={ENTERPRISE}:department",
    f"excludedAttributes={USER}:userName",
]
OF_GROUPS = [
    "attributes=displayName",
    "attributes=members",
    "attributes=members.value",
    "attributes=members.display",
    "attributes=members.$ref,members.type",
    "excludedAttributes=members",
    "excludedAttributes=members.$ref",
    "excludedAttributes=displayName",
]


def tell(tour):
    one, team = tour.users[6], tour.groups[2]
    for path, asked in ((f"/Users/{one}", ASKED), (f"/Groups/{team}", OF_GROUPS)):
        whole = everything(tour, path)
        for query in asked:
            every_verb(tour, path, query, whole)
    lists(tour)
    both = f"/Users/{one}?attributes=userName&excludedAttributes=name"
    tour.endpoint.call("GET", both, status=400, error="invalidValue")


def everything(tour, path):
    """The resource with what is shown on request only, as scim2-models reads it."""
    answer = tour.endpoint.call("GET", path)
    document = dict(answer.body)
    if path.startswith("/Users"):
        note = tour.endpoint.call("GET", f"{path}?attributes={BADGE}:note").body[BADGE]
        tour.judge.holds("note" in note, path, "what is returned on request is not returned on request")
        document[BADGE] = document[BADGE] | note
    else:
        named = tour.endpoint.call("GET", f"{path}?attributes=members.value,members.display").body["members"]
        names = {member["value"]: member for member in named}
        document["members"] = [member | names[member["value"]] for member in document["members"]]
    return tour.reading.model(path.split("/")[1]).model_validate(document)


def every_verb(tour, path, query, whole):
    """GET, then writes that change nothing."""
    call = tour.endpoint.call
    document = whole.model_dump()
    patch = {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{"op": "replace", "path": "externalId", "value": document["externalId"]}],
    }
    for answer in (
        call("GET", f"{path}?{query}"),
        call("PUT", f"{path}?{query}", document),
        call("PATCH", f"{path}?{query}", patch),
    ):
        judge_shown(tour, answer, query, whole)


def judge_shown(tour, answer, query, whole):
    name, value = query.split("=", 1)
    parameters = ResponseParameters[type(whole)](**{name: value.split(",")})
    expected = whole.model_dump(
        scim_ctx=Context.RESOURCE_QUERY_RESPONSE,
        response_parameters=parameters,
        scim_provider=tour.reading.provider,
    )
    if BADGE in answer.body and "kind" in answer.body[BADGE]:
        # It is always returned. scim2-models takes it away with its extension, which it asks for by itself
        # only (scim2_models/base.py `_scim_response_serializer`); RFC 7643 section 7 knows no such case.
        expected.setdefault(BADGE, {})["kind"] = whole[f"{BADGE}:kind"]
    found = answer.body
    for each in (found, expected):
        # A write counts the version up: whether it is shown is what counts here.
        each["meta"] = {
            name: name if name in ("version", "lastModified") else value
            for name, value in each.get("meta", {}).items()
        }
    for difference in differences(comparable(expected), comparable(found), ""):
        tour.judge.refuse(answer.what, f"is not shown as scim2-models would show it: {difference}")


def lists(tour):
    """In lists as alone, by GET and by POST; and of what was just created."""
    call, judge = tour.endpoint.call, tour.judge
    for query in ASKED:
        name, value = query.split("=", 1)
        by_get = call("GET", f"/Users?{query}&startIndex=7&count=1")
        body = {"schemas": [SEARCH], name: value.split(","), "startIndex": 7, "count": 1}
        by_post = call("POST", "/Users/.search", body)
        alone = call("GET", f"/Users/{tour.users[6]}?{query}")
        judge.equal(by_get.body["Resources"], [alone.body], f"{by_get.what}: as alone")
        judge.equal(by_post.body["Resources"], [alone.body], f"{by_post.what}: as alone")
    for number, query in enumerate(("attributes=userName", "excludedAttributes=meta,emails")):
        made = call("POST", f"/Users?{query}", person(7000 + number), status=201)
        judge.equal("emails" in made.body or "meta" in made.body, False, f"{made.what}: what is shown")
        call("DELETE", f"/Users/{made.body['id']}", status=204)
