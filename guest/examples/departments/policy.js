// Joiners get the groups of their department, as the HR service says. Settings:
//   {"service": "https://hr.example.com", "credential": "hr", "groups": {"Engineering": ["jira-engineers"]}}
// Grants:
//   {"http": {"origins": ["https://hr.example.com"], "credentials": ["hr"]}}

import { send } from "tidegate:host/http@0.1.0";

const SCHEMA = {
  type: "object",
  required: ["service"],
  properties: {
    service: { type: "string", description: "Where the HR service is, such as https://hr.example.com." },
    credential: { type: "string", description: "Name of the secret that it is shown." },
    groups: {
      type: "object",
      description: "Department, and the groups that its people are in.",
      additionalProperties: { type: "array", items: { type: "string" } },
    },
  },
  additionalProperties: false,
};

let rules = { service: "", credential: undefined, groups: {} };

/// The department, or undefined where HR does not know the person.
function departmentOf(user) {
  const url = `${rules.service}/people/${encodeURIComponent(user.externalId ?? user.userName)}`;
  let answer;
  try {
    answer = send({ method: "GET", url, headers: [], body: undefined, credential: rules.credential });
  } catch (error) {
    // Okta tries again: a joiner without groups is worse than a joiner who waits.
    throw { tag: "retry-later", val: 60 };
  }
  if (answer.status === 404) return undefined;
  if (answer.status !== 200) throw { tag: "retry-later", val: 60 };
  const text = Array.from(answer.body, (byte) => String.fromCharCode(byte)).join("");
  return JSON.parse(decodeURIComponent(escape(text))).department;
}

export const provisioner = {
  describe() {
    return {
      name: "departments",
      version: "0.1.0",
      summary: "Groups by department, as the HR service says.",
      settingsSchema: JSON.stringify(SCHEMA),
    };
  },

  configure(settings) {
    const read = JSON.parse(settings);
    if (typeof read.service !== "string" || !read.service.startsWith("https://")) {
      throw [{ path: "/service", message: "must be an https URL" }];
    }
    rules = { groups: {}, ...read, service: read.service.replace(/\/$/, "") };
  },

  decide(request) {
    if (request.change.tag !== "user") return { steps: [] };
    const user = request.change.val.after;
    if (!user?.active) return { steps: [] };
    const department = departmentOf(user);
    const account = { tag: "scim-id", val: user.id };
    const steps = (rules.groups[department] ?? []).map((name) => ({
      operation: { tag: "ensure-members", val: { group: { tag: "name", val: name }, accounts: [account] } },
      reason: `works in ${department}`,
    }));
    return { steps };
  },
};
