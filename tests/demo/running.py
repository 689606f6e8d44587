"""`tidegate demo`, left running: everything real but the products, with users, groups, rules and targets in it."""

import contextlib
import pathlib
import re
import subprocess
import sys
import tempfile
import typing


class Demo(typing.NamedTuple):
    """Where it listens, an administrator's API token, and a folder that goes with it."""

    address: str
    token: str
    folder: pathlib.Path


def tell(program, *arguments):
    """What a command prints. One that fails ends the test."""
    return subprocess.run([program, *arguments], stdout=subprocess.PIPE, text=True, check=True, timeout=120).stdout


def started(demo):
    """The address, once the story is told."""
    address = None
    for line in demo.stdout:
        found = re.search(r"SCIM base URL: (http://[0-9.:]+)", line)
        address = found.group(1) if found else address
        if "tidegate status" in line and address:
            return address
    sys.exit(f"the demo ended at once, with {demo.wait()}")


@contextlib.contextmanager
def running(program):
    """A demo for as long as it is needed. It must not end before."""
    with tempfile.TemporaryDirectory() as folder:
        data = str(pathlib.Path(folder) / "data")
        with subprocess.Popen([program, "demo", "--data-dir", data], stdout=subprocess.PIPE, text=True) as demo:
            try:
                address = started(demo)
                made = tell(program, "token", "create", "judge", "--role", "administrator", "--data-dir", data)
                yield Demo(address, re.search(r"tga_\S+", made).group(0), pathlib.Path(folder))
                if demo.poll() is not None:
                    sys.exit("tidegate ended while it was used")
            finally:
                demo.terminate()
                demo.wait(timeout=60)
