"""Filters (RFC 7644 section 3.4.2.2): what the endpoint finds is what scim2-models finds among the same
resources."""

from urllib.parse import quote

from scim2_models import SCIMException, SearchRequest

from lists import SEARCH, everybody
from people import BADGE, ENTERPRISE, GROUP, USER

SIMPLE = ("eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le")
ORDERED = ("eq", "ne", "gt", "ge", "lt", "le")
USERS = [
    *(f'userName {op} "Dan.13@Tidal.example"' for op in SIMPLE),
    *(f'displayName {op} "eve"' for op in SIMPLE),
    *(f'externalId {op} "00u00013a"' for op in SIMPLE),
    *(f'title {op} "Engineer"' for op in SIMPLE),
    *(f'name.familyName {op} "ångström"' for op in SIMPLE),
    *(f'emails {op} "n7@home.example"' for op in SIMPLE),
    *(f'emails.type {op} "home"' for op in ("eq", "ne", "co")),
    *(f'{ENTERPRISE}:department {op} "Dept 3"' for op in SIMPLE),
    *(f"{BADGE}:number {op} 60" for op in ORDERED),
    *(f"{BADGE}:level {op} 7.5" for op in ORDERED),
    *(f'{BADGE}:until {op} "2026-07-03T08:00:00Z"' for op in ORDERED),
    *(f'{BADGE}:doors.opened {op} "2026-11-01T01:00:00+01:00"' for op in ORDERED),
    *(f'{BADGE}:colour {op} "Red"' for op in SIMPLE),
    *(f'{BADGE}:picture {op} "https://tidal.example/6.png"' for op in ("eq", "ne", "co", "sw", "ew")),
    *(f'{BADGE}:ranks {op} "first"' for op in SIMPLE),
    *(f"active {op} {word}" for op in ("eq", "ne") for word in ("true", "false")),
    *(f"{BADGE}:valid {op} true" for op in ("eq", "ne")),
    *(f'meta.created {op} "2011-05-13T04:42:34Z"' for op in ORDERED),
    *(f'meta.lastModified {op} "2999-05-13T04:42:34.5+05:30"' for op in ORDERED),
    *(
        f"{name} pr"
        for name in (
            "userName",
            "id",
            "meta",
            "meta.version",
            "title",
            "name",
            "name.middleName",
            "emails",
            "phoneNumbers.value",
            "photos",
            "active",
            "groups",
            "schemas",
            f"{BADGE}:number",
            f"{BADGE}:doors",
            f"{BADGE}:ranks",
            f"{ENTERPRISE}:manager",
        )
    ),
    'USERNAME Eq "dan.13@tidal.example"',
    f'{USER}:userName sw "d"',
    f'{USER}:name.givenName eq "dan"',
    f'{USER.upper()}:USERNAME sw "D"',
    'name.familyName co "O\'Hara"',
    'name.givenName eq "JOSÉ"',
    'name.givenName eq "élodie"',
    "title eq null",
    "title ne null",
    "not (title pr)",
    "title pr and active eq true",
    "title pr or phoneNumbers pr and active eq false",
    "(title pr or phoneNumbers pr) and active eq false",
    'title pr and not (emails co "home.example")',
    "not (not (title pr))",
    'emails[type eq "home"]',
    'emails[type eq "home" and value sw "n1"]',
    'emails[type eq "home" and value ew "@tidal.example"]',
    'emails[not (type eq "home")]',
    'emails[type eq "work" and value co "@tidal.example"] or phoneNumbers[type eq "mobile"]',
    'emails.type eq "home" and emails.value sw "n1"',
    "emails[primary eq true]",
    "emails[primary ne true]",
    "emails[primary eq false]",
    f'{BADGE}:doors[value eq "SOUTH" and primary eq true]',
    f"{BADGE}:doors[times gt 100]",
    f'{BADGE}:doors[type eq "in" and times le 60] and active eq true',
    f'schemas eq "{BADGE}"',
    f'schemas eq "{ENTERPRISE}"',
    f'not (schemas eq "{BADGE}")',
    'meta.resourceType eq "User"',
    'meta.resourceType eq "Group"',
    'meta.version eq "W/\\"1\\""',
    'userName eq "nobody \\"quoted\\" \\u00e9"',
    'groups.display sw "Team 05"',
]
GROUPS = [
    *(f'displayName {op} "team 05 b"' for op in SIMPLE),
    *(f'externalId {op} "00g005"' for op in SIMPLE),
    "members pr",
    "not (members pr)",
    f'{GROUP}:displayName ew "ä"',
    'members.type eq "User"',
    f"{BADGE}:number pr",
]
# What is wrong is refused, and with this word.
WRONG = [
    "userName",
    "userName eq",
    'userName zz "a"',
    'userName eq "a',
    "userName eq a",
    '(userName eq "a"',
    'userName eq "a")',
    'userName eq "a" and',
    'and userName eq "a"',
    'not userName eq "a"',
    'emails[type eq "work"',
    'emails[type eq "work"].nothing eq "a"',
    'emails[emails[type eq "a"]]',
    'nothing eq "a"',
    "name.nothing pr",
    "active gt true",
    "active co true",
    f"{BADGE}:valid lt true",
    f'{BADGE}:print gt "AAAA"',
    "userName eq 1",
    f'{BADGE}:until gt "tomorrow"',
    f'{BADGE}:number eq "six"',
]


def tell(tour):
    for path, texts in (("/Users", USERS), ("/Groups", GROUPS)):
        resources = everybody(tour, path)
        for text in [*texts, *by_id(resources, path)]:
            same(tour, path, text, resources)
    for text in WRONG:
        tour.endpoint.call("GET", f"/Users?filter={quote(text)}", status=400, error="invalidFilter")
        body = {"schemas": [SEARCH], "filter": text}
        tour.endpoint.call("POST", "/Users/.search", body, status=400, error="invalidFilter")


def by_id(resources, path):
    """Filters by what only the endpoint gives out."""
    one = resources[7]
    yield f'id eq "{one.id}"'
    yield f'id ne "{one.id}"'
    yield f'id eq "{one.id.upper()}"'
    yield f'id gt "{one.id}"'
    yield f'meta.location eq "{one.meta.location}"'
    yield f'meta.created ge "{one.meta.created.isoformat()}"'
    if path == "/Groups":
        member = one["members"][0]
        yield f'members eq "{member.value}"'
        yield f'members.value eq "{member.value}"'
        yield f'members[value eq "{member.value}"]'
        yield f'members[value eq "{member.value.upper()}"]'
        # Not `members.$ref`: ATTRNAME of RFC 7644 section 3.4.2.2 begins with a letter; scim2_models takes
        # it all the same (path/grammar.py).
        yield f'displayName sw "team" and members[value eq "{member.value}"] and id eq "{one.id}"'
    else:
        group = next(user for user in resources if user["groups"])["groups"][0]
        yield f'groups.value eq "{group.value}"'
        yield f'groups eq "{group.value}"'
        yield f'groups[value eq "{group.value}" and type eq "direct"]'
        yield f'not (groups[value eq "{group.value}"])'


def same(tour, path, text, resources):
    model = tour.reading.model(path.strip("/"))
    what = f"filter on {path}: {text}"
    try:
        condition = SearchRequest[model](filter=text).filter
        expected = [one.id for one in resources if condition.match(one)]
    except (SCIMException, ValueError) as error:
        tour.judge.refuse(what, f"scim2-models does not take it: {error}")
        return
    answer = tour.endpoint.call("GET", f"{path}?count=1000&filter={quote(text)}")
    if answer.status == 200:
        said = f"finds {len(answer.ids)}, scim2-models {len(expected)}"
        tour.judge.holds(answer.ids == expected, what, said)
        tour.judge.equal(answer.body["totalResults"], len(expected), f"{what}: totalResults")
