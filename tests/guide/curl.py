#!/usr/bin/env python3
"""Runs every `curl` of host/guide/api.md, in its order, before `tidegate demo`. One that fails fails the test.

    curl.py TIDEGATE
"""

import os
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "demo"))
from running import running  # noqa: E402

PAGE = HERE.parents[1] / "host" / "guide" / "api.md"


def blocks(text):
    """The indented blocks that begin with curl, continuations included."""
    found = re.findall(r"(?m)^    curl (?:.*\\\n)*.*$", text)
    return [re.sub(r"(?m)^    ", "", block) for block in found]


def run(program):
    commands = blocks(PAGE.read_text())
    if len(commands) < 10:
        sys.exit(f"only {len(commands)} commands were found in {PAGE.name}")
    with running(program) as demo:
        token = demo.folder / "token"
        token.write_text(f"Authorization: Bearer {demo.token}\n")
        (demo.folder / "version.json").write_text('{"settings": {}}')
        target = re.search(r'(?m)^    (\{"name": "wiki"[^\n]*\n[^\n]*)$', PAGE.read_text())
        (demo.folder / "target.json").write_text(target.group(1))
        environment = {**os.environ, "NO_PROXY": "127.0.0.1"}
        for command in commands:
            command = command.replace("https://tidegate.example.com", demo.address)
            command = command.replace("curl ", "curl --silent --show-error --fail-with-body --max-time 120 ", 1)
            done = subprocess.run(
                ["bash", "-euo", "pipefail", "-c", command], cwd=demo.folder, env=environment,
                capture_output=True, text=True, timeout=180, check=False,
            )
            if done.returncode != 0:
                sys.exit(f"{PAGE.name}: this failed:\n{command}\n{done.stdout}\n{done.stderr}")
    print(f"{PAGE.name}: {len(commands)} commands did what they say")


if __name__ == "__main__":
    run(os.path.abspath(sys.argv[1]))
