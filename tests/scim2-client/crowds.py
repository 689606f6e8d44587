"""Large groups. More than 256 members are not shown unasked after a write (host/decisions/0005); more than
4,000 are sent while they are read, by code of their own."""

from bulks import REQUEST, post, user
from lists import SEARCH
from patches import patch
from people import group

PEOPLE = 4_000


def tell(tour):
    made(tour, 8100, tour.users)
    made(tour, 8200, tour.users + hired(tour))


def hired(tour):
    """People by the thousand, which is what one bulk request takes."""
    ids = []
    for first in range(0, PEOPLE, 1_000):
        operations = [post("Users", str(n), user(f"hired {n}")) for n in range(first, first + 1_000)]
        answer = tour.endpoint.call("POST", "/Bulk", {"schemas": [REQUEST], "Operations": operations})
        ids += [entry["location"].rsplit("/", 1)[1] for entry in answer.body["Operations"]]
    return ids


def made(tour, number, people):
    call = tour.endpoint.call
    path = f"/Groups/{call('POST', '/Groups', group(number, people), status=201).body['id']}"
    shown(tour, path, people)
    written(tour, path)
    call("DELETE", path, status=204)


def shown(tour, path, people):
    """All members to who asks for them, alone and in lists; none to who does not."""
    call, judge = tour.endpoint.call, tour.judge
    everybody = sorted(people)

    def judge_members(what, found):
        judge.equal(len(found["members"]), len(everybody), f"{what}: how many members")
        judge.equal(sorted(member["value"] for member in found["members"]), everybody, f"{what}: members")

    whole = call("GET", path)
    judge_members(whole.what, whole.body)
    for query in (
        "attributes=members",
        "attributes=members.value,displayName",
        "excludedAttributes=members.$ref",
    ):
        answer = call("GET", f"{path}?{query}")
        judge_members(answer.what, answer.body)
    named = call("GET", f"{path}?attributes=members.display").body["members"]
    judge.holds(all(member.get("display") for member in named), path, "a member has no display")
    without = call("GET", f"{path}?excludedAttributes=members").body
    judge.holds("members" not in without, path, "has members, which were excluded")
    call("GET", path, headers={"If-None-Match": whole.headers["etag"]}, status=304)
    head = tour.endpoint.request("HEAD", path)
    judge.equal((head.status_code, head.content), (200, b""), f"HEAD {path}")
    for answer in (
        call("GET", "/Groups?count=1000"),
        call("POST", "/Groups/.search", {"schemas": [SEARCH], "count": 1000}),
        call("POST", "/.search", {"schemas": [SEARCH], "count": 100, "filter": "members pr"}),
        call("GET", "/Groups?count=1000&sortBy=displayName&cursor"),
    ):
        of_list = next(one for one in answer.body["Resources"] if path.endswith(one["id"]))
        judge.equal(of_list, whole.body, f"{answer.what}: as alone")


def written(tour, path):
    call, judge = tour.endpoint.call, tour.judge
    change = patch([{"op": "replace", "path": "externalId", "value": path}])
    quiet = call("PATCH", path, change, status=204)
    judge.holds("etag" in quiet.headers, quiet.what, "has no ETag (RFC 7644 section 3.14)")
    judge.equal(
        call("PATCH", f"{path}?excludedAttributes=members", change).body["externalId"], path, quiet.what
    )
    # RFC 7644 section 3.5.2: 200 where `attributes` is specified.
    for names in ("displayName", "members", "displayName,members.value"):
        call("PATCH", f"{path}?attributes={names}", change)
    some = tour.users[:1]
    judge.equal(
        [one["value"] for one in call("PUT", path, group(8300, some)).body["members"]], some, f"PUT {path}"
    )
