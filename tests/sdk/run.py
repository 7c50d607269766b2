#!/usr/bin/env python3
"""Registers apps in the real console, starts the local platform and lets published, unmodified
clients log in against it; walks its pages in a real headless browser. Installs them into a scratch
folder; what cannot be installed is named and skipped."""

import os
import pathlib
import shutil
import subprocess
import sys
import venv

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "outside"))

from console import (  # noqa: E402
    EMAIL, ENTER, ESC, NEXT_TAB, PASSWORD, SUBMIT, TAB, TO_NAME, Problem, arguments, client_id, is_list,
    issue, revealed, scratch, sign_in, sign_up, start,
)
from walker import Walker  # noqa: E402

REDIRECT = "http://127.0.0.1:7777/cb"
NODE = ["@ringcentral/sdk@5.0.11", "openid-client@6.9.0"]
BROWSER = ["puppeteer-core@24", "@sparticuz/chromium@147"]
PYTHON = ["ringcentral==0.9.2", "Authlib==1.9.9", "requests-oauthlib==2.0.0"]


def signs_in(session, name, is_public):
    """From the list: an app that people sign in to. Its id, and its secret if it has one."""
    keys = TAB + TAB + " " + NEXT_TAB + NEXT_TAB + TAB + " " + ("\x1b[B" if is_public else "") + TAB
    session.send("n" + TO_NAME + name + TAB + "Sells things to people" + keys + REDIRECT + NEXT_TAB + ENTER)
    session.wait_text("Search")
    session.send("readaccounts")
    session.wait_text("ReadAccounts")
    session.send(ENTER)
    session.wait_text("1 chosen")
    session.send(ESC)
    session.wait(lambda: "Search" not in session.text(), "the form")
    session.send(TAB + " " + SUBMIT)
    session.wait(lambda: client_id(session.text()), "the app")
    found, secret = client_id(session.text()), ""
    if not is_public:
        session.send("r")
        secret = revealed(session, 44)
    back_to_list(session)
    return found, secret


def back_to_list(session):
    session.send(ESC)
    # "Apps" is a word of other pages too; and what follows an ESC at once would be one key with it.
    session.wait(lambda: is_list(session.text()) and "Create App" in session.text(), "the list")
    session.listen(0.3)


def run(name, argv, key, cwd):
    done = subprocess.run(argv, env={**os.environ, **key}, cwd=cwd, timeout=180)
    if done.returncode:
        raise Problem(f"{name} failed")


def python_of(folder):
    venv.create(folder / "venv", with_pip=True)
    binary = folder / "venv" / "bin" / "python"
    pip = [binary, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PYTHON]
    if subprocess.run(pip, timeout=300).returncode:
        print("skipped: the Python clients cannot be installed here")
        return None
    return binary


def installed(folder, packages):
    if not (shutil.which("node") and shutil.which("npm")):
        print("skipped: there is no node here:", *packages)
        return False
    (folder / "package.json").write_text("{}")
    npm = ["npm", "install", "--silent", "--no-fund", "--no-audit", *packages]
    if subprocess.run(npm, cwd=folder, timeout=300).returncode:
        print("skipped: these cannot be installed here:", *packages)
        return False
    return True


def javascript(folder, key):
    if installed(folder, NODE):
        for name in ("jwt.js", "code_ringcentral.js", "code_openid.mjs"):
            shutil.copy(HERE / name, folder)
            run(name, ["node", name], key, folder)


def pages(folder, key, pictures):
    folder.mkdir()
    if installed(folder, BROWSER):
        shutil.copy(HERE / "browser.mjs", folder)
        # The libraries that a bare machine lacks come along for this one.
        bare = {"AWS_LAMBDA_JS_RUNTIME": "nodejs20.x"}
        more = ["--pictures", os.path.abspath(pictures)] if pictures else []
        run("the headless browser", ["node", "browser.mjs", *more], {**key, **bare}, folder)


def at_the_console(session, keys, until):
    """What is asked in a question is answered alone."""
    for part in keys:
        session.send(part)
        session.listen(0.3)
    session.wait_text(until)


def main():
    found = arguments(__doc__, ("--pictures", "", "a folder for pictures of the pages"))
    with scratch() as folder:
        folder = pathlib.Path(folder)
        data = folder / "data"
        with start(found.binary, data, folder) as session:
            sign_up(session)
            app, secret, token = issue(session)
            back_to_list(session)
            shop, shop_secret = signs_in(session, "Shop", False)
            page, _ = signs_in(session, "Page", True)
        serve = [found.binary, "--data-dir", data, "serve"]
        platform = subprocess.Popen(serve, stdout=subprocess.PIPE, text=True)
        late = None
        try:
            walker = Walker(EMAIL, PASSWORD)
            key = {
                "RC_SERVER": platform.stdout.readline().split()[-1],
                "RC_WALK": walker.url, "RC_REDIRECT": REDIRECT,
                "RC_EMAIL": EMAIL, "RC_PASSWORD": PASSWORD,
                "RC_ID": app, "RC_SECRET": secret, "RC_JWT": token,
                "RC_SHOP_ID": shop, "RC_SHOP_SECRET": shop_secret, "RC_PAGE_ID": page,
            }
            late = subprocess.Popen([sys.executable, HERE / "late.py"], env={**os.environ, **key})
            javascript(folder, key)
            pages(folder / "browser", key, found.pictures)
            binary = python_of(folder)
            if binary:
                for name in ("jwt.py", "code_python.py"):
                    run(name, [binary, HERE / name], key, folder)
                script = [binary, HERE / "refused.py"]
                sdk = lambda what, code, **more: run(
                    what, script, {**key, "RC_WHAT": what, "RC_CODE": code, **more}, folder
                )
                with start(found.binary, data, folder) as session:
                    sign_in(session)
                    sdk("a JWT for another app", "DEV-101", RC_ID=shop, RC_SECRET=shop_secret)
                    at_the_console(session, ["/robot", ENTER, "z", ENTER], "suspended")
                    sdk("a suspended app", "OAU-127")
                    at_the_console(session, ["z", ENTER], "resumed")
                    run("a resumed app", [binary, HERE / "jwt.py"], key, folder)
                    at_the_console(session, [ESC, "J", "d", ENTER], "Revoked")
                    sdk("a revoked JWT", "DEV-102")
            if late.wait(timeout=90):
                raise Problem("the late code failed")
        finally:
            if late:
                late.kill()
            platform.kill()
            platform.wait()


if __name__ == "__main__":
    try:
        main()
    except Problem as problem:
        sys.exit(str(problem))
