#!/usr/bin/env python3
"""Manifests that devconsole writes, and those of the documentation, fit the JSON Schema that editors
use. Manifests with an error do not."""

import copy
import json
import pathlib
import sys
import tomllib

from console import with_packages

with_packages("jsonschema")

import jsonschema  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCHEMA = ROOT / "docs/schema/devconsole-manifest-1.schema.json"
MANIFESTS = ROOT / "tests/data/manifests"
WRONG = [
    lambda app: app.pop("access"),
    lambda app: app.update(serve={"approve": []}),
    lambda app: app.update(nmae="x"),
    lambda app: app.update(type="bto"),
    lambda app: app["client"].update(client_secret="x"),
    lambda app: app["client"].update(redirect_uris="https://a.example"),
]


def main():
    schema = json.loads(SCHEMA.read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    files = [*sorted(MANIFESTS.iterdir()), ROOT / "examples/ci/apps.toml"]
    for file in files:
        read = tomllib.loads if file.suffix == ".toml" else json.loads
        manifest = read(file.read_text())
        validator.validate(manifest)
        for wrong in WRONG:
            changed = copy.deepcopy(manifest)
            wrong(changed["apps"][0])
            if validator.is_valid(changed):
                sys.exit(f"{file.name} is valid with an error in it")
    print(f"{len(files)} manifests fit the schema, and none with an error")


if __name__ == "__main__":
    main()
