"""Bulk (RFC 7644 section 3.7), its references, its limits and its errors."""

from scim2_models import Error

from patches import patch
from people import ENTERPRISE, GROUP, USER

REQUEST = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"


def tell(tour):
    each_method(tour)
    references(tour)
    circle(tour)
    errors(tour)
    limits(tour)


def post(kind, name, data):
    return {"method": "POST", "path": f"/{kind}", "bulkId": name, "data": data}


def user(name, **more):
    return {"schemas": [USER], "userName": f"bulk {name}", **more}


def team(name, *members):
    return {"schemas": [GROUP], "displayName": f"bulk {name}", "members": [{"value": one} for one in members]}


def managed(name, manager):
    return user(name, **{"schemas": [USER, ENTERPRISE], ENTERPRISE: {"manager": {"value": manager}}})


class Bulk:
    """A bulk request, and what became of its operations."""

    def __init__(self, tour, operations, expected, **more):
        self.tour = tour
        body = {"schemas": [REQUEST], "Operations": operations, **more}
        self.answer = tour.endpoint.call("POST", "/Bulk", body)
        self.entries = self.answer.body["Operations"]
        statuses = [entry["status"] for entry in self.entries]
        if tour.judge.equal(statuses, [str(status) for status in expected], self.answer.what):
            for operation, entry in zip(operations, self.entries, strict=False):
                self.check(operation, entry)

    def check(self, operation, entry):
        """RFC 7644 section 3.7: method, bulkId and status always; a location but for a POST that
        failed; a version where there is one; the error of what failed."""
        judge, what = self.tour.judge, f"{self.answer.what}: {entry}"
        judge.equal(entry["method"], operation["method"], f"{what}: method")
        judge.equal(entry.get("bulkId"), operation.get("bulkId"), f"{what}: bulkId")
        if entry["status"].startswith("2"):
            judge.holds("response" not in entry, what, "has a response, and succeeded")
            judge.holds(operation["method"] == "DELETE" or "version" in entry, what, "has no version")
        else:
            error = Error.model_validate(entry["response"])
            judge.equal(str(error.status), entry["status"], f"{what}: status of the response")
            judge.holds(error.detail, what, "the error has no detail")

    def id(self, number):
        return self.entries[number]["location"].rsplit("/", 1)[1]

    def delete(self, *paths):
        operations = [{"method": "DELETE", "path": path} for path in paths]
        Bulk(self.tour, operations, [204] * len(paths))


def each_method(tour):
    made = Bulk(
        tour, [post("Users", "a", user("a")), post("Groups", "b", team("b", tour.users[0]))], [201, 201]
    )
    one, group = f"/Users/{made.id(0)}", f"/Groups/{made.id(1)}"
    version = tour.endpoint.call("GET", one).headers["etag"]
    change = patch([{"op": "replace", "path": "displayName", "value": "changed"}])
    Bulk(
        tour,
        [
            {"method": "PATCH", "path": one, "data": change, "version": version},
            {"method": "PATCH", "path": one, "data": change, "version": version, "bulkId": "again"},
            {"method": "PUT", "path": group, "data": team("renamed")},
            {"method": "PUT", "path": "/Users/nobody", "data": user("nobody")},
            {"method": "DELETE", "path": "/Groups/nobody"},
            {"method": "DELETE", "path": one},
            {"method": "DELETE", "path": group},
        ],
        [200, 412, 200, 404, 404, 204, 204],
    )


def references(tour):
    """Forward, back, in paths and in values."""
    made = Bulk(
        tour,
        [
            post("Groups", "crew", team("crew", "bulkId:x", "bulkId:y")),
            post("Users", "x", user("x")),
            post("Users", "y", managed("y", "bulkId:x")),
            {
                "method": "PATCH",
                "path": "/Groups/bulkId:crew",
                "data": patch([{"op": "add", "path": "members", "value": [{"value": tour.users[0]}]}]),
            },
        ],
        [201, 201, 201, 200],
    )
    crew = tour.endpoint.call("GET", f"/Groups/{made.id(0)}")
    members = sorted(member["value"] for member in crew.body["members"])
    tour.judge.equal(members, sorted([made.id(1), made.id(2), tour.users[0]]), f"{crew.what}: members")
    manager = tour.endpoint.call("GET", f"/Users/{made.id(2)}").body[ENTERPRISE]["manager"]["value"]
    tour.judge.equal(manager, made.id(1), "bulk: the manager that the request made")
    made.delete(f"/Groups/{made.id(0)}", f"/Users/{made.id(1)}", f"/Users/{made.id(2)}")


def circle(tour):
    """RFC 7644 section 3.7.1: each is the other's manager."""
    operations = [post("Users", "p", managed("p", "bulkId:q")), post("Users", "q", managed("q", "bulkId:p"))]
    made = Bulk(tour, operations, [201, 201])
    for one, other in ((0, 1), (1, 0)):
        manager = tour.endpoint.call("GET", f"/Users/{made.id(one)}").body[ENTERPRISE]["manager"]["value"]
        tour.judge.equal(manager, made.id(other), "bulk: a circle of managers")
    made.delete(f"/Users/{made.id(0)}", f"/Users/{made.id(1)}")


def errors(tour):
    """One that fails leaves the others alone, until there are too many (section 3.7.3)."""
    taken = post("Users", "taken", user("taken"))
    made = Bulk(
        tour,
        [
            taken,
            {**taken, "bulkId": "twin"},
            post("Users", "empty", {"schemas": [USER]}),
            post("Groups", "lost", team("lost", "bulkId:nobody")),
            post("Groups", "after", team("after", "bulkId:twin")),
            {"method": "POST", "path": "/Things", "bulkId": "thing", "data": {}},
        ],
        [201, 409, 400, 400, 409, 400],
    )
    # What is no operation at all has an error too. Its answer repeats it, so it is beyond the models.
    for operation in (
        {"method": "GET", "path": "/Users"},
        {"method": "POST", "path": "/Users", "data": user("unnamed")},
        {},
    ):
        answer = tour.endpoint.request(
            "POST", "/Bulk", {"schemas": [REQUEST], "Operations": [operation]}
        ).json()
        tour.judge.equal(answer["Operations"][0]["status"], "400", f"bulk: {operation}: status")
    some = [{"method": "DELETE", "path": f"/Users/nobody{number}"} for number in range(5)]
    for most, answered in ((1, 1), (2, 2), (5, 5), (9, 5)):
        Bulk(tour, some, [404] * answered, failOnErrors=most)
    made.delete(f"/Users/{made.id(0)}")


def limits(tour):
    """Sections 3.7.3 and 3.7.4, as the service's own configuration says them."""
    call = tour.endpoint.call
    bulk = tour.reading.provider.config.bulk
    delete = {"method": "DELETE", "path": "/Users/nobody"}
    Bulk(tour, [delete] * bulk.max_operations, [404] * bulk.max_operations)
    body = {"schemas": [REQUEST], "Operations": [delete] * (bulk.max_operations + 1)}
    call("POST", "/Bulk", body, status=413)
    padded = user("large", displayName="x" * bulk.max_payload_size)
    call("POST", "/Bulk", {"schemas": [REQUEST], "Operations": [post("Users", "l", padded)]}, status=413)
    for body in (
        {},
        {"schemas": [REQUEST]},
        {"schemas": [REQUEST], "Operations": []},
        {"Operations": [delete]},
    ):
        call("POST", "/Bulk", body, status=400, error="invalidSyntax")
    wrong = {"schemas": [REQUEST], "Operations": [delete], "failOnErrors": 0}
    call("POST", "/Bulk", wrong, status=400, error="invalidValue")
