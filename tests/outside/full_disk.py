#!/usr/bin/env python3
"""A disk that fills up during start, sign-up, typing, locking, creating, quitting, backup or
restore: the program reports it, nothing is half done, no typed text is lost, and everything works
once there is room. Needs root."""

import contextlib
import os
import pathlib
import subprocess
import sys

from console import (
    ENTER, ESC, INTERACTIVE, LOCK, PASSWORD, QUIT, SUBMIT, TAB, TO_NAME, TO_THE_END,
    Problem, arguments, client_id, confirm_key, fill_sign_up, scratch, sign_in, skip, start,
)
from workspace import Contents, must

FULL = "The disk is full"
# The first and the later typed text.
TEXT, MORE = "What a full disk did not take", " and then some"


class Disk:
    """A small file system in memory, and the ballast that fills it."""

    def __init__(self, place):
        self.place = pathlib.Path(place)

    def fill(self):
        with open(self.place / "ballast", "ab", buffering=0) as ballast, contextlib.suppress(OSError):
            for size in (1 << 16, 1 << 12):
                with contextlib.suppress(OSError):
                    while True:
                        ballast.write(bytes(size))

    def free(self):
        (self.place / "ballast").unlink()


@contextlib.contextmanager
def mounted(folder):
    place = pathlib.Path(folder) / "disk"
    place.mkdir()
    options = ["-t", "tmpfs", "-o", "size=2m", "tmpfs", str(place)]
    made = subprocess.run(["mount", *options], capture_output=True, text=True, check=False)
    if made.returncode:
        skip(f"no file system may be mounted here: {made.stderr.strip()}")
    try:
        yield Disk(place)
    finally:
        subprocess.run(["umount", str(place)], check=True)


def starting(binary, disk, home):
    disk.fill()
    with start(binary, disk.place / "none", home) as session:
        must("it ends with 1", session.end() == 1)
        said = session.raw.decode()
        must(f"it says so in one line: {said!r}", FULL in said or "No space" in said)
        must(f"one line: {said!r}", said.count("\n") == 1 and b"\x1b" not in session.raw)
    disk.free()
    with start(binary, disk.place / "none", home) as session:
        session.wait_text("Sign up")


def signing_up(binary, disk, home):
    data = disk.place / "data"
    with start(binary, data, home) as session:
        fill_sign_up(session)
        disk.fill()
        session.send(ENTER)
        session.wait_text(FULL)
        must("there is no organization", Contents(data).organizations == 0)
        disk.free()
        session.send(ENTER)
        confirm_key(session)
        return_to_shell(session)
    must("there is one developer", Contents(data).developers == 1)




def return_to_shell(session, code=0):
    session.send(QUIT)
    must(f"it ends with {code}", session.end() == code)


def typing_and_creating(binary, disk, home):
    data = disk.place / "data"
    with start(binary, data, home) as session:
        sign_in(session)
        session.send("n" + TO_NAME + "Full" + TAB)
        session.listen(0.5)
        disk.fill()
        session.send(TEXT)
        session.wait_text("The draft is not saved")
        must("the reason is said", session.shows(FULL))
        must("the text is there", session.shows(TEXT))
        # Back is refused once, with the reason; then typing continues.
        session.send(ESC)
        session.wait_text("Go back again to leave without it")
        session.send(MORE)
        session.wait_text(TEXT + MORE)
        # A lock must not discard text that is only on the screen.
        session.send(LOCK)
        session.wait_text("Locked")
        session.send(PASSWORD + ENTER)
        session.wait_text(TEXT + MORE)
        session.send(TO_THE_END + INTERACTIVE + SUBMIT)
        refused = lambda text: "nothing was saved" in text and "The draft is not saved" not in text
        session.wait(lambda: refused(session.text()), "the refusal")
        must("no app", not Contents(data).apps)
        disk.free()
        session.wait_text("The draft is saved again")
        must("the draft", len(Contents(data).drafts) == 1)
        session.send(SUBMIT)
        session.wait(lambda: client_id(session.text()), "the app")
        must("an app and no draft", len(Contents(data).apps) == 1 and not Contents(data).drafts)
        return_to_shell(session)


def quitting(binary, disk, home):
    data = disk.place / "data"
    with start(binary, data, home) as session:
        sign_in(session)
        session.send("n" + TO_NAME + "Kept" + TAB)
        session.listen(0.5)
        disk.fill()
        session.send(TEXT)
        session.wait_text(TEXT)
        session.send(QUIT)
        must("it ends with 1", session.end() == 1)
        said = session.raw.split(b"\x1b[?1049l")[-1].decode()
        must(f"what is lost is said: {said!r}", "The draft is not saved" in said)
    # Still full: reading and copying must work.
    with start(binary, data, home) as session:
        sign_in(session)
        session.wait_text("Kept")
        return_to_shell(session)
    disk.free()
    with start(binary, data, home) as session:
        sign_in(session)
        session.wait_text("Kept")
        session.send(ENTER)
        session.wait_text("App Type")
        session.send(TEXT)
        session.wait_text(TEXT)
        session.send(ESC)
        session.wait_text("Draft saved")
        return_to_shell(session)


def without_room(binary, disk, *words):
    command = [binary, "--data-dir", disk.place / "data", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    must(f"it ends with 1: {done}", done.returncode == 1)
    must(f"it says so in one line: {done}", FULL in done.stderr and done.stderr.count("\n") == 1)


def left(data):
    """The files that are left, except for SQLite's log, which is empty if there was no room for its
    index."""
    logs = ("workspace.db-wal", "workspace.db-shm")
    return sorted(file.name for file in data.iterdir() if file.name not in logs)


def backing_up_and_restoring(binary, disk, home):
    data, saved, elsewhere = disk.place / "data", disk.place / "saved", pathlib.Path(home) / "saved"
    plain = [binary, "--data-dir", data]
    subprocess.run([*plain, "backup", elsewhere], check=True, capture_output=True)
    before = Contents(data).apps
    disk.fill()
    without_room(binary, disk, "backup", saved)
    must("no file that looks like a backup", not list(disk.place.glob("saved*")))
    without_room(binary, disk, "restore", "--yes", elsewhere)
    must("the workspace is as it was", Contents(data).apps == before)
    must("nothing is left", left(data) == ["workspace.db"])
    # Room for the copy, but not for the replaced workspace.
    size = elsewhere.stat().st_size
    ballast = disk.place / "ballast"
    os.truncate(ballast, ballast.stat().st_size - size - size // 2)
    without_room(binary, disk, "restore", "--yes", elsewhere)
    must("the workspace is still as it was", Contents(data).apps == before)
    must("still nothing is left", left(data) == ["workspace.db"])
    disk.free()
    for words in (["backup", saved], ["restore", "--yes", elsewhere]):
        subprocess.run([*plain, *words], check=True, capture_output=True)
    must("all is well", Contents(data).apps == before)


def main():
    found = arguments(__doc__)
    if os.geteuid() != 0 or not sys.platform.startswith("linux"):
        skip("only root may mount a small file system")
    with scratch() as folder, mounted(folder) as disk:
        parts = (starting, signing_up, typing_and_creating, quitting, backing_up_and_restoring)
        for part in parts:
            part(found.binary, disk, folder)
            print(f"full while {part.__name__.replace('_', ' ')}: as it should be", flush=True)


if __name__ == "__main__":
    try:
        main()
    except Problem as problem:
        sys.exit(str(problem))
