#!/usr/bin/env python3
"""Drives a Crowd through the client `crowd` (PyPI), which is not ours, and checks what it makes of it.

That client waits for exact statuses: 201 for what is made, 204 for what is changed or gone, 404 for a
path that is not there. A simulator that is wrong about one of them fails here.

    tour.py BASE_URL APPLICATION PASSWORD      ends with "N checks passed"; else with the first that did not
"""

import sys

from crowd import CrowdServer

done = 0


def check(what, found, expected):
    global done
    if found != expected:
        sys.exit(f"{what}: {found!r}, not {expected!r}")
    done += 1


def credentials(base_url, application, password):
    check("right password", CrowdServer(base_url, application, password).auth_ping(), True)
    check("wrong password", CrowdServer(base_url, application, "wrong").auth_ping(), False)
    check("a user is no application", CrowdServer(base_url, "ann", "s3cret").auth_ping(), False)


def users(crowd):
    check("nobody yet", crowd.get_user("ann"), None)
    added = crowd.add_user(
        "ann", password="s3cret", email="ann@example.com",
        first_name="Ann", last_name="Lee", display_name="Ann Lee & Öz",
    )
    check("add_user", added, True)
    check("add_user again", crowd.add_user("ANN", password="x", email="x@example.com"), False)
    check("user_exists", crowd.user_exists("ANN"), True)
    ann = crowd.get_user("ann")
    fields = ["name", "first-name", "last-name", "display-name", "email", "active"]
    told = [ann[field] for field in fields]
    check("get_user", told, ["ann", "Ann", "Lee", "Ann Lee & Öz", "ann@example.com", True])
    check("auth_user", (crowd.auth_user("ann", "s3cret") or {}).get("name"), "ann")
    check("auth_user, wrong", crowd.auth_user("ann", "guess"), None)
    check("change_password", crowd.change_password("ann", "newer"), True)
    check("auth_user, old password", crowd.auth_user("ann", "s3cret"), None)
    check("auth_user, new password", crowd.auth_user("ann", "newer")["name"], "ann")


def states(crowd):
    check("set_user_attribute", crowd.set_user_attribute("ann", "scim-id", "4711"), True)
    before = crowd.get_user("ann")
    check("attribute", [before["attributes"]["attributes"][0][it] for it in ("name", "values")], ["scim-id", ["4711"]])
    check("set_active, off", crowd.set_active("ann", False), True)
    check("active", crowd.get_user("ann")["active"], False)
    check("auth_user of one who is off", crowd.auth_user("ann", "newer"), None)
    check("set_active, on", crowd.set_active("ann", True), True)
    check("nothing is lost", crowd.get_user("ann"), before)
    check("set_active of nobody", crowd.set_active("nobody", False), None)


def groups(crowd):
    name = "dev ops/50% + ü"
    check("create_group", crowd.create_group(name, "who runs it"), None)
    check("create_group again", crowd.create_group(name), "Group already exists")
    check("update_group", crowd.update_group(name, {"description": "who ran it"}), None)
    check("add_user_to_group", crowd.add_user_to_group("ann", name), True)
    check("add_user_to_group again", crowd.add_user_to_group("ann", name), False)
    check("add_user_to_group, no group", crowd.add_user_to_group("ann", "none"), False)
    check("add_user_to_group, no user", crowd.add_user_to_group("nobody", name), False)
    check("get_groups", crowd.get_groups("ann"), [name])
    check("get_groups of nobody", crowd.get_groups("nobody"), None)
    check("create_group <all>", crowd.create_group("<all>"), None)
    check("add_child_group", crowd.add_child_group(name, "<all>"), None)
    check("get_nested_groups", sorted(crowd.get_nested_groups("ann")), ["<all>", name])
    check("get_nested_group_users", crowd.get_nested_group_users("<all>"), ["ann"])
    memberships = crowd.get_memberships()
    check("get_memberships", memberships[name], {"users": ["ann"], "groups": []})
    check("get_memberships, nested", memberships["<all>"], {"users": [], "groups": [name]})
    check("remove_child_group", crowd.remove_child_group(name, "<all>"), None)
    check("remove_user_from_group", crowd.remove_user_from_group("ann", name), True)
    check("remove_user_from_group again", crowd.remove_user_from_group("ann", name), False)
    check("get_groups, after", crowd.get_groups("ann"), [])
    check("remove_group", crowd.remove_group(name), None)
    check("remove_group again", crowd.remove_group(name), f"Group <{name}> does not exist")


def searches(crowd):
    """This client asks in XML."""
    for number in range(3):
        crowd.add_user(f"user-{number}", password="x", email=f"{number}@example.org")
    found = crowd.search("user", "email", "@EXAMPLE.org")["users"]
    check("search", [user["email"] for user in found], [f"{number}@example.org" for number in range(3)])
    found = crowd.search("user", "email", "@example.org", start_index=1, max_results=1)["users"]
    check("search, a page", [user["name"] for user in found], ["user-1"])
    check("search, nobody", crowd.search("user", "name", "zoe"), {"expand": "user", "users": []})
    check("search, groups", [it["name"] for it in crowd.search("group", "name", "<all>")["groups"]], ["<all>"])
    check("get_cookie_conf", crowd.get_cookie_conf()["name"], "crowd.token_key")


def main(base_url, application, password):
    credentials(base_url, application, password)
    crowd = CrowdServer(base_url, application, password, timeout=30)
    for part in (users, states, groups, searches):
        part(crowd)
    print(f"{done} checks passed")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
