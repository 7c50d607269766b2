"""The .env and the first calls that the console writes, run unchanged."""

import os
import shutil
import subprocess
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

from console import CLEAR, DOWN, ENTER, ESC, TAB, Problem, is_list

# Packages that the snippets in Python and JavaScript need besides their SDKs.
PACKAGES = ("ringcentral==0.9.2", "requests-oauthlib==2.0.0", "python-dotenv==1.2.1")
MODULES = ("@ringcentral/sdk@5.0.11", "dotenv@17")


def back_to_list(session):
    # "Apps" is also a word on other pages.
    is_there = lambda: is_list(session.text()) and "Create App" in session.text()
    for _ in range(4):
        session.send(ESC)
        # Bytes right after an ESC would be one key with it.
        session.listen(0.5)
        if is_there():
            return
    session.wait(is_there, "the list")


def hand_over(session, app, folder):
    """Writes the .env of an app and its snippets, as the tab Credentials has them."""
    folder.mkdir()
    session.send("/" + CLEAR + app + ENTER)
    session.listen(0.3)
    session.send(ENTER)
    session.wait_text("Credentials")
    session.listen(0.3)
    session.send(TAB + TAB)
    session.wait_text("Local server")
    session.send(DOWN * 2)
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


# Nothing listens there: requests to this machine must not go to a proxy.
PROXIES = ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy")
BEHIND_A_PROXY = {name: "http://127.0.0.1:9" for name in PROXIES}


def failing_call(command, folder, wanted, said=None, more=None, **changed):
    """A snippet that cannot succeed says why, and no secret."""
    kept = (folder / ".env").read_text()
    lines = [line for line in kept.splitlines() if line.split("=")[0] not in changed]
    lines += [f"{name}={value}" for name, value in changed.items()]
    (folder / ".env").write_text("\n".join(lines) + "\n")
    try:
        done = subprocess.run(
            command, cwd=folder, env={**os.environ, **BEHIND_A_PROXY, **(more or {})}, text=True, input=said,
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


def failing_calls(folder, installed, modules, redirect):
    """Without a server, and with a wrong secret."""
    robot, shop = folder / "robot", folder / "shop"
    nowhere = "http://127.0.0.1:1"
    no_answer = f"No answer from {nowhere}. In devconsole press b, then s. Or run: devconsole serve --port 1"
    down = {"RC_SERVER_URL": nowhere}
    wrong = {"RC_APP_CLIENT_SECRET": "wrong"}
    if shutil.which("curl"):
        failing_call(["sh", "first_call.sh"], robot, no_answer, **down)
        failing_call(["sh", "first_call.sh"], robot, "curl: (7)", **down)
        failing_call(["sh", "first_call.sh"], robot, "HTTP 4", **wrong)
        if shutil.which("openssl"):
            failing_call(["sh", "first_call.sh"], shop, no_answer, "x\n", **down)
            failing_call(["sh", "first_call.sh"], shop, "HTTP 4", "x\n")
    if installed.node:
        failing_call(["node", "first_call.js"], robot, "ECONNREFUSED", more=modules, **down)
        failing_call(["node", "first_call.js"], robot, no_answer, more=modules, **down)
        failing_call(["node", "first_call.js"], robot, "HTTP 4", more=modules, **wrong)
    if installed.python:
        python = installed.python
        failing_call([python, "first_call.py"], robot, no_answer, **down)
        failing_call([python, "first_call.py"], robot, "HTTP 4", **wrong)
        failing_call([python, "first_call.py"], shop, "mismatching_state", f"{redirect}?code=x\n")


def first_call(command, folder, walk, answer=None, more=None):
    """Runs a snippet unchanged. The URL that it prints is opened, and `answer` delivers the
    redirect."""
    process = subprocess.Popen(
        command, cwd=folder, env={**os.environ, **BEHIND_A_PROXY, "PYTHONUNBUFFERED": "1", **(more or {})}, text=True,
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
            # It prints the URL before it listens.
            if process.poll() is not None or attempt == 49:
                raise
            time.sleep(0.1)


def all_of(folder, walk, installed, redirect):
    """Runs every snippet for which there is an interpreter."""
    robot, shop = folder / "robot", folder / "shop"
    if shutil.which("curl"):
        first_call(["sh", "first_call.sh"], robot, walk)
        if shutil.which("openssl"):
            first_call(["sh", "first_call.sh"], shop, walk, code_typed)
    modules = {"NODE_PATH": str(installed.node / "node_modules")} if installed.node else {}
    if installed.node:
        first_call(["node", "first_call.js"], robot, walk, more=modules)
        first_call(["node", "first_call.js"], shop, walk, browser_goes_on, modules)
    if installed.python:
        first_call([installed.python, "first_call.py"], robot, walk)
        first_call([installed.python, "first_call.py"], shop, walk, address_typed)
    failing_calls(folder, installed, modules, redirect)
