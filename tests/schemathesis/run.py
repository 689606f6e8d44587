#!/usr/bin/env python3
"""Lets schemathesis judge the administrators' API of `tidegate demo`.

openapi-spec-validator says whether the description is OpenAPI 3.1. schemathesis makes requests of it, good and bad ones,
and fails on a status that is not described, a body of another type or form, an input that is taken and should not be, or a
5xx. Neither is ours (both PyPI). What it finds is mended in the product; what is set otherwise says why in
schemathesis.toml.

    run.py TIDEGATE            with the Python that has both installed; takes about a minute
"""

import json
import os
import pathlib
import subprocess
import sys

from openapi_spec_validator import OpenAPIV31SpecValidator

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "demo"))
from running import running, tell  # noqa: E402

# Operations when this was written. Fewer means that it could not look.
OPERATIONS = 58


def described(program):
    """The description, valid, as the program prints it."""
    text = tell(program, "openapi")
    description = json.loads(text)
    OpenAPIV31SpecValidator(description).validate()
    operations = sum(len(path) for path in description["paths"].values())
    if operations < OPERATIONS:
        sys.exit(f"only {operations} operations are described")
    return text


def judge(program):
    text = described(program)
    with running(program) as demo:
        description = demo.folder / "openapi.json"
        description.write_text(text)
        tool = pathlib.Path(sys.executable).with_name("schemathesis")
        test = [
            tool, "--config-file", HERE / "schemathesis.toml", "run", description,
            "--url", f"{demo.address}/admin/api/v1", "--header", f"Authorization: Bearer {demo.token}",
        ]
        environment = {**os.environ, "NO_PROXY": "127.0.0.1"}
        result = subprocess.run(test, cwd=demo.folder, env=environment, timeout=600, check=False)
    return result.returncode


if __name__ == "__main__":
    sys.exit(judge(os.path.abspath(sys.argv[1])))
