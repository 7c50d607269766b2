#!/usr/bin/env python3
"""A manifest of 10,000 apps, applied in one go: how long it takes, and that a second time changes
nothing."""

import os
import pathlib
import subprocess
import sys
import time

from console import PASSWORD, Problem, arguments, scratch, sign_up, start
from workspace import must

LIMIT_S = 5.0
APP = """
[[apps]]
name = "App {nth:05d}"
description = "Copies the orders of shop {nth} into the call log."
access = "private"
tags = ["managed"]
[apps.client]
redirect_uris = ["https://shop-{nth}.example.com/oauth/callback"]
grant_types = ["authorization_code", "refresh_token"]
scope = "ReadAccounts ReadCallLog"
"""


def main():
    options = arguments(__doc__, ("--apps", 10_000, "apps in the manifest"))
    with scratch() as folder:
        folder = pathlib.Path(folder)
        data = folder / "data"
        with start(options.binary, data, folder) as session:
            sign_up(session)
        password = folder / "password.txt"
        password.write_text(f"{PASSWORD}\n")
        manifest = folder / "apps.toml"
        apps = (APP.format(nth=nth) for nth in range(options.apps))
        manifest.write_text("manifest = 1\n" + "".join(apps))
        env = {"HOME": str(folder), "PATH": os.environ["PATH"], "DEVCONSOLE_PASSWORD_FILE": str(password)}
        argv = [options.binary, "--data-dir", data, "app", "apply", manifest, "--yes"]

        def apply():
            began = time.monotonic()
            done = subprocess.run(argv, env=env, capture_output=True, text=True, check=False)
            must(f"apply succeeds: {done.stderr}", done.returncode == 0)
            return time.monotonic() - began, done.stdout.splitlines()[-1]

        first, said = apply()
        must(f"all are created: {said}", said == f"{options.apps:,} created, 0 unchanged.")
        again, said = apply()
        must(f"nothing changes: {said}", said == f"{options.apps:,} unchanged.")
        print(f"{options.apps:,} apps applied in {first:.2f} s, compared again in {again:.2f} s")
        must(f"it takes less than {LIMIT_S} s", first < LIMIT_S)


if __name__ == "__main__":
    try:
        main()
    except Problem as problem:
        sys.exit(str(problem))
