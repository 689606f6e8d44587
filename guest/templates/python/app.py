"""Puts everybody of a department into that department's group."""

import json

from componentize_py_types import Err
from wit_world import exports
from wit_world.imports.tidegate_directory_types import (
    AccountRef_ScimId,
    GroupRef_Name,
    Membership,
    Operation_EnsureMembers,
)
from wit_world.imports.tidegate_policy_types import Change_User, Description, Plan, Problem, Step

SCHEMA = {
    "type": "object",
    "properties": {
        "groups": {
            "type": "object",
            "description": "Department, and the group that its people are in.",
            "additionalProperties": {"type": "string"},
        }
    },
    "additionalProperties": False,
}

groups: dict[str, str] = {}


class Provisioner(exports.Provisioner):
    def describe(self) -> Description:
        return Description(
            name="NAME",
            version="0.1.0",
            summary="Puts everybody of a department into that department's group.",
            settings_schema=json.dumps(SCHEMA),
        )

    # Raises a list of problems: the version is refused, and the administrator reads them.
    def configure(self, settings: str) -> None:
        global groups
        read = json.loads(settings)
        if not isinstance(read.get("groups", {}), dict):
            raise Err([Problem(path="/groups", message="must be an object")])
        groups = read.get("groups", {})

    # Raises Err(Rejection_InvalidValue("why")) and the like.
    def decide(self, request) -> Plan:
        if not isinstance(request.change, Change_User):
            return Plan(steps=[])
        user = request.change.value.after
        group = groups.get(user.department) if user and user.active else None
        if group is None:
            return Plan(steps=[])
        membership = Membership(group=GroupRef_Name(group), accounts=[AccountRef_ScimId(user.id)])
        step = Step(
            target=None,
            operation=Operation_EnsureMembers(membership),
            reason=f"works in {user.department}",
        )
        return Plan(steps=[step])
