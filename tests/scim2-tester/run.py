#!/usr/bin/env python3
"""Starts tidegate on a fresh data directory and lets scim2-tester judge its endpoint.

scim2-tester (PyPI) is not ours: it reads the discovery documents and tries what they promise.
One check that does not succeed fails, and so does a run that made too few checks.

    run.py TIDEGATE SCIM2      the two programs
"""

import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

# What it checked when this was written. Fewer means that it could not look.
CHECKS = 125


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_ready(address, server):
    for _ in range(600):
        if server.poll() is not None:
            sys.exit("tidegate ended at once")
        try:
            with urllib.request.urlopen(f"http://{address}/readyz", timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    sys.exit("tidegate was not ready within two minutes")


def judge(tidegate, scim2, folder):
    address = f"127.0.0.1:{free_port()}"
    command = [tidegate, "serve", "--listen", address, "--data-dir", folder, "--log", "error"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            wait_until_ready(address, server)
            said = [server.stdout.readline().split(": ", 1)[1].strip() for _ in range(2)]
            test = [scim2, "--url", said[0], "--header", f"Authorization: Bearer {said[1]}", "test"]
            result = subprocess.run(test, capture_output=True, text=True, timeout=600, check=False)
        finally:
            server.terminate()
            server.wait(timeout=60)
    return result


def main():
    tidegate, scim2 = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        result = judge(tidegate, scim2, folder)
    verdicts = [line for line in result.stdout.splitlines() if line.split(" ", 1)[0].isupper()]
    good = sum(line.startswith("SUCCESS ") for line in verdicts)
    print(f"scim2-tester: {good} checks succeeded, {len(verdicts) - good} did not")
    if good != len(verdicts) or good < CHECKS:
        print(result.stdout, result.stderr, sep="\n", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
