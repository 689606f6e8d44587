"""A tidegate of its own: started on a fresh data directory, administered by its own command line."""

import json
import os
import socket
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """`tidegate serve`, with what it said at its first start: base URL and token."""

    def __init__(self, tidegate, *options, environment=None):
        self.tidegate = tidegate
        self.address = f"127.0.0.1:{free_port()}"
        self.options = options
        self.environment = {**os.environ, **(environment or {})}

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory()
        command = [self.tidegate, "serve", "--listen", self.address, "--data-dir", self.folder.name]
        self.process = subprocess.Popen(
            [*command, "--log", "error", *self.options],
            stdout=subprocess.PIPE,
            text=True,
            env=self.environment,
        )
        try:
            self.wait_until_ready()
            said = [self.process.stdout.readline().split(": ", 1)[1].strip() for _ in range(2)]
        except BaseException:
            self.stop()
            raise
        self.base_url, self.token = said
        self.app = self.base_url.split("/scim/", 1)[1].split("/", 1)[0]
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=60)
        self.process.stdout.close()
        self.folder.cleanup()

    def wait_until_ready(self):
        for _ in range(600):
            if self.process.poll() is not None:
                raise SystemExit("tidegate ended at once")
            try:
                with urllib.request.urlopen(f"http://{self.address}/readyz", timeout=5):
                    return
            except OSError:
                time.sleep(0.2)
        raise SystemExit("tidegate was not ready within two minutes")

    def command(self, *arguments):
        """What one command of the administration prints: `name: value` lines as a dictionary."""
        command = [self.tidegate, *arguments, "--data-dir", self.folder.name]
        result = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        if result.returncode:
            raise SystemExit(f"tidegate {' '.join(arguments)}: {result.stderr}")
        lines = [line.split(": ", 1) for line in result.stdout.splitlines() if ": " in line]
        return dict(lines)

    def register(self, schema, *types):
        """Registers an extension."""
        file = Path(self.folder.name, "schema.json")
        file.write_text(json.dumps(schema), encoding="utf-8")
        self.command("schema", "add", str(file), *(part for name in types for part in ("--type", name)))
