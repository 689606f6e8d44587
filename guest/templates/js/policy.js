// Puts everybody of a department into that department's group.

const SCHEMA = {
  type: "object",
  properties: {
    groups: {
      type: "object",
      description: "Department, and the group that its people are in.",
      additionalProperties: { type: "string" },
    },
  },
  additionalProperties: false,
};

let groups = {};

export const provisioner = {
  describe() {
    return {
      name: "NAME",
      version: "0.1.0",
      summary: "Puts everybody of a department into that department's group.",
      settingsSchema: JSON.stringify(SCHEMA),
    };
  },

  // Throws a list of problems: the version is refused, and the administrator reads them.
  configure(settings) {
    const read = JSON.parse(settings);
    if (read.groups !== undefined && typeof read.groups !== "object") {
      throw [{ path: "/groups", message: "must be an object" }];
    }
    groups = read.groups ?? {};
  },

  // Throws a rejection, such as { tag: "invalid-value", val: "why" }.
  decide(request) {
    if (request.change.tag !== "user") return { steps: [] };
    const user = request.change.val.after;
    const group = user?.active ? groups[user.department] : undefined;
    if (group === undefined) return { steps: [] };
    const operation = {
      tag: "ensure-members",
      val: { group: { tag: "name", val: group }, accounts: [{ tag: "scim-id", val: user.id }] },
    };
    return { steps: [{ operation, reason: `works in ${user.department}` }] };
  },
};
