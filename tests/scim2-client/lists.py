"""Lists by startIndex and count (RFC 7644 section 3.4.2.4), searches by POST, and the order of lists."""

from itertools import pairwise
from urllib.parse import quote

from scim2_models import SearchRequest

from people import BADGE, ENTERPRISE, USER

SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"
# Simple, complex, multi-valued, of each type, ours and the registered ones.
ORDERS = [
    "userName",
    "USERNAME",
    "displayName",
    "externalId",
    "title",
    "active",
    "name.familyName",
    "name.givenName",
    "emails",
    "emails.value",
    "phoneNumbers.value",
    f"{USER}:userName",
    f"{ENTERPRISE}:employeeNumber",
    f"{BADGE}:number",
    f"{BADGE}:level",
    f"{BADGE}:valid",
    f"{BADGE}:until",
    f"{BADGE}:colour",
    f"{BADGE}:picture",
    f"{BADGE}:doors.value",
    "id",
    "meta.created",
    "meta.lastModified",
    "meta.resourceType",
    "meta.location",
]


def tell(tour):
    pages(tour)
    searches(tour)
    orders(tour)


def everybody(tour, path="/Users"):
    """All resources of a list, by startIndex, as scim2-models reads them."""
    found, total = [], None
    while total is None or len(found) < total:
        page = tour.endpoint.call("GET", f"{path}?startIndex={len(found) + 1}&count=100")
        total = page.body["totalResults"]
        if not page.body["Resources"]:
            break
        found += page.read.resources
    return found


def pages(tour):
    call, judge = tour.endpoint.call, tour.judge
    for path, ids in (("/Users", tour.users), ("/Groups", tour.groups)):
        total = len(ids)
        judge.equal([one.id for one in everybody(tour, path)], ids, f"{path}: the pages together")
        # What is asked for; which part comes, and the startIndex that the answer says.
        for query, part, start in (
            ("", ids[:100], 1),
            ("count=0", [], 1),
            ("count=-7", [], 1),
            ("startIndex=0&count=2", ids[:2], 1),
            ("startIndex=-3&count=2", ids[:2], 1),
            ("startIndex=3&count=2", ids[2:4], 3),
            (f"startIndex={total}&count=10", ids[-1:], total),
            (f"startIndex={total + 1}&count=10", [], total + 1),
            (f"startIndex={10**30}&count=1", [], None),
            (f"count={10**30}", ids, 1),
            ("STARTINDEX=2&COUNT=1", ids[1:2], 2),
            ("aadOptscim062020&count=1", ids[:1], 1),
        ):
            answer = call("GET", f"{path}?{query}")
            frame = answer.body
            judge.equal(answer.ids, part, f"{answer.what}: Resources")
            judge.equal((frame["totalResults"], frame["itemsPerPage"]), (total, len(part)), answer.what)
            if start is not None:
                judge.equal(frame["startIndex"], start, f"{answer.what}: startIndex")
            for resource in frame["Resources"]:
                tour.endpoint.complete(answer.what, resource)
        for query in ("count=x", "startIndex=x", "count=1.5", "startIndex=%FF"):
            call("GET", f"{path}?{query}", status=400, error="invalidValue")


def searches(tour):
    """RFC 7644 section 3.4.3: the same by POST, for one kind and for both."""
    call, judge = tour.endpoint.call, tour.judge
    for path, ids in (
        ("/Users", tour.users),
        ("/Groups", tour.groups),
        ("", tour.users + tour.groups),
    ):
        for body, part in (
            ({}, ids[:100]),
            ({"count": 0}, []),
            ({"count": -1}, []),
            ({"startIndex": 3, "count": 4}, ids[2:6]),
            ({"startIndex": len(ids) - 1, "count": 10}, ids[-2:]),
            ({"startIndex": len(ids) + 5}, []),
            ({"count": 1000}, ids),
        ):
            answer = call("POST", f"{path}/.search", {"schemas": [SEARCH], **body})
            judge.equal(answer.ids, part, f"{answer.what}: Resources")
            judge.equal(answer.body["totalResults"], len(ids), f"{answer.what}: totalResults")
        shown = call(
            "POST", f"{path}/.search", {"schemas": [SEARCH], "attributes": ["meta.location"], "count": 2}
        )
        for resource in shown.body["Resources"]:
            # And what is always returned.
            judge.equal(sorted(resource.keys() - {BADGE}), ["id", "meta", "schemas"], shown.what)
        call("POST", f"{path}/.search", {"schemas": ["urn:none"]}, status=400, error="invalidSyntax")
        call(
            "POST",
            f"{path}/.search",
            {"schemas": [SEARCH], "filter": "id zz 1"},
            status=400,
            error="invalidFilter",
        )
        call("POST", f"{path}/.search", content="{", status=400, error="invalidSyntax")
    # RFC 7644 section 3.4.2.1: what one kind does not have, it has no value of.
    for text, ids in (
        ("members pr or userName pr", tour.users + tour.groups[1:]),
        ("not (members pr)", tour.users + tour.groups[:1]),
        ("not (userName pr)", tour.groups),
        ('meta.resourceType eq "Group"', tour.groups),
        ('(meta.resourceType eq "User") or (meta.resourceType eq "Group")', tour.users + tour.groups),
        ('displayName sw "Team" and not (active eq true)', tour.groups),
    ):
        answer = call("POST", "/.search", {"schemas": [SEARCH], "filter": text, "count": 1000})
        if answer.status == 200:
            judge.equal(sorted(answer.ids), sorted(ids), answer.what)


def orders(tour):
    """RFC 7644 section 3.4.2.3: in the order in which scim2-models puts the same resources."""
    call, judge = tour.endpoint.call, tour.judge
    people = everybody(tour)
    for by in ORDERS:
        for order in ("ascending", "descending"):
            answer = call("GET", f"/Users?sortBy={quote(by)}&sortOrder={order}&count=1000")
            request = SearchRequest(sort_by=by, sort_order=order)
            same_order(judge, answer, people, request)
    for by in ("nothing", "name.nothing", "urn:none:x", 'emails[type eq "work"]'):
        call("GET", f"/Users?sortBy={quote(by)}", status=400)
    # Over both kinds it is one order, not one after the other.
    both = people + everybody(tour, "/Groups")
    for by in ("displayName", "externalId", "userName", "name.familyName", "meta.created"):
        body = {"schemas": [SEARCH], "sortBy": by, "count": 1000}
        answer = call("POST", "/.search", body)
        if answer.status == 200:
            same_order(judge, answer, both, SearchRequest(sort_by=by))


def same_order(judge, answer, resources, request):
    """Equals may stand in any order: what counts is that no key is before a smaller one."""
    judge.equal(sorted(answer.ids), sorted(one.id for one in resources), f"{answer.what}: everybody")
    ranks, previous = {}, None
    for rank, resource in enumerate(request.sort(resources)):
        key = request.sort_value(resource)
        same = previous is not None and key == previous[0]
        previous = (key, previous[1] if same else rank)
        ranks[resource.id] = previous
    for one, other in pairwise(answer.ids):
        if ranks[one][1] > ranks[other][1]:
            judge.refuse(answer.what, f"{ranks[one][0]!r} stands before {ranks[other][0]!r}")
            break
