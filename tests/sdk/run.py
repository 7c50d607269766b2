#!/usr/bin/env python3
"""Registers an app in the real console, starts the local platform and lets the vendor's published
SDKs log in against it. Installs them into a scratch folder; without node, or without the means to
install, it says what it skipped."""

import os
import pathlib
import shutil
import subprocess
import sys
import venv

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "outside"))

from console import Problem, arguments, issue, scratch, sign_up, start  # noqa: E402

def run(name, argv, key, cwd):
    done = subprocess.run(argv, env={**os.environ, **key}, cwd=cwd, timeout=120)
    if done.returncode:
        raise Problem(f"{name} failed")


def python(folder, key):
    venv.create(folder / "venv", with_pip=True)
    binary = folder / "venv" / "bin" / "python"
    pip = [binary, "-m", "pip", "install", "--quiet", "ringcentral==0.9.2"]
    if subprocess.run(pip, timeout=300).returncode:
        print("skipped: ringcentral cannot be installed here")
        return
    run("ringcentral", [binary, HERE / "login.py"], key, folder)


def javascript(folder, key):
    if not (shutil.which("node") and shutil.which("npm")):
        print("skipped: there is no node here")
        return
    (folder / "package.json").write_text("{}")
    npm = ["npm", "install", "--silent", "--no-fund", "--no-audit", "@ringcentral/sdk@5.0.11"]
    if subprocess.run(npm, cwd=folder, timeout=300).returncode:
        print("skipped: @ringcentral/sdk cannot be installed here")
        return
    shutil.copy(HERE / "login.js", folder)
    run("@ringcentral/sdk", ["node", "login.js"], key, folder)


def main():
    found = arguments(__doc__)
    with scratch() as folder:
        folder = pathlib.Path(folder)
        with start(found.binary, folder / "data", folder) as session:
            sign_up(session)
            app, secret, token = issue(session)
        serve = [found.binary, "--data-dir", folder / "data", "serve"]
        platform = subprocess.Popen(serve, stdout=subprocess.PIPE, text=True)
        try:
            server = platform.stdout.readline().split()[-1]
            key = {"RC_SERVER": server, "RC_ID": app, "RC_SECRET": secret, "RC_JWT": token}
            javascript(folder, key)
            python(folder, key)
        finally:
            platform.kill()
            platform.wait()


if __name__ == "__main__":
    try:
        main()
    except Problem as problem:
        sys.exit(str(problem))
