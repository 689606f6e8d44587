#!/usr/bin/env python3
"""Looks whether a bill of materials (CycloneDX) has what the program is made of, as Cargo.lock has it, and no path.

    tests/release/bill.py BILL.cdx.json Cargo.lock
"""

import json
import os
import pathlib
import re
import sys
import tempfile
import tomllib

bill = json.load(open(sys.argv[1]))
locked = {(package["name"], package["version"]) for package in tomllib.load(open(sys.argv[2], "rb"))["package"]}
text = json.dumps(bill)


def stop(words: str) -> None:
    sys.exit(f"tests/release/bill.py: {words}")


if (bill["bomFormat"], bill["specVersion"]) != ("CycloneDX", "1.5"):
    stop("it is no CycloneDX 1.5")
if bill["metadata"]["component"]["name"] != "tidegate":
    stop(f"it is of {bill['metadata']['component']['name']}")
components = {(component["name"], component["version"]): component for component in bill["components"]}
if not components.keys() <= locked:
    stop(f"not in Cargo.lock: {sorted(components.keys() - locked)}")
names = {name for name, _ in components}
for wanted in ["wasmtime", "rustls", "aws-lc-rs", "libsqlite3-sys", "axum", "tidegate-store", "tidegate-runtime"]:
    if wanted not in names:
        stop(f"{wanted} is missing")
for unwanted in ["proptest", "insta", "rcgen"]:
    if unwanted in names:
        stop(f"{unwanted} is for tests only")
for (name, version), component in components.items():
    if not component.get("licenses") or not component.get("purl", "").startswith("pkg:cargo/"):
        stop(f"{name} {version} has no licence or no purl")
    if not name.startswith("tidegate") and not component.get("hashes"):
        stop(f"{name} {version} has no hash")
# Neither this machine's places anywhere, nor a string that is a path or leads to a file. The recipe maps the repository to /.
places = [re.escape(place + "/") for place in [str(pathlib.Path.home()), os.getcwd(), tempfile.gettempdir()]]
if found := re.search("|".join([*places, r'(?:"|file://)/(?!(?:host|guest|tests)/)\w']), text):
    stop(f"it has a path of the machine that made it: {text[found.start() :][:100]}")
print(f"tests/release/bill.py: {len(components)} components, each with licence, purl and hash")
