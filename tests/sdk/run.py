#!/usr/bin/env python3
"""Registers apps in the real console, starts the local platform and lets published, unmodified
clients log in against it; walks its pages in a real headless browser. Installs them into a scratch
folder; what cannot be installed is named and skipped."""

import os
import pathlib
import shutil
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import venv

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "outside"))

from console import (  # noqa: E402
    CLEAR, DOWN, EMAIL, ENTER, ESC, NEXT_TAB, PASSWORD, SUBMIT, TAB, TO_NAME, Problem, arguments,
    created_with_read_accounts, is_list, issue, revealed, scratch, sign_in, sign_up, start,
)
from walker import Walker  # noqa: E402

REDIRECT = "http://127.0.0.1:7777/cb"
NODE = ["@ringcentral/sdk@5.0.11", "openid-client@6.9.0", "dotenv@17"]
BROWSER = ["puppeteer-core@24", "@sparticuz/chromium@147"]
PYTHON = ["ringcentral==0.9.2", "Authlib==1.9.9", "requests-oauthlib==2.0.0", "python-dotenv==1.2.1"]
REFUSED_JS = ("refused.js", "refused_code.mjs")
REFUSED_PY = ("refused.py", "refused_code.py")


def signs_in(session, name, is_public):
    """From the list: an app that people sign in to. Its id, and its secret if it has one."""
    keys = TAB + TAB + " " + NEXT_TAB + NEXT_TAB + TAB + " " + (DOWN if is_public else "") + TAB
    session.send("n" + TO_NAME + name + TAB + "Sells things to people" + keys + REDIRECT + NEXT_TAB)
    found, secret = created_with_read_accounts(session), ""
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


def hand_over(session, app, folder):
    """Writes the .env of an app and its snippets, as the tab Credentials has them."""
    folder.mkdir()
    session.send("/" + CLEAR + app + ENTER)
    session.listen(0.3)
    session.send(ENTER)
    session.wait_text("Credentials")
    session.listen(0.3)
    session.send(TAB + TAB)
    session.wait_text("Copy as")
    session.send(DOWN * 8)
    for name in (".env", "first_call.sh", "first_call.js", "first_call.py"):
        session.listen(0.2)
        session.send("w")
        session.wait_text("Write to a file")
        session.send(CLEAR + str(folder / name))
        session.listen(0.2)
        session.send(ENTER)
        session.wait(lambda: (folder / name).is_file(), name)
        session.send(DOWN)
    back_to_list(session)


def at_this_port(folder, server):
    """The line of the .env that a person changes for another server."""
    file = folder / ".env"
    lines = file.read_text().splitlines()
    is_server = lambda line: line.split("=")[0] in ("RC_SERVER_URL", "RINGCENTRAL_SERVER_URL")
    lines = [line.split("=")[0] + "=" + server if is_server(line) else line for line in lines]
    file.write_text("\n".join(lines) + "\n")


# Nothing listens there: what is for this machine must not be sent to a proxy.
PROXIES = ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy")
BEHIND_A_PROXY = {name: "http://127.0.0.1:9" for name in PROXIES}


def failing_call(command, folder, wanted, said=None, **changed):
    """A snippet that cannot succeed says why, and no secret."""
    kept = (folder / ".env").read_text()
    lines = [line for line in kept.splitlines() if line.split("=")[0] not in changed]
    (folder / ".env").write_text("\n".join(lines + [f"{name}={value}" for name, value in changed.items()]) + "\n")
    try:
        done = subprocess.run(
            command, cwd=folder, env={**os.environ, **BEHIND_A_PROXY}, text=True, input=said,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60,
        )  # fmt: skip
    finally:
        (folder / ".env").write_text(kept)
    name = f"{folder.name}/{' '.join(map(str, command[-1:]))}"
    secrets = [line.split("=", 1)[1] for line in kept.splitlines() if "SECRET=" in line or "JWT" in line]
    if not done.returncode or wanted not in done.stdout or "No token" in done.stdout:
        raise Problem(f"{name} does not say {wanted!r}, or ends well: {done.stdout}")
    if any(secret in done.stdout for secret in secrets) or "Basic " in done.stdout:
        raise Problem(f"{name} tells a secret: {done.stdout}")
    print(f"{name}: {wanted!r} is said")


def failing_calls(python, folder, has_node):
    """Where nothing listens, and with a secret that is wrong."""
    robot, shop = folder / "robot", folder / "shop"
    nowhere = "http://127.0.0.1:1"
    down = {"RC_SERVER_URL": nowhere}
    wrong = {"RC_APP_CLIENT_SECRET": "wrong"}
    if shutil.which("curl"):
        failing_call(["sh", "first_call.sh"], robot, f"{nowhere}: curl: (7)", **down)
        failing_call(["sh", "first_call.sh"], robot, "HTTP 4", **wrong)
        if shutil.which("openssl"):
            failing_call(["sh", "first_call.sh"], shop, f"{nowhere}: curl: (7)", "x\n", **down)
            failing_call(["sh", "first_call.sh"], shop, "HTTP 4", "x\n")
    if has_node:
        failing_call(["node", "first_call.js"], robot, "ECONNREFUSED", **down)
        failing_call(["node", "first_call.js"], robot, "HTTP 4", **wrong)
    if python:
        failing_call([python, "first_call.py"], robot, "refused", **down)
        failing_call([python, "first_call.py"], robot, "HTTP 4", **wrong)
        failing_call([python, "first_call.py"], shop, "mismatching_state", f"{REDIRECT}?code=x\n")


def first_call(command, folder, walk, answer=None):
    """Runs a snippet as it was written. What it says to open is opened; where the browser comes to
    is given back by `answer`."""
    process = subprocess.Popen(
        command, cwd=folder, env={**os.environ, **BEHIND_A_PROXY, "PYTHONUNBUFFERED": "1"}, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    watch = threading.Timer(60, process.kill)
    watch.start()
    try:
        said = ""
        if answer:
            opens = next(line for line in process.stdout if line.startswith("Open:"))
            back = walk(opens.split(maxsplit=1)[1].strip())
            said = answer(process, back) or ""
        out, _ = process.communicate(said)
    finally:
        watch.cancel()
        process.kill()
    name = " ".join(map(str, command[-1:]))
    if "Ada King" not in out:
        raise Problem(f"{folder.name}/{name} does not answer with a name: {out}")
    print(f"{folder.name}/{name}: the first call of the snippet, as it was written")


def code_typed(_, back):
    return urllib.parse.parse_qs(urllib.parse.urlsplit(back).query)["code"][0] + "\n"


def address_typed(_, back):
    return back + "\n"


def browser_goes_on(process, back):
    for attempt in range(50):
        try:
            urllib.request.urlopen(back, timeout=20).read()
            return
        except urllib.error.URLError:
            # It prints where to go before it listens.
            if process.poll() is not None or attempt == 49:
                raise
            time.sleep(0.1)


def javascript(folder, key, walk):
    if not installed(folder, NODE):
        return False
    first_call(["node", "first_call.js"], folder / "robot", walk)
    first_call(["node", "first_call.js"], folder / "shop", walk, browser_goes_on)
    for name in ("jwt.js", "code_ringcentral.js", "code_openid.mjs"):
        shutil.copy(HERE / name, folder)
        run(name, ["node", name], key, folder)
    for name in REFUSED_JS:
        shutil.copy(HERE / name, folder)
    return True


class Refusals:
    """What the console decided makes every client fail. It is done while the platform runs."""

    def __init__(self, walk, key, folder, node, python):
        self.walk, self.key, self.folder = walk, key, folder
        js = [["node", name] for name in REFUSED_JS]
        py = [[python, HERE / name] for name in REFUSED_PY]
        here = [one for one, is_here in ((js, node), (py, python)) if is_here]
        self.of_jwt, self.of_code = ([one[nth] for one in here] for nth in range(2))

    def codes(self):
        """One for each client: three in Python, two in JavaScript."""
        asked = {"response_type": "code", "client_id": self.key["RC_SHOP_ID"], "redirect_uri": REDIRECT}
        url = f"{self.key['RC_SERVER']}/restapi/oauth/authorize?{urllib.parse.urlencode(asked)}"
        return [code_typed(None, self.walk(url)).strip() for _ in range(5)]

    def jwt(self, what, said, **more):
        for command in self.of_jwt:
            run(what, command, {**self.key, "RC_WHAT": what, "RC_SAID": said, **more}, self.folder)

    def code(self, what, said, codes, **more):
        for command in self.of_code:
            few = codes[:2] if command[0] == "node" else codes[2:]
            told = {"RC_WHAT": what, "RC_SAID": said, "RC_CODES": " ".join(few), **more}
            run(what, command, {**self.key, **told}, self.folder)


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
            hand_over(session, "robot", folder / "robot")
            hand_over(session, "shop", folder / "shop")
        serve = [found.binary, "--data-dir", data, "serve"]
        platform = subprocess.Popen(serve, stdout=subprocess.PIPE, text=True)
        try:
            walker = Walker(EMAIL, PASSWORD)
            key = {
                "RC_SERVER": platform.stdout.readline().split()[-1],
                "RC_WALK": walker.url, "RC_REDIRECT": REDIRECT,
                "RC_EMAIL": EMAIL, "RC_PASSWORD": PASSWORD,
                "RC_ID": app, "RC_SECRET": secret, "RC_JWT": token,
                "RC_SHOP_ID": shop, "RC_SHOP_SECRET": shop_secret, "RC_PAGE_ID": page,
            }
            for name in ("robot", "shop"):
                at_this_port(folder / name, key["RC_SERVER"])
            walk = lambda url: walker.walk(url, "allow")
            if shutil.which("curl"):
                first_call(["sh", "first_call.sh"], folder / "robot", walk)
                if shutil.which("openssl"):
                    first_call(["sh", "first_call.sh"], folder / "shop", walk, code_typed)
            has_node = javascript(folder, key, walk)
            pages(folder / "browser", key, found.pictures)
            binary = python_of(folder)
            refusals = Refusals(walk, key, folder, has_node, binary)
            late, since = refusals.codes(), time.monotonic()
            if binary:
                first_call([binary, "first_call.py"], folder / "robot", walk)
                first_call([binary, "first_call.py"], folder / "shop", walk, address_typed)
                for name in ("jwt.py", "code_python.py"):
                    run(name, [binary, HERE / name], key, folder)
            failing_calls(binary, folder, has_node)
            with start(found.binary, data, folder) as session:
                sign_in(session)
                refusals.jwt("a JWT for another app", "not among those", RC_ID=shop, RC_SECRET=shop_secret)
                codes = refusals.codes()
                for name in ("shop", "robot"):
                    at_the_console(session, ["/", CLEAR + name, ENTER, "z", ENTER], "suspended")
                refusals.code("a suspended app", "is suspended", codes, RC_IS_CHALLENGED="yes")
                refusals.jwt("a suspended app", "is suspended")
                at_the_console(session, ["z", ENTER], "resumed")
                if binary:
                    run("a resumed app", [binary, HERE / "jwt.py"], key, folder)
                at_the_console(session, ["/", CLEAR + "shop", ENTER, "z", ENTER], "resumed")
                at_the_console(session, [ESC, "J", "d", ENTER], "Revoked")
                refusals.jwt("a revoked JWT", "was revoked")
            # A code lives for a minute.
            time.sleep(max(0, 61 - (time.monotonic() - since)))
            refusals.code("a code after 61 s", "is expired", late)
        finally:
            platform.kill()
            platform.wait()


if __name__ == "__main__":
    try:
        main()
    except Problem as problem:
        sys.exit(str(problem))
