"""Answers as scim2-models reads them: by the models that the endpoint's own documents describe, in
the context of what was asked, and without losing anything on the way."""

import re
from datetime import datetime

from pydantic import ValidationError
from scim2_models import (
    BulkResponse,
    Context,
    Error,
    ListResponse,
    Resource,
    ResourceType,
    Schema,
    ServiceProviderConfig,
)

DISCOVERY = {"ServiceProviderConfig": ServiceProviderConfig, "Schemas": Schema, "ResourceTypes": ResourceType}
OF_ONE = {
    "GET": Context.RESOURCE_QUERY_RESPONSE,
    "POST": Context.RESOURCE_CREATION_RESPONSE,
    "PUT": Context.RESOURCE_REPLACEMENT_RESPONSE,
    "PATCH": Context.RESOURCE_PATCH_RESPONSE,
}
DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


class Reading:
    """What an answer must be, and whether it is."""

    def __init__(self, judge):
        self.judge = judge
        # What the endpoint says of itself; discovery documents are read without it.
        self.provider = None

    def expected(self, method, path):
        """The model that an answer must fit, its context, and what it is called."""
        match path.split("?", 1)[0].strip("/").split("/"):
            case ["ServiceProviderConfig"]:
                return ServiceProviderConfig, OF_ONE[method], "discovery"
            case [("Schemas" | "ResourceTypes") as name]:
                return ListResponse[DISCOVERY[name]], OF_ONE[method], "discovery"
            case [("Schemas" | "ResourceTypes") as name, _]:
                return DISCOVERY[name], OF_ONE[method], "discovery"
            case ["Bulk"]:
                return BulkResponse[self.both()], Context.BULK_RESPONSE, "bulk"
            case [".search"]:
                return ListResponse[self.both()], Context.SEARCH_RESPONSE, "list"
            case [name, ".search"]:
                return ListResponse[self.model(name)], Context.SEARCH_RESPONSE, "list"
            case [name] if method == "GET":
                return ListResponse[self.model(name)], Context.RESOURCE_QUERY_RESPONSE, "list"
            case [name, *_]:
                return self.model(name), OF_ONE[method], name.rstrip("s").lower()

    def model(self, endpoint):
        return self.provider.model_for_endpoint(f"/{endpoint}")

    def both(self):
        return self.model("Users") | self.model("Groups")

    def error(self, what, status, body):
        """RFC 7644 section 3.12: the status is a string, and there is a word for a human."""
        try:
            error = Error.model_validate(body, scim_ctx=Context.DEFAULT)
        except ValidationError as refusal:
            return self.judge.refuse(what, f"no SCIM error: {brief(refusal)}")
        self.judge.equal(body.get("schemas"), [str(Error.__schema__)], f"{what}: schemas of the error")
        self.judge.equal(body.get("status"), str(status), f"{what}: status in the body")
        self.judge.holds(error.detail, what, "the error has no detail")
        self.lossless(what, error, body)
        self.judge.accept("error")
        return error

    def success(self, what, method, path, body):
        model, context, kind = self.expected(method, path)
        try:
            read = model.model_validate(body, scim_ctx=context, scim_provider=self.provider)
        except ValidationError as refusal:
            return self.judge.refuse(what, f"does not fit: {brief(refusal)}")
        self.lossless(what, read, body)
        resources = read.resources or [] if isinstance(read, ListResponse) else [read]
        documents = body.get("Resources", []) if isinstance(read, ListResponse) else [body]
        for resource, document in zip(resources, documents, strict=True):
            # Of a list, the first that is wrong speaks for all.
            if isinstance(resource, Resource) and not self.schemas(what, resource, document):
                break
        self.judge.accept(kind)
        return read

    def schemas(self, what, resource, document):
        """RFC 7643 section 3: `schemas` names the core schema and the extensions that are present."""
        present = {str(type(resource).__schema__)} | {key for key in document if ":" in key}
        named = set(document.get("schemas", []))
        details = f"{what} (too many: {sorted(named - present)}, too few: {sorted(present - named)})"
        return self.judge.holds(
            named == present, details, "`schemas` does not name what is there (RFC 7643 section 3)"
        )

    def lossless(self, what, read, body):
        """Written again, it says the same: no number came as a string, nothing was dropped."""
        written = read.model_dump(scim_ctx=Context.DEFAULT, scim_provider=self.provider)
        for difference in differences(comparable(body), comparable(written), ""):
            self.judge.refuse(what, f"is not read as it was written: {difference}")
        self.judge.holds(not has_null(body), what, "has a null")


def brief(refusal):
    """What pydantic says, each thing once, wherever it stands."""
    places = (
        (".".join(part for part in error["loc"] if isinstance(part, str) and "[" not in part), error["msg"])
        for error in refusal.errors()
    )
    return "; ".join(sorted({f"{place}: {said}" for place, said in places}))


def comparable(value):
    """JSON in which two spellings of one thing are equal."""
    match value:
        case dict():
            items = {key: comparable(item) for key, item in value.items()}
            # RFC 7643 section 2.5: unassigned, null and empty are one.
            return {key: item for key, item in items.items() if item not in (None, [], {})}
        case list():
            return [comparable(item) for item in value]
        case str() if DATE_TIME.fullmatch(value):
            return datetime.fromisoformat(value)
    return value


def differences(one, other, place):
    """Where two values differ; true is not 1. The models fill in what a schema leaves unsaid."""
    if isinstance(one, dict) and isinstance(other, dict):
        unsaid = other.keys() - one.keys() if "multiValued" in one else set()
        # What `schemas` must name is a check of its own, and it has no order.
        for key in sorted((one.keys() | other.keys()) - unsaid - {"schemas"}):
            yield from differences(one.get(key), other.get(key), f"{place}/{key}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for number, (left, right) in enumerate(zip(one, other, strict=True)):
            yield from differences(left, right, f"{place}/{number}")
    elif type(one) is not type(other) or one != other:
        yield f"{place}: {one!r} became {other!r}"


def has_null(value):
    match value:
        case dict():
            return any(map(has_null, value.values()))
        case list():
            return any(map(has_null, value))
    return value is None
