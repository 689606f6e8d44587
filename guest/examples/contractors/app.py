"""Contractors' accounts end after so many days.

Settings: {"days": 90, "user-type": "Contractor"}. Grants: {"storage": {"namespaces": ["contractors"]}}.
When somebody was first seen is stored, so that leaving and coming back does not begin the days anew. Decide anew
for everybody once a day (`tidegate policy activate N --restate`), and who has had the days is shut out.
"""

import json

from componentize_py_types import Err
from wit_world import exports
from wit_world.imports import storage
from wit_world.imports.tidegate_directory_types import (
    AccountRef_ScimId,
    AccountSpec,
    LinkBy,
    OnExisting,
    OnMissing,
    Operation_EnsureAccount,
    Operation_RestoreAccount,
    Operation_SuspendAccount,
    Suspension,
)
from wit_world.imports.tidegate_policy_types import (
    Change_User,
    Description,
    Plan,
    Problem,
    Rejection_RetryLater,
    Step,
)

DAY = 24 * 60 * 60 * 1000
NAMESPACE = "contractors"
SCHEMA = {
    "type": "object",
    "properties": {
        "days": {"type": "integer", "minimum": 1, "description": "Days that a contractor's account lives."},
        "user-type": {"type": "string", "description": "userType of contractors."},
    },
    "additionalProperties": False,
}

days = 90
user_type = "Contractor"


class Provisioner(exports.Provisioner):
    def describe(self) -> Description:
        return Description(
            name="contractors",
            version="0.1.0",
            summary="Contractors' accounts end after so many days.",
            settings_schema=json.dumps(SCHEMA),
        )

    def configure(self, settings: str) -> None:
        global days, user_type
        read = json.loads(settings)
        if not isinstance(read.get("days", 90), int) or read.get("days", 90) < 1:
            raise Err([Problem(path="/days", message="must be a whole number of days, at least 1")])
        days = read.get("days", 90)
        user_type = read.get("user-type", "Contractor")

    def decide(self, request) -> Plan:
        if not isinstance(request.change, Change_User):
            return Plan(steps=[])
        user = request.change.value.after
        if user is None:
            return suspended(request.change.value.before, "was removed")
        if not user.active:
            return suspended(user, "is inactive")
        if json.loads(user.raw or "{}").get("userType") == user_type:
            lived = (request.now - first_seen(user.id, request.now)) // DAY
            if lived >= days:
                return suspended(user, f"a contractor for {lived} days, {days} are allowed")
        return Plan(
            steps=[
                Step(target=None, operation=Operation_EnsureAccount(account(user)), reason="is assigned"),
                Step(
                    target=None,
                    operation=Operation_RestoreAccount(AccountRef_ScimId(user.id)),
                    reason="is active",
                ),
            ]
        )


def first_seen(user_id: str, now: int) -> int:
    """When somebody was first seen: now, if never before."""
    try:
        entry = storage.get(NAMESPACE, user_id)
        if entry is not None:
            return int(entry.value.decode())
        storage.put(NAMESPACE, user_id, str(now).encode(), 0)
        return now
    except Err:
        # Okta tries again: nobody's days are lost.
        raise Err(Rejection_RetryLater(60))


def suspended(user, reason: str) -> Plan:
    suspension = Suspension(account=AccountRef_ScimId(user.id), strip_groups=False)
    return Plan(steps=[Step(target=None, operation=Operation_SuspendAccount(suspension), reason=reason)])


def account(user) -> AccountSpec:
    return AccountSpec(
        account=AccountRef_ScimId(user.id),
        username=user.user_name,
        email=user.emails[0].value if user.emails else None,
        display_name=user.display_name,
        given_name=user.name.given,
        family_name=user.name.family,
        on_missing=OnMissing.CREATE,
        on_existing=OnExisting.UPDATE,
        link_by=LinkBy.USERNAME,
    )
