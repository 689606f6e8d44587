"""scim2-client at the wheel: it discovers, writes and reads as an application would use it, and checks
every request and every answer on the way."""

import httpx2
from scim2_client import Me, SCIMClientException
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_models import (
    BulkOperation,
    BulkRequest,
    Error,
    PatchOp,
    PatchOperation,
    ResourceType,
    Schema,
    SCIMException,
    SearchRequest,
    ServiceProviderConfig,
)

from judge import told
from people import BADGE, ENTERPRISE, group, person


def tell(tour):
    headers = tour.endpoint.authorization
    with httpx2.Client(base_url=tour.server.base_url, headers=headers, timeout=60) as http:
        wheel = Wheel(tour, SyncSCIMClient(http))
        wheel.scim.discover()
        wheel.discovery()
        wheel.users()
        wheel.groups()
        wheel.bulk()
        wheel.refusals()


class Wheel:
    def __init__(self, tour, scim):
        self.judge = tour.judge
        self.tour = tour
        self.scim = scim

    def answer(self, name, *arguments, **options):
        """What the client makes of the answer to one of its calls."""
        what = f"scim2-client: {name} {' '.join(str(argument)[:200] for argument in arguments)}"
        try:
            answer = getattr(self.scim, name)(*arguments, **options)
        except (SCIMClientException, SCIMException) as error:
            return self.judge.refuse(what, told(error))
        self.judge.accept("by scim2-client")
        return answer

    def refused(self, status, keyword, name, *arguments, **options):
        """An error, once raised and once returned."""
        what = f"scim2-client: {name} {' '.join(str(argument)[:200] for argument in arguments)}"
        returned = self.answer(name, *arguments, raise_scim_errors=False, **options)
        if self.judge.holds(isinstance(returned, Error), what, f"must be an error, is {returned!r}"):
            self.judge.equal((returned.status, returned.scim_type), (status, keyword), what)
        try:
            getattr(self.scim, name)(*arguments, raise_scim_errors=True, **options)
            self.judge.refuse(what, "raised nothing")
        except SCIMException as error:
            self.judge.accept("by scim2-client")
            self.judge.equal((error.status, error.scim_type or None), (status, keyword), f"{what}: raised")
        except SCIMClientException as error:
            self.judge.refuse(what, told(error))

    def discovery(self):
        names = [kind.name for kind in self.answer("query", ResourceType).resources]
        self.judge.equal(names, ["User", "Group"], "scim2-client: resource types")
        self.answer("query", ServiceProviderConfig)
        for schema in self.answer("query", Schema).resources:
            self.answer("query", Schema, schema.id)

    def users(self):
        model = self.scim.get_resource_model("User")
        wanted = person(9000) | {"schemas": list(person(6)["schemas"]), BADGE: {"kind": "guest", "number": 1}}
        made = self.answer("create", model.model_validate(wanted))
        self.judge.equal(made["userName"], wanted["userName"], "scim2-client: what was created")
        self.judge.equal(made[f"{BADGE}:number"], 1, "scim2-client: the registered extension")
        read = self.answer("query", model, made.id)
        self.judge.equal(read.model_dump(), made.model_dump(), "scim2-client: what is read is what was made")
        # The version goes along, 304 comes back, and the client keeps what it has.
        self.judge.holds(self.answer("query", read) is read, "scim2-client: query by object", "is no 304")
        read["title"] = "Captain"
        read[f"{ENTERPRISE}:department"] = "Bridge"
        replaced = self.answer("replace", read)
        self.judge.equal(replaced["title"], "Captain", "scim2-client: replace")
        self.refused(412, None, "replace", made)
        patch = PatchOp[model](
            operations=[
                PatchOperation[model](op="replace", path="nickName", value="Cap"),
                PatchOperation[model](
                    op="add", path="emails", value=[{"value": "cap@tidal.example", "type": "other"}]
                ),
                PatchOperation[model](op="remove", path=f"{ENTERPRISE}:employeeNumber"),
            ]
        )
        modified = self.answer("modify", replaced, patch)
        self.judge.equal(modified["nickName"], "Cap", "scim2-client: modify")
        for request in (
            SearchRequest(filter=f'userName eq "{wanted["userName"]}"'),
            SearchRequest(
                filter=f'emails[type eq "other"] and {BADGE}:number eq 1', attributes=["userName", "emails"]
            ),
            SearchRequest(
                filter=f'id eq "{made.id}"', excluded_attributes=["emails"], start_index=1, count=5
            ),
            SearchRequest(filter=f'id eq "{made.id}"', sort_by="name.familyName", sort_order="descending"),
            SearchRequest(filter=f'id eq "{made.id}"', cursor="", count=3),
        ):
            for name, target in (("query", model), ("search", model), ("search", None)):
                if found := self.answer(name, target, request):
                    ids = [one.id for one in found.resources]
                    self.judge.equal(ids, [made.id], f"scim2-client: {name} {request!r}")
        self.judge.holds(
            len(self.answer("query", model).resources) == 100, "scim2-client: query", "is no full page"
        )
        self.judge.equal(self.answer("delete", modified), None, "scim2-client: delete")
        self.refused(404, None, "query", model, made.id)

    def groups(self):
        model = self.scim.get_resource_model("Group")
        made = self.answer("create", model.model_validate(group(9000, self.tour.users[:3])))
        self.judge.equal(len(made["members"]), 3, "scim2-client: members")
        add = PatchOperation[model](op="add", path="members", value=[{"value": self.tour.users[5]}])
        remove = PatchOperation[model](op="remove", path=f'members[value eq "{self.tour.users[0]}"]')
        modified = self.answer("modify", made, PatchOp[model](operations=[add, remove]))
        expected = sorted([*self.tour.users[1:3], self.tour.users[5]])
        self.judge.equal(
            sorted(member.value for member in modified["members"]), expected, "scim2-client: members"
        )
        modified["members"] = []
        emptied = self.answer("replace", modified)
        # Empty arrays are not sent (scim2_models/base.py `_drop_empty_values`), and members that are not
        # spoken of stay (host/decisions/0005).
        self.judge.equal(len(emptied["members"]), 3, "scim2-client: members after a replace without them")
        self.answer("delete", model, made.id)

    def bulk(self):
        user, team = self.scim.get_resource_model("User"), self.scim.get_resource_model("Group")
        member = {"value": "bulkId:one", "type": "User"}
        request = BulkRequest[user | team](
            operations=[
                BulkOperation[user](method="POST", path="/Users", bulk_id="one", data=person(9001)),
                BulkOperation[team](
                    method="POST", path="/Groups", bulk_id="two", data=group(9001) | {"members": [member]}
                ),
            ]
        )
        answer = self.answer("bulk", request)
        self.judge.equal([one.status for one in answer.operations], [201, 201], "scim2-client: bulk")
        for operation, model in zip(answer.operations, (user, team), strict=True):
            self.answer("delete", model, operation.location.rsplit("/", 1)[1])

    def refusals(self):
        model = self.scim.get_resource_model("User")
        self.refused(404, None, "query", model, "nobody")
        self.refused(404, None, "delete", model, "nobody")
        self.refused(409, "uniqueness", "create", model.model_validate(person(1)))
        self.refused(400, "invalidFilter", "query", model, SearchRequest(filter="nothing pr"))
        self.refused(501, None, "query", Me, expected_status_codes=[501])
