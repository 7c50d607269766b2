#!/usr/bin/env python3
"""Folders and files without write permission: refused in one line, and unchanged. Root may write
anything, so as root this runs as another account."""

import os
import pathlib
import shutil
import sys

from console import (
    QUIT, Problem, Session, arguments, scratch, sign_in, sign_up, start,
)
from workspace import must

NOBODY = 65534


def become_nobody():
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)


def give(path, owner=NOBODY):
    if os.geteuid() == 0:
        os.chown(path, owner, owner)


def contents(folder):
    return {file.name: file.read_bytes() for file in sorted(folder.glob("*"))}


class Case:
    """A copy of a workspace with its own modes, and the expected message about it."""

    def __init__(self, template, folder, name):
        self.home = folder / name
        self.data = self.home / "data"
        shutil.copytree(template, self.data)
        os.chmod(self.data, 0o700)
        for path in (self.home, self.data, *self.data.iterdir()):
            give(path)

    def refused(self, binary, wanted, data=None):
        as_it_was = contents(self.data)
        argv = [str(binary), "--data-dir", str(data or self.data)]
        with Session(argv, self.home, before=become_nobody) as session:
            code = session.end()
            said = session.raw.decode()
        must(f"it ends with 1, not {code}: {said!r}", code == 1)
        must(f"one line: {said!r}", said.startswith("devconsole: ") and said.count("\n") == 1)
        must(f"{wanted!r} is said: {said!r}", wanted in said)
        must("the terminal was not touched", "\x1b" not in said)
        must("the files are as they were", contents(self.data) == as_it_was)
        print(f"{self.home.name}: {said.strip().removeprefix('devconsole: ')}", flush=True)


def main():
    found = arguments(__doc__)
    with scratch() as name:
        folder = pathlib.Path(name)
        # The account that runs this must be able to reach the binary.
        binary = folder / "devconsole"
        shutil.copy(found.binary, binary)
        os.chmod(binary, 0o755)
        os.chmod(folder, 0o755)
        template = folder / "template"
        with start(binary, template, folder) as session:
            sign_up(session)
            session.send(QUIT)
            must("it ends well", session.end() == 0)

        case = Case(template, folder, "a-file-that-is-read-only")
        os.chmod(case.data / "workspace.db", 0o400)
        case.refused(binary, "read-only")

        case = Case(template, folder, "a-folder-that-is-read-only")
        os.chmod(case.data, 0o500)
        case.refused(binary, "read-only")

        case = Case(template, folder, "a-folder-for-a-new-one-that-is-read-only")
        os.chmod(case.home, 0o500)
        case.refused(binary, "cannot be created", case.home / "none")

        if os.geteuid() == 0:
            case = Case(template, folder, "a-file-of-another-account")
            give(case.data / "workspace.db", 0)
            case.refused(binary, "No permission")

            case = Case(template, folder, "a-folder-of-another-account")
            for path in (case.data, *case.data.iterdir()):
                give(path, 0)
            case.refused(binary, "No permission")

            case = Case(template, folder, "a-readable-workspace-of-another-account")
            for path in (case.data, *case.data.iterdir()):
                give(path, 0)
            os.chmod(case.data, 0o755)
            os.chmod(case.data / "workspace.db", 0o644)
            case.refused(binary, "No permission")
        else:
            print("as another account: skipped, only root can change owners")

        # With write permission, all of this still works.
        case = Case(template, folder, "one's-own")
        argv = [str(binary), "--data-dir", str(case.data)]
        with Session(argv, case.home, before=become_nobody) as session:
            sign_in(session)
            session.send(QUIT)
            must("it ends well", session.end() == 0)


if __name__ == "__main__":
    try:
        main()
    except Problem as problem:
        sys.exit(str(problem))
