"""What the endpoint says of itself, live and in the golden documents of host/scim."""

import json
from pathlib import Path

from scim2_models import EnterpriseUser, Group, ScimProvider, User

GOLDEN = Path(__file__).parents[2] / "host/scim/tests/snapshots"
KEYS = (
    "type",
    "multiValued",
    "required",
    "caseExact",
    "mutability",
    "returned",
    "uniqueness",
    "referenceTypes",
)
# Where our documents differ from scim2-models on purpose, with the reason.
OURS = {
    "host/decisions/0005: every user has it, and a PATCH cannot remove it": {("User", "active", "required")},
    "definitions.rs: taken and forgotten, so not announced": {("User", "password", None)},
    "definitions.rs: two groups of one name would be one directory group": {
        ("Group", "displayName", "uniqueness")
    },
    "definitions.rs: nested groups are refused": {("Group", "members.$ref", "referenceTypes")},
    "host/decisions/0005: the server's, and on request only": {
        ("Group", "members.display", "mutability"),
        ("Group", "members.display", "returned"),
    },
    "definitions.rs: Okta maps it and expects to find it again": {
        ("EnterpriseUser", "manager.displayName", "mutability"),
    },
    "RFC 7643 section 8.7.1 says false, its prose REQUIRED; Okta sends a manager without $ref": {
        ("EnterpriseUser", "manager.value", "required"),
        ("EnterpriseUser", "manager.$ref", "required"),
    },
    "RFC 7643 section 8.7.1 says so; sections 2.3.6, 2.3.7 and 4.1.2 say otherwise": {
        ("User", "groups.$ref", "caseExact"),
        ("User", "groups.$ref", "referenceTypes"),
        ("User", "photos.value", "caseExact"),
        ("User", "profileUrl", "caseExact"),
        ("User", "x509Certificates.value", "caseExact"),
        ("Group", "members.$ref", "caseExact"),
        ("EnterpriseUser", "manager.$ref", "caseExact"),
    },
}


def tell(tour):
    call, judge = tour.endpoint.call, tour.judge
    config = call("GET", "/ServiceProviderConfig")
    schemas = call("GET", "/Schemas")
    types = call("GET", "/ResourceTypes")
    tour.reading.provider = ScimProvider.from_discovery(
        schemas.read.resources, types.read.resources, config.read
    )
    for answer, path in ((schemas, "/Schemas"), (types, "/ResourceTypes")):
        judge.equal(answer.body["totalResults"], len(answer.read.resources), f"{path}: totalResults")
        for document in answer.body["Resources"]:
            one = call("GET", f"{path}/{document['id']}")
            judge.equal(one.body, document, f"{path}/{document['id']} is the one of the list")
            located(tour, one.body)
            refuse_writes(tour, f"{path}/{document['id']}")
        refuse_writes(tour, path)
        call("GET", f"{path}/none", status=404)
        call("GET", f"{path}?filter=id%20pr", status=403)
    located(tour, config.body)
    refuse_writes(tour, "/ServiceProviderConfig")
    call("GET", "/ServiceProviderConfig?filter=patch.supported%20eq%20true", status=403)
    capabilities(judge, config.read)
    agreement(judge, "/Schemas", schemas.read.resources)
    golden(tour)


def located(tour, document):
    """RFC 7643 section 3.1: the location leads back to the document."""
    place = document["meta"]["location"]
    tour.judge.holds(place.startswith(tour.endpoint.base_url + "/"), place, "is not below the base URL")
    again = tour.endpoint.call("GET", place.removeprefix(tour.endpoint.base_url))
    tour.judge.equal(again.body, document, f"{place}: what it leads to")


def refuse_writes(tour, path):
    """RFC 7644 section 4: discovery documents are read-only."""
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        answer = tour.endpoint.call(method, path, {} if method != "DELETE" else None, status=405)
        tour.judge.holds("GET" in answer.headers.get("allow", ""), answer.what, "405 whose Allow has no GET")


def capabilities(judge, config):
    """All that is said to be there is toured elsewhere; here, that it is said."""
    for name in ("patch", "bulk", "filter", "sort", "etag"):
        judge.holds(getattr(config, name).supported, "/ServiceProviderConfig", f"{name} is not supported")
    judge.holds(config.pagination.cursor and config.pagination.index, "/ServiceProviderConfig", "pagination")
    schemes = [(scheme.type.value, bool(scheme.primary)) for scheme in config.authentication_schemes]
    expected = [("oauthbearertoken", True), ("oauth2", False), ("httpbasic", False)]
    judge.equal(schemes, expected, "/ServiceProviderConfig: authenticationSchemes")


def golden(tour):
    """The golden documents are read like live ones, and say the same of the same attributes."""
    paths = {
        "schemas": "/Schemas",
        "resource_types": "/ResourceTypes",
        "service_provider_config": "/ServiceProviderConfig",
    }
    for name, path in paths.items():
        text = (GOLDEN / f"documents__{name}.snap").read_text(encoding="utf-8")
        document = json.loads(text.split("---\n", 2)[2])
        read = tour.reading.success(f"golden document {name}", "GET", path, document)
        if name == "schemas" and read:
            agreement(tour.judge, "golden document schemas", read.resources)


def agreement(judge, what, schemas):
    """Our definitions and those of scim2-models (RFC 7643 sections 4.1 to 4.3), attribute by attribute."""
    ours = {schema.id: schema for schema in schemas}
    on_purpose = set().union(*OURS.values())
    for model in (User, Group, EnterpriseUser):
        theirs = model.to_schema()
        found, expected = characteristics(ours[theirs.id].attributes), characteristics(theirs.attributes)
        differing = {
            (theirs.name, name, None)
            if name not in found or name not in expected
            else (theirs.name, name, key)
            for name in found.keys() | expected.keys()
            for key in KEYS
            if found.get(name, {}).get(key) != expected.get(name, {}).get(key)
        }
        for place in sorted(differing - on_purpose, key=str):
            judge.refuse(
                what, f"{place} is not as scim2-models has it; None: only one of us has the attribute"
            )


def characteristics(attributes, prefix=""):
    """Name by name, what clients act upon."""
    found = {}
    for attribute in attributes:
        said = attribute.model_dump()
        found[prefix + attribute.name] = {key: said.get(key) for key in KEYS}
        found |= characteristics(attribute.sub_attributes or [], f"{prefix}{attribute.name}.")
    return found
