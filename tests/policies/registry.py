#!/usr/bin/env python3
"""A policy from an OCI registry, by digest: Debian's docker-registry holds it, the distribution specification
says how it gets there, and `tidegate policy deploy` takes it out.

    tests/policies/registry.py TIDEGATE COMPONENT
"""
import hashlib
import json
import pathlib
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

REPOSITORY = "rules/joiners"
EMPTY = b"{}"


def digest(content: bytes) -> str:
    return "sha256:" + hashlib.sha256(content).hexdigest()


class Registry:
    """Debian's docker-registry on a free port of this machine."""

    def __init__(self, folder: pathlib.Path):
        self.root = folder / "blobs"
        # The registry does not say which port it took, so that one is chosen for it.
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.address = "127.0.0.1:%d" % free.getsockname()[1]
        config = {
            "version": "0.1",
            "log": {"level": "error", "accesslog": {"disabled": True}},
            "storage": {"filesystem": {"rootdirectory": str(self.root)}},
            "http": {"addr": self.address},
        }
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / "config.json"
        file.write_text(json.dumps(config))
        self.process = subprocess.Popen(["docker-registry", "serve", str(file)])
        for _ in range(200):
            try:
                urllib.request.urlopen(f"http://{self.address}/v2/").close()
                return
            except OSError:
                assert self.process.poll() is None, "docker-registry ended"
                time.sleep(0.05)
        sys.exit("docker-registry does not answer")

    def send(self, method: str, url: str, body: bytes = b"", kind: str = "application/octet-stream"):
        if not url.startswith("http"):
            url = f"http://{self.address}{url}"
        request = urllib.request.Request(url, data=body or None, method=method, headers={"Content-Type": kind})
        return urllib.request.urlopen(request)

    def push_blob(self, content: bytes) -> str:
        begun = self.send("POST", f"/v2/{REPOSITORY}/blobs/uploads/")
        place = begun.headers["Location"]
        joint = "&" if "?" in place else "?"
        self.send("PUT", f"{place}{joint}digest={digest(content)}", content)
        return digest(content)

    def push(self, tag: str, layers: list[tuple[str, bytes]]) -> str:
        described = [
            {"mediaType": kind, "digest": self.push_blob(content), "size": len(content)} for kind, content in layers
        ]
        manifest = {
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": {
                "mediaType": "application/vnd.wasm.config.v0+json",
                "digest": self.push_blob(EMPTY),
                "size": len(EMPTY),
            },
            "layers": described,
        }
        content = json.dumps(manifest).encode()
        self.send("PUT", f"/v2/{REPOSITORY}/manifests/{tag}", content, manifest["mediaType"])
        return digest(content)

    def blob_file(self, name: str) -> pathlib.Path:
        return next(self.root.glob(f"**/blobs/sha256/*/{name.removeprefix('sha256:')}/data"))


def main(tidegate: str, component: str) -> None:
    rules = pathlib.Path(component).read_bytes()
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        registry = Registry(work / "registry")
        data = work / "data"

        def deploy(name: str, *more: str) -> subprocess.CompletedProcess:
            command = [tidegate, "--data-dir", str(data), "policy", "deploy", f"oci://{registry.address}/{REPOSITORY}{name}"]
            return subprocess.run([*command, *more], capture_output=True, text=True)

        def refused(result: subprocess.CompletedProcess, *words: str) -> None:
            assert result.returncode != 0, result.stdout
            assert all(word in result.stderr for word in words), result.stderr

        try:
            subprocess.run([tidegate, "--data-dir", str(data), "app", "create", "default"], check=True, capture_output=True)
            good = registry.push("v1", [("application/wasm", rules)])
            taken = deploy(f"@{good}")
            assert taken.returncode == 0 and "is checked" in taken.stdout, taken
            listed = subprocess.run(
                [tidegate, "--data-dir", str(data), "policy", "list"], check=True, capture_output=True, text=True
            )
            assert hashlib.sha256(rules).hexdigest()[:12] in listed.stdout, listed.stdout
            # Before 2024 components were called so.
            older = registry.push("v0", [("application/vnd.wasm.content.layer.v1+wasm", rules)])
            assert deploy(f"@{older}").returncode == 0

            refused(deploy(":v1"), "not by a tag")
            refused(deploy(f"@{digest(b'something else')}"), "cannot read the manifest")
            refused(deploy(f"@{good}", "--digest", "0" * 64), "digest")
            image = registry.push("v2", [("application/vnd.oci.image.layer.v1.tar+gzip", b"layer")])
            refused(deploy(f"@{image}"), "no layer of type", "tar+gzip")
            two = registry.push("v3", [("application/wasm", rules), ("application/wasm", rules + b"\0")])
            refused(deploy(f"@{two}"), "several components")

            # Somebody changes what the registry holds: the name stands for what it stood for.
            file = registry.blob_file(digest(rules))
            file.write_bytes(rules[:-1] + bytes([rules[-1] ^ 1]))
            refused(deploy(f"@{good}"), "broke off")
        finally:
            registry.process.terminate()
            registry.process.wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
    print("a policy from an OCI registry: good")
