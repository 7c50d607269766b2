#!/usr/bin/env python3
"""Watches the system calls of the program: data that the screen reports as saved was synchronized
before the report was drawn, and a new workspace survives in its folder."""

import os
import pathlib
import re
import shutil
import sys

from console import (
    COLUMNS, INTERACTIVE, QUIT, ROWS, SUBMIT, TAB, TO_NAME, TO_THE_END, ESC,
    Problem, Screen, Session, arguments, client_id, last_group, scratch, sign_up, skip,
)

CALLS = "write,pwrite64,pwritev,fsync,fdatasync,openat,mkdir,mkdirat,unlink,unlinkat,rename,ftruncate"
LINE = re.compile(r"^(\d+) +(.*)$")
CALL = re.compile(r"^(\w+)\((.*)$", re.S)
UNFINISHED = " <unfinished ...>"
RESUMED = re.compile(r"^<\.\.\. (\w+) resumed>(.*)$", re.S)
ON_FILE = re.compile(r"^(\d+)<([^>]*)>")
ESCAPES = {"n": 10, "t": 9, "r": 13, "v": 11, "f": 12, '"': 34, "\\": 92}


def calls(log):
    """(name, arguments, is_start, is_end) in the order of the tracer."""
    open_calls = {}
    for line in log.read_text(errors="surrogateescape").splitlines():
        found = LINE.match(line)
        if not found:
            continue
        thread, rest = found.groups()
        resumed = RESUMED.match(rest)
        if resumed:
            name, before = open_calls.pop(thread, (resumed.group(1), ""))
            yield name, before + resumed.group(2), False, True
            continue
        called = CALL.match(rest)
        if not called:
            continue
        name, rest = called.groups()
        if rest.endswith(UNFINISHED):
            rest = rest[: -len(UNFINISHED)]
            open_calls[thread] = (name, rest)
            yield name, rest, True, False
        else:
            yield name, rest, True, True


def unescaped(text):
    """The bytes of the first string among the arguments."""
    start = text.find('"')
    if start < 0:
        return b""
    out, at = bytearray(), start + 1
    while at < len(text) and text[at] != '"':
        if text[at] != "\\":
            out += text[at].encode("utf-8", "surrogateescape")
            at += 1
            continue
        at += 1
        octal = re.match(r"[0-7]{1,3}", text[at:])
        if octal:
            out.append(int(octal.group(0), 8))
            at += octal.end()
        else:
            out.append(ESCAPES.get(text[at], ord(text[at])))
            at += 1
    return bytes(out)


class Disk:
    """The files that were written to since they were last synchronized."""

    def __init__(self):
        self.dirty, self.synced, self.wal_syncs = {}, [], 0

    def see(self, name, rest, starts, ends):
        on_file = ON_FILE.match(rest)
        path = on_file.group(2) if on_file else ""
        if name in ("pwrite64", "pwritev") and starts:
            self.dirty[path] = self.dirty.get(path, 0) + 1
        # Everything written before the call began is synchronized.
        if name in ("fsync", "fdatasync"):
            if starts:
                self.pending = dict(self.dirty)
            if ends and rest.rstrip().endswith("= 0"):
                self.dirty[path] = self.dirty.get(path, 0) - self.pending.get(path, 0)
                self.synced.append(path)
                self.wal_syncs += path.endswith("-wal")

    def unsynced(self, data):
        return [path for path, count in self.dirty.items() if count > 0 and path.startswith(data)
                and not path.endswith("-shm")]


CLAIMS = {
    "the recovery key": lambda text: last_group(text),
    "Created": lambda text: "Created" in text and client_id(text),
    "Draft saved": lambda text: "Draft saved" in text,
}


def look(log, data):
    disk, screen, claimed = Disk(), Screen(COLUMNS, ROWS), set()
    before = {}
    for name, rest, starts, ends in calls(log):
        on_file = ON_FILE.match(rest)
        path = on_file.group(2) if on_file else ""
        if name == "write" and starts and (path.startswith("/dev/pts") or path.startswith("/dev/tty")):
            screen.feed(unescaped(rest))
            text = screen.text()
            for claim, is_made in CLAIMS.items():
                is_new = is_made(text) and claim not in before
                if is_made(text):
                    before[claim] = True
                else:
                    before.pop(claim, None)
                if not is_new:
                    continue
                if disk.unsynced(data):
                    raise Problem(f"{claim} was drawn before {disk.unsynced(data)} was synchronized")
                if disk.wal_syncs == 0:
                    raise Problem(f"{claim} was drawn, and nothing was synchronized before")
                print(f"{claim}: drawn after {disk.wal_syncs} synchronized writes of the log")
                disk.wal_syncs = 0
                claimed.add(claim)
        else:
            disk.see(name, rest, starts, ends)
    if claimed != set(CLAIMS):
        raise Problem(f"of {set(CLAIMS)} only {claimed} was seen")
    return disk


def main():
    found = arguments(__doc__)
    strace = shutil.which("strace")
    if strace is None:
        skip("there is no strace")
    with scratch() as folder:
        folder = os.path.realpath(folder)
        data, log = f"{folder}/new/data", f"{folder}/calls"
        argv = [strace, "-f", "-y", "-qq", "-s", "1000000", "-e", f"trace={CALLS}", "-o", log]
        argv += [str(found.binary), "--data-dir", data]
        with Session(argv, folder) as session:
            try:
                session.wait_text("Sign up")
            except Problem:
                if "ptrace" in session.text():
                    skip("strace may not trace here")
                raise
            sign_up(session)
            session.send("n" + TO_NAME + "Traced" + TAB + "What the disk knows of an app")
            session.send(TO_THE_END + INTERACTIVE)
            session.listen(0.6)
            session.send(SUBMIT)
            session.wait(lambda: client_id(session.text()), "the app")
            session.send("n" + TO_NAME + "Kept")
            session.listen(0.6)
            session.send(ESC)
            session.wait_text("Draft saved")
            session.send(QUIT)
            if session.end() != 0:
                raise Problem("it did not end well")
        disk = look(pathlib.Path(log), data)
        for wanted in (f"{data}/workspace.db", f"{data}/workspace.db-wal", data, f"{folder}/new", folder):
            if wanted not in disk.synced:
                raise Problem(f"{wanted} is new and was never synchronized")
        print("the new file, its log and every new folder were synchronized")


if __name__ == "__main__":
    try:
        main()
    except Problem as problem:
        sys.exit(str(problem))
