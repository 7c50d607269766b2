#!/usr/bin/env python3
"""Registers apps in the real console, starts the local server and lets published, unmodified
clients log in against it; opens its pages in a real headless browser. Installs them into a scratch
folder; a client that cannot be installed is named and skipped."""

import argparse
import pathlib
import subprocess
import sys
import tempfile
import time
import urllib.parse

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "outside"))

import snippets  # noqa: E402
from clients import CLIENTS, NODE, PYTHON, Installed, run  # noqa: E402
from console import (  # noqa: E402
    CLEAR, DOWN, EMAIL, ENTER, ESC, NEXT_TAB, PASSWORD, TAB, TO_NAME, Problem,
    created_with_read_accounts, issue, revealed, sign_in, sign_up, start,
)
from snippets import back_to_list, code_typed  # noqa: E402
from walker import Walker  # noqa: E402

REDIRECT = "http://127.0.0.1:7777/cb"
# Auth.js has its own redirect URI; a page of another origin redirects to its own origin.
AUTH_JS = "http://127.0.0.1:7777/auth/callback/local"
SPA = "http://spa.localhost:7778/cb"
SNIPPETS, REFUSALS = "snippets", "refusals"
NAMES = [SNIPPETS, *(one.name for one in CLIENTS), REFUSALS]
REFUSED_JS, REFUSED_PY = ("refused.js", "refused_code.mjs"), ("refused.py", "refused_code.py")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True, type=pathlib.Path, help="the program to check")
    parser.add_argument("--pictures", default="", help="a folder for pictures of the pages")
    parser.add_argument("--only", action="append", choices=NAMES, metavar="NAME", help=", ".join(NAMES))
    found = parser.parse_args()
    found.binary = found.binary.resolve()
    if not found.binary.is_file():
        sys.exit(f"there is no {found.binary}")
    return found


def signs_in(session, name, redirects, is_public):
    """From the list: creates an app with a browser login. Its ID, and its secret if it has one."""
    keys = TAB + TAB + " " + NEXT_TAB + NEXT_TAB + TAB + " " + (DOWN if is_public else "") + TAB
    session.send("n" + TO_NAME + name + TAB + "Sells things to people" + keys)
    session.listen(0.2)
    session.send("\x1b[200~" + "\n".join(redirects) + "\x1b[201~")
    session.listen(0.2)
    session.send(NEXT_TAB)
    found, secret = created_with_read_accounts(session), ""
    if not is_public:
        session.send("r")
        secret = revealed(session, 44)
    back_to_list(session)
    return found, secret


class Refusals:
    """Decisions of the console that make every client fail, made while the server runs."""

    def __init__(self, walk, key, installed):
        self.walk, self.key, self.installed = walk, key, installed
        js = [["node", name] for name in REFUSED_JS]
        py = [[installed.python, HERE / name] for name in REFUSED_PY]
        here = [one for one, is_here in ((js, installed.node), (py, installed.python)) if is_here]
        self.of_jwt, self.of_code = ([one[nth] for one in here] for nth in range(2))

    def codes(self):
        """One for each client: three in Python, two in JavaScript."""
        asked = {"response_type": "code", "client_id": self.key["RC_SHOP_ID"], "redirect_uri": REDIRECT}
        url = f"{self.key['RC_SERVER']}/restapi/oauth/authorize?{urllib.parse.urlencode(asked)}"
        return [code_typed(None, self.walk(url)).strip() for _ in range(5)]

    def refuse(self, what, command, told):
        folder = self.installed.node if command[0] == "node" else self.installed.folder
        run(what, command, {**self.key, "RC_WHAT": what, **told}, folder)

    def jwt(self, what, said, **more):
        for command in self.of_jwt:
            self.refuse(what, command, {"RC_SAID": said, **more})

    def code(self, what, said, codes, **more):
        for command in self.of_code:
            few = codes[:2] if command[0] == "node" else codes[2:]
            self.refuse(what, command, {"RC_SAID": said, "RC_CODES": " ".join(few), **more})

    def by_the_console(self, session):
        shop = {"RC_ID": self.key["RC_SHOP_ID"], "RC_SECRET": self.key["RC_SHOP_SECRET"]}
        self.jwt("a JWT for another app", "does not allow this app", **shop)
        codes = self.codes()
        for name in ("shop", "robot"):
            at_the_console(session, ["/", CLEAR + name, ENTER, "z", ENTER], "suspended")
        self.code("a suspended app", "is suspended", codes, RC_IS_CHALLENGED="yes")
        self.jwt("a suspended app", "is suspended")
        at_the_console(session, ["z", ENTER], "resumed")
        if self.installed.python:
            run("a resumed app", [self.installed.python, HERE / "jwt_login.py"], self.key, self.installed.folder)
        at_the_console(session, ["/", CLEAR + "shop", ENTER, "z", ENTER], "resumed")
        at_the_console(session, [ESC, "J", "d", ENTER], "Revoked")
        self.jwt("a revoked JWT", "was revoked")


def at_the_console(session, keys, until):
    """The answer to a question must arrive alone."""
    for part in keys:
        session.send(part)
        session.listen(0.3)
    session.wait_text(until)


def main():
    found = arguments()
    is_wanted = lambda name: not found.only or name in found.only
    wanted = [one for one in CLIENTS if is_wanted(one.name)]
    more_python, more_node = set(), set()
    if is_wanted(SNIPPETS):
        more_python |= set(snippets.PACKAGES)
        more_node |= set(snippets.MODULES)
    if is_wanted(REFUSALS):
        for one in CLIENTS:
            if one.kind == PYTHON:
                more_python |= set(one.packages)
            elif one.kind == NODE and one.name in ("ringcentral-js", "openid-client"):
                more_node |= set(one.packages)
    with tempfile.TemporaryDirectory(prefix="devconsole-sdk-") as folder:
        folder = pathlib.Path(folder)
        installed = Installed(folder, wanted, more_python, more_node)
        data = folder / "data"
        with start(found.binary, data, folder) as session:
            sign_up(session)
            app, secret, token = issue(session)
            back_to_list(session)
            shop, shop_secret = signs_in(session, "Shop", [REDIRECT, AUTH_JS], False)
            page, _ = signs_in(session, "Page", [REDIRECT, SPA], True)
            if is_wanted(SNIPPETS):
                for name in ("robot", "shop"):
                    snippets.hand_over(session, name, folder / name)
        serve = [found.binary, "--data-dir", data, "serve", "--port", "0"]
        server = subprocess.Popen(serve, stdout=subprocess.PIPE, text=True)
        try:
            walker = Walker(EMAIL, PASSWORD)
            key = {
                "RC_SERVER": server.stdout.readline().split()[-1],
                "RC_WALK": walker.url, "RC_REDIRECT": REDIRECT, "RC_AUTH_JS": AUTH_JS, "RC_SPA": SPA,
                "RC_EMAIL": EMAIL, "RC_PASSWORD": PASSWORD,
                "RC_ID": app, "RC_SECRET": secret, "RC_JWT": token,
                "RC_SHOP_ID": shop, "RC_SHOP_SECRET": shop_secret, "RC_PAGE_ID": page,
            }
            walk = lambda url: walker.walk(url, "allow")
            refusals = Refusals(walk, key, installed) if is_wanted(REFUSALS) else None
            late, since = refusals and refusals.codes(), time.monotonic()
            if is_wanted(SNIPPETS):
                for name in ("robot", "shop"):
                    snippets.at_this_port(folder / name, key["RC_SERVER"])
                snippets.all_of(folder, walk, installed, REDIRECT)
            for one in wanted:
                installed.log_in(one, key, found.pictures)
            if refusals:
                with start(found.binary, data, folder) as session:
                    sign_in(session)
                    refusals.by_the_console(session)
                # A code lives for a minute.
                time.sleep(max(0, 61 - (time.monotonic() - since)))
                refusals.code("a code after 61 s", "is expired", late)
        finally:
            server.kill()
            server.wait()


if __name__ == "__main__":
    try:
        main()
    except Problem as problem:
        sys.exit(str(problem))
