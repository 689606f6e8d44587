"""The people and groups of the tour, and the extension that is registered for both."""

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
BADGE = "urn:example:params:scim:schemas:extension:tour:2.0:Badge"

# Every type of attribute, and every way of being written and returned.
EXTENSION = {
    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"],
    "id": BADGE,
    "name": "Badge",
    "description": "What opens the doors.",
    "attributes": [
        {"name": "number", "type": "integer", "description": "Counts badges."},
        {"name": "level", "type": "decimal"},
        {"name": "valid", "type": "boolean"},
        {"name": "until", "type": "dateTime"},
        {"name": "picture", "type": "reference", "referenceTypes": ["external"]},
        {"name": "print", "type": "binary"},
        {"name": "colour", "type": "string", "caseExact": True, "canonicalValues": ["red", "green"]},
        {"name": "issuer", "type": "string", "mutability": "immutable"},
        {"name": "pin", "type": "string", "mutability": "writeOnly"},
        {"name": "note", "type": "string", "returned": "request"},
        {"name": "kind", "type": "string", "returned": "always"},
        {"name": "serial", "type": "string", "uniqueness": "server"},
        {"name": "ranks", "type": "string", "multiValued": True},
        {
            "name": "doors",
            "type": "complex",
            "multiValued": True,
            "subAttributes": [
                {"name": "value", "type": "string"},
                {"name": "type", "type": "string"},
                {"name": "primary", "type": "boolean"},
                {"name": "opened", "type": "dateTime"},
                {"name": "times", "type": "integer"},
            ],
        },
    ],
}

GIVEN = ["Ada", "Bob", "cyd", "Dan", "Eve", "Fay", "gus", "Ida", "José", "Élodie"]
FAMILY = ["Lovelace", "O'Hara", "ångström", "Zuse", "de la Cruz", "Hopper", "Nash"]


def person(number):
    """A user; many have something, few have all."""
    given, family = GIVEN[number % len(GIVEN)], FAMILY[number % len(FAMILY)]
    user = {
        "schemas": [USER, ENTERPRISE],
        "userName": f"{given}.{number}@Tidal.example",
        "externalId": f"00u{number:05}{'Aa'[number % 2]}",
        "name": {"givenName": given, "familyName": family, "formatted": f"{given} {family}"},
        "displayName": f"{given} {family} {number}",
        "active": number % 5 != 0,
        "emails": [{"value": f"{given}.{number}@tidal.example", "type": "work", "primary": True}],
        ENTERPRISE: {"department": f"Dept {number % 7}", "employeeNumber": str(number)},
    }
    if number % 2:
        user["emails"].append({"value": f"n{number}@home.example", "type": "home"})
    if number % 3 == 0:
        user["title"] = "Engineer" if number % 2 else "engineer in chief"
    if number % 4 == 0:
        user |= {"locale": "en-GB", "phoneNumbers": [{"value": f"tel:+44-{number}", "type": "mobile"}]}
    if number % 6 == 0:
        user["schemas"] = [USER, ENTERPRISE, BADGE]
        user[BADGE] = badge(number)
    return user


def badge(number):
    return {
        "number": number,
        "level": number / 8,
        "valid": number % 4 == 0,
        "until": f"2026-{number % 12 + 1:02}-03T10:00:00{('Z', '+02:00', '.500-07:00')[number % 3]}",
        "picture": f"https://tidal.example/{number}.png",
        "print": "AAECAwQFBgc=",
        "colour": ("red", "Red", "green")[number % 3],
        "issuer": "front desk",
        "pin": "0000",
        "note": f"note {number}",
        "kind": "staff",
        "serial": f"S-{number}",
        "ranks": ["first", "second"][: number % 3],
        "doors": [
            {"value": "north", "type": "in", "times": number, "opened": "2026-11-01T00:00:00Z"},
            {"value": "South", "type": "out", "primary": True},
        ],
    }


def group(number, members=()):
    return {
        "schemas": [GROUP],
        "displayName": f"Team {number:02} {'ÄB'[number % 2]}",
        "externalId": f"00g{number:03}",
        "members": [{"value": member} for member in members],
    }
