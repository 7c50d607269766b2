"""Licenses, sources and duplicates of all dependencies, checked by deny.toml and cargo's metadata.

The same checks as `cargo deny check licenses bans sources`, which takes minutes to compile where it
is not installed. Reads what the packages declare, not the texts of their licenses.
"""

import json
import pathlib
import re
import subprocess
import sys
import tomllib

config = tomllib.loads(pathlib.Path("deny.toml").read_text(encoding="utf-8"))
metadata = json.loads(
    subprocess.run(
        ["cargo", "metadata", "--format-version", "1", "--locked", "--offline", "--all-features"],
        check=True,
        stdout=subprocess.PIPE,
    ).stdout
)
REGISTRY = "registry+https://github.com/rust-lang/crates.io-index"
problems = []


def permitted(expression, allowed):
    """An SPDX expression: AND before OR, WITH part of the name; `/` is an old way to write OR."""
    tokens = re.findall(r"[()]|[^\s()/]+|/", expression.replace(" WITH ", "\0WITH\0"))

    def either():
        held = both()
        while tokens and tokens[0] in ("OR", "/"):
            tokens.pop(0)
            held = both() or held
        return held

    def both():
        held = one()
        while tokens and tokens[0] == "AND":
            tokens.pop(0)
            held = one() and held
        return held

    def one():
        token = tokens.pop(0)
        if token == "(":
            held = either()
            tokens.pop(0)
            return held
        return token.replace("\0", " ") in allowed

    return either()


exceptions = {
    exception["crate"]: exception["allow"] for exception in config["licenses"]["exceptions"]
}
versions = {}
for package in metadata["packages"]:
    name, version = package["name"], package["version"]
    versions.setdefault(name, set()).add(version)
    if package["source"] is None:
        continue
    if package["source"] != REGISTRY:
        problems.append(f"{name} {version} comes from {package['source']}")
    allowed = set(config["licenses"]["allow"]) | set(exceptions.get(name, []))
    if not package["license"] or not permitted(package["license"], allowed):
        problems.append(f"{name} {version} has the licence {package['license']}")

for name in exceptions:
    if name not in versions:
        problems.append(f"the exception for {name} is for no dependency")
for ban in config["bans"]["deny"]:
    found = versions.get(ban["crate"], set())
    if ban.get("deny-multiple-versions"):
        if len(found) > 1:
            problems.append(f"{ban['crate']} is there twice: {', '.join(sorted(found))}")
    elif found:
        problems.append(f"{ban['crate']} is not wanted: {ban['reason']}")
for dependency in (d for p in metadata["packages"] if p["source"] is None for d in p["dependencies"]):
    if dependency["req"] == "*":
        problems.append(f"{dependency['name']} is asked for in any version")

# Tests of the check itself.
assert permitted("MIT/Apache-2.0", {"MIT"}) and permitted("(A OR MIT) AND B", {"MIT", "B"})
assert not permitted("MIT AND GPL-3.0", {"MIT"}) and not permitted("A OR B AND C", {"B"})
assert permitted("Apache-2.0 WITH LLVM-exception", {"Apache-2.0 WITH LLVM-exception"})

for problem in problems:
    print(problem)
twice = sorted(name for name, found in versions.items() if len(found) > 1)
print(f"{len(metadata['packages'])} packages; in two versions: {', '.join(twice) or 'none'}")
sys.exit(1 if problems else 0)
