#!/usr/bin/env python3
"""Starts tidegate on a fresh data directory and lets scim2-models read every answer that it gives.

scim2-client and scim2-models (PyPI) are not ours: the models are built from what /Schemas says, and
what the endpoint finds, sorts and changes is held against what scim2-models would. An answer that
is refused fails, and so does a tour that read too few.

    tour.py TIDEGATE      the program; run by a Python that has requirements.txt of scim2-tester
"""

import sys

import addresses
import bulks
import connections
import crowds
import cursors
import discovery
import driven
import filters
import grants
import lists
import patches
import projections
import refusals
import versions
import writes
from endpoint import Endpoint
from judge import Judge
from people import EXTENSION, group, person
from reading import Reading
from server import Server

# How many it read when this was written. Fewer means that it could not look.
ANSWERS = 2000
# More than a page, and than the members of a group that are shown after a write.
PEOPLE = 300
PARTS = (
    driven,
    lists,
    cursors,
    filters,
    projections,
    writes,
    patches,
    versions,
    bulks,
    refusals,
    connections,
    crowds,
)


class Tour:
    """A server with people in it, its endpoint, and the judge."""

    def __init__(self, server, judge):
        self.server = server
        self.judge = judge
        self.reading = Reading(judge)
        self.endpoint = Endpoint(judge, self.reading, server.base_url, server.token)
        self.users = []
        self.groups = []

    def settle(self):
        """People, and groups of 0, 1, 2, … of them."""
        call = self.endpoint.call
        self.users = [call("POST", "/Users", person(n), status=201).body["id"] for n in range(PEOPLE)]
        for number in range(12):
            members = self.users[number : number * 2]
            self.groups.append(call("POST", "/Groups", group(number, members), status=201).body["id"])


def tour(tidegate, judge):
    with Server(tidegate) as server:
        server.register(EXTENSION, "user", "group")
        server.command("app", "set", "--basic-authentication", "true")
        client = server.command("client", "create", "tour")
        made = Tour(server, judge)
        with judge.chapter("discovery"):
            discovery.tell(made)
        with judge.chapter("settling"):
            made.settle()
        for part in PARTS:
            with judge.chapter(part.__name__):
                part.tell(made)
        with judge.chapter("grants"):
            grants.tell(made, client)
    with judge.chapter("addresses"):
        addresses.tell(tidegate, judge)


def main():
    judge = Judge()
    tour(sys.argv[1], judge)
    print(judge.verdict())
    if judge.refused or judge.total() < ANSWERS:
        print(*judge.faults(), sep="\n", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
