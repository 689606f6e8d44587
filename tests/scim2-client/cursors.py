"""Lists by cursor (RFC 9865): the pages together are everybody, once."""

import re
from urllib.parse import quote

from lists import SEARCH

UNRESERVED = re.compile(r"[A-Za-z0-9\-._~]+")


def tell(tour):
    everybody(tour)
    by_post(tour)
    while_people_come_and_go(tour)
    refusals(tour)


def walk(tour, path, count, between=lambda: None):
    """All pages of a list by GET; what `between` does happens after each."""
    found, cursor, pages = [], "", 0
    total = None
    while cursor is not None:
        joint = "&" if "?" in path else "?"
        page = tour.endpoint.call("GET", f"{path}{joint}cursor={cursor}&count={count}")
        judge_page(tour.judge, page, count)
        if total is None:
            total = page.body["totalResults"]
        found += page.ids
        cursor = page.body.get("nextCursor")
        pages += 1
        between()
    return found, total, pages


def judge_page(judge, page, count):
    frame = page.body
    judge.equal(frame["itemsPerPage"], len(frame["Resources"]), f"{page.what}: itemsPerPage")
    judge.holds(len(frame["Resources"]) <= count, page.what, "has more than count")
    judge.holds("startIndex" not in frame, page.what, "has a startIndex, and is by cursor")
    judge.holds("previousCursor" not in frame, page.what, "has a cursor back, which is not offered")
    if "nextCursor" in frame:
        judge.holds(
            UNRESERVED.fullmatch(frame["nextCursor"]), page.what, "nextCursor must be encoded (section 2)"
        )
        judge.equal(len(frame["Resources"]), count, f"{page.what}: a page that is not the last is full")


def everybody(tour):
    judge = tour.judge
    users, groups = tour.users, tour.groups
    for path, count, ids in (
        ("/Users", 60, users),
        ("/Users", 50, users),
        ("/Users", 249, users),
        ("/Users", 1000, users),
        ("/Groups", 5, groups),
        ("/Users?filter=" + quote('userName co "@"'), 70, users),
        ("/Users?filter=" + quote("active eq false"), 7, users[::5]),
        ("/Users?filter=" + quote('userName eq "nobody"'), 7, []),
        ("/Users?attributes=userName", 90, users),
    ):
        found, total, pages = walk(tour, path, count)
        judge.equal(found, ids, f"{path} by cursor, {count} each")
        judge.equal(total, len(ids), f"{path} by cursor: totalResults")
        judge.equal(pages, max(1, -(-len(ids) // count)), f"{path} by cursor: pages")
    for order in ("userName", "name.familyName", "title", "active", "meta.created"):
        for down in ("ascending", "descending"):
            path = f"/Users?sortBy={order}&sortOrder={down}"
            found, _, _ = walk(tour, path, 60)
            whole = tour.endpoint.call("GET", f"{path}&count=1000").ids
            judge.equal(found, whole, f"{path} by cursor is the order by index")


def by_post(tour):
    """RFC 9865 section 3, for one kind and for both."""
    both = tour.users + tour.groups
    # The last users may fill a page, leave room in it, or leave room for all groups.
    sizes = (len(tour.users) // 5, 60, 255, 70)
    for path, ids, count in (
        ("/Users", tour.users, 70),
        ("/Groups", tour.groups, 5),
        *(("", both, size) for size in sizes),
    ):
        found, body = [], {"schemas": [SEARCH], "count": count, "cursor": ""}
        while body["cursor"] is not None:
            page = tour.endpoint.call("POST", f"{path}/.search", body)
            judge_page(tour.judge, page, body["count"])
            tour.judge.equal(page.body["totalResults"], len(ids), f"{page.what}: totalResults")
            found += page.ids
            body = {**body, "cursor": page.body.get("nextCursor")}
        what = f"{path}/.search by cursor, {body['count']} each"
        tour.judge.equal(len(found), len(ids), f"{what}: how many")
        tour.judge.equal(found, ids, what)


def while_people_come_and_go(tour):
    """One who leaves takes nobody else's place, which is what cursors are for."""
    call = tour.endpoint.call
    made = []
    for number in range(6):
        body = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": f"passer-by {number}"}
        made.append(call("POST", "/Users", body, status=201).body["id"])

    def leave():
        if made:
            call("DELETE", f"/Users/{made.pop(0)}", status=204)

    found, _, _ = walk(tour, "/Users", 30, between=leave)
    stayed = [one for one in found if one in set(tour.users)]
    tour.judge.equal(stayed, tour.users, "/Users by cursor while others leave")
    tour.judge.equal(len(found), len(set(found)), "/Users by cursor while others leave: nobody twice")
    while made:
        leave()


def refusals(tour):
    """RFC 9865 section 2.1. A cursor belongs to its query."""
    call = tour.endpoint.call
    path = "/Users?count=10"
    good = call("GET", f"{path}&cursor").body["nextCursor"]
    call("GET", f"{path}&cursor={good}")
    for bad in ("x", good[:-1], good[1:], good + "A", "a" * 5000, "%20"):
        call("GET", f"{path}&cursor={bad}", status=400, error="invalidCursor")
    for other in (
        "/Users?count=10&filter=" + quote("userName pr"),
        "/Users?count=10&sortBy=userName",
        "/Groups?count=10",
    ):
        call("GET", f"{other}&cursor={good}", status=400, error="invalidCursor")
    search = {"schemas": [SEARCH], "count": 10}
    call("POST", "/.search", {**search, "cursor": good}, status=400, error="invalidCursor")
    call("POST", "/Users/.search", {**search, "cursor": 7}, status=400, error="invalidCursor")
    for count in ("x", "1.5"):
        call("GET", f"/Users?cursor&count={count}", status=400, error="invalidCount")
    call("POST", "/Users/.search", {**search, "cursor": "", "count": "10"}, status=400, error="invalidCount")
    # Section 2, table 1: 0 asks for the total, a negative value is 0.
    for count in (0, -1):
        for answer in (
            call("GET", f"/Users?cursor&count={count}"),
            call("POST", "/Users/.search", {**search, "cursor": "", "count": count}),
        ):
            if answer.status == 200:
                tour.judge.equal(
                    (answer.ids, answer.body["totalResults"]), ([], len(tour.users)), answer.what
                )
