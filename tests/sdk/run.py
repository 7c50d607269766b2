#!/usr/bin/env python3
"""Registers an app in the real console, starts the local platform and lets the vendor's published
SDKs log in against it. Installs them into a scratch folder; without node, or without the means to
install, it says what it skipped."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import venv

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "outside"))

from console import (  # noqa: E402
    ENTER, ESC, NEXT_TAB, SUBMIT, TAB, TO_NAME, Problem, arguments, client_id, scratch, sign_up, start,
)

# From the description on: JWT, the scope ReadAccounts, private.
TO_SCOPES = TAB + TAB + " " + NEXT_TAB + NEXT_TAB + "\x1b[B" + NEXT_TAB


def revealed(session, length):
    """The word of that length that is on the screen once it is."""
    find = lambda: re.search(rf"(?<![\w-])[\w-]{{{length}}}(?![\w-])", session.text())
    session.wait(find, "a secret in clear")
    return find().group(0)


def issue(binary, data, home):
    """An app, its secret and a JWT credential, as a person makes them."""
    with start(binary, data, home) as session:
        sign_up(session)
        session.send("n" + TO_NAME + "Robot" + TAB + "Reads the accounts at night" + TO_SCOPES)
        session.send(ENTER)
        session.wait_text("Search")
        session.send("readaccounts")
        session.wait_text("ReadAccounts")
        session.send(ENTER)
        session.wait_text("1 chosen")
        session.send(ESC)
        session.wait(lambda: "Search" not in session.text(), "the form")
        session.send(TAB + " " + SUBMIT)
        session.wait(lambda: client_id(session.text()), "the app")
        found = client_id(session.text())
        session.send("r")
        secret = revealed(session, 44)
        session.send("J")
        session.wait_text("Create JWT")
        session.send("SDKs" + SUBMIT)
        session.wait_text("1 specific app")
        session.send("r")
        session.wait_text("eyJ")
        session.listen(0.3)
        rows = [row.strip() for row in session.text().splitlines()]
        at = next(nth for nth, row in enumerate(rows) if row.startswith("eyJ"))
        token = ""
        while rows[at]:
            token += rows[at]
            at += 1
        return found, secret, token


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
        app, secret, token = issue(found.binary, folder / "data", folder)
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
