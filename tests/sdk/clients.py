"""The published clients: where each is installed from, and the script that logs in with it."""

import os
import pathlib
import shutil
import subprocess
import sys
import venv
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "outside"))

from console import Problem  # noqa: E402

NODE, PAGE, PYTHON, RUST = "node", "page", "python", "rust"
SDK_JS, SDK_PY = "@ringcentral/sdk@5.0.11", "ringcentral==0.9.2"
# A browser and its driver.
BROWSER = ("puppeteer-core@24", "@sparticuz/chromium@147")


class Client(NamedTuple):
    name: str
    kind: str
    packages: tuple
    # Each a script and its arguments.
    scripts: tuple


CLIENTS = (
    Client("ringcentral-js", NODE, (SDK_JS,), (("jwt.js",), ("code_ringcentral.js",))),
    Client("rc-ex-core", NODE, ("@rc-ex/core@1.8.6",), (("rc_ex_core.mjs",),)),
    Client("openid-client", NODE, ("openid-client@6.9.0",), (("code_openid.mjs",),)),
    Client("openid-client-5", NODE, ("openid-client5@npm:openid-client@5.7.0",), (("openid_client_5.mjs",),)),
    Client("oauth4webapi", NODE, ("oauth4webapi@3.8.8",), (("oauth4webapi.mjs",),)),
    Client("auth-core", NODE, ("@auth/core@0.41.3",), (("auth_core.mjs",),)),
    Client(
        "express-openid-connect",
        NODE,
        ("express-openid-connect@3.4.0", "express@4"),
        (("express_openid_connect.mjs",),),
    ),
    Client("pages", PAGE, BROWSER, (("browser.mjs",),)),
    Client("ringcentral-page", PAGE, (*BROWSER, SDK_JS), (("spa.mjs", "ringcentral-page"),)),
    Client("oidc-client-ts", PAGE, (*BROWSER, "oidc-client-ts@3.5.0"), (("spa.mjs", "oidc-client-ts"),)),
    Client("ringcentral-py", PYTHON, (SDK_PY,), (("jwt_login.py",), ("code_ringcentral.py",))),
    Client("authlib", PYTHON, ("Authlib==1.9.9", "requests"), (("code_authlib.py",),)),
    Client("requests-oauthlib", PYTHON, ("requests-oauthlib==2.0.0",), (("code_requests_oauthlib.py",),)),
    Client("httpx-oauth", PYTHON, ("httpx-oauth==0.17.0",), (("code_httpx_oauth.py",),)),
    Client("social-auth-core", PYTHON, ("social-auth-core==7.0.0",), (("code_social_auth.py",),)),
    Client(
        "requests-oauth2client", PYTHON, ("requests-oauth2client==1.8.0",), (("code_requests_oauth2client.py",),)
    ),
    Client("oauth2-crate", RUST, (), (("oauth2",),)),
    Client("openidconnect-crate", RUST, (), (("openidconnect",),)),
)


def run(name, argv, key, cwd):
    done = subprocess.run(argv, env={**os.environ, **key}, cwd=cwd, timeout=180)
    if done.returncode:
        raise Problem(f"{name} failed")


def node_modules(folder, packages):
    """Installs them if they are missing. Large packages that may be unavailable get their own
    folder."""
    if not (shutil.which("node") and shutil.which("npm")):
        print("skipped: there is no node here:", *packages)
        return False
    folder.mkdir(exist_ok=True)
    (folder / "package.json").write_text("{}")
    npm = ["npm", "install", "--silent", "--no-fund", "--no-audit", "--prefer-offline", *packages]
    if subprocess.run(npm, cwd=folder, timeout=600).returncode:
        print("skipped: these cannot be installed here:", *packages)
        return False
    for script in [*HERE.glob("*.js"), *HERE.glob("*.mjs")]:
        shutil.copy(script, folder)
    return True


def python_of(folder, packages):
    """An interpreter that has them, or None."""
    venv.create(folder / "venv", with_pip=True)
    binary = folder / "venv" / "bin" / "python"
    pip = [binary, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages]
    if subprocess.run(pip, timeout=600).returncode:
        print("skipped: the Python clients cannot be installed here")
        return None
    return binary


def rust_of():
    """The clients of crates, built beside the program's own artifacts; None without their
    crates."""
    target = HERE.parent.parent / "target" / "sdk-clients"
    cargo = ["cargo", "build", "--quiet", "--locked", "--manifest-path", HERE / "rust" / "Cargo.toml"]
    if not shutil.which("cargo") or subprocess.run(
        cargo, env={**os.environ, "CARGO_TARGET_DIR": str(target)}, timeout=1200
    ).returncode:
        print("skipped: the clients of crates cannot be built here")
        return None
    return target / "debug" / "devconsole-sdk-clients"


class Installed:
    """The needed packages of the requested kinds, installed once each."""

    def __init__(self, folder, wanted, more_python=(), more_node=()):
        self.folder = folder
        of = lambda kind: [one for one in wanted if one.kind == kind]
        packages = lambda kind, more=(): sorted({name for one in of(kind) for name in one.packages} | set(more))
        node, page, python = packages(NODE, more_node), packages(PAGE), packages(PYTHON, more_python)
        modules = lambda name, packages: folder / name if node_modules(folder / name, packages) else None
        with ThreadPoolExecutor() as pool:
            begun = (
                pool.submit(modules, "node", node) if node else None,
                pool.submit(modules, "page", page) if page else None,
                pool.submit(python_of, folder, python) if python else None,
                pool.submit(rust_of) if of(RUST) else None,
            )
        self.node, self.page, self.python, self.rust = (one and one.result() for one in begun)

    def log_in(self, client, key, pictures):
        """Runs its scripts; nothing if it could not be installed, which was reported."""
        for script, *arguments in client.scripts:
            if client.kind == NODE and self.node:
                run(script, ["node", script], key, self.node)
            elif client.kind == PAGE and self.page:
                # The package brings the libraries that a bare machine lacks.
                bare = {"AWS_LAMBDA_JS_RUNTIME": "nodejs20.x"}
                more = ["--pictures", os.path.abspath(pictures)] if pictures else []
                run(script, ["node", script, *arguments, *more], {**key, **bare}, self.page)
            elif client.kind == PYTHON and self.python:
                run(script, [self.python, HERE / script], key, self.folder)
            elif client.kind == RUST and self.rust:
                run(script, [self.rust, script], key, self.folder)
