#!/usr/bin/env python3
"""Another program holds the workspace during sign-in, typing, creating, locking and quitting: the
program reports it, typed text stays, and everything continues once the other one lets go."""

import contextlib
import sqlite3
import sys
import time

from console import (
    ENTER, LOCK, PASSWORD, QUIT, SUBMIT, TAB, TO_NAME, TO_THE_END,
    Problem, arguments, client_id, is_list, scratch, sign_in, sign_up, start,
)
from workspace import Contents, must

HELD = "Another program"
REFUSED = "The workspace is in use by another program"
TEXT = "What somebody typed in the meantime"


@contextlib.contextmanager
def held(data):
    db = sqlite3.connect(f"{data}/workspace.db", timeout=10, isolation_level=None)
    db.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        db.execute("ROLLBACK")
        db.close()


def starting(binary, data, home):
    with start(binary, data, home) as session:
        sign_up(session)
        session.send(QUIT)
        must("it ends well", session.end() == 0)
    with held(data), start(binary, data, home) as session:
        must("it ends with 1", session.end() == 1)
        must("it says so in one line", session.raw.startswith(b"devconsole: " + REFUSED.encode()))


def signing_in(binary, data, home):
    with start(binary, data, home) as session:
        session.wait_text("Sign in")
        with held(data):
            session.send(PASSWORD + ENTER)
            session.wait_text(HELD)
        session.send(PASSWORD + ENTER)
        session.wait(lambda: is_list(session.text()), "the list of apps")


def typing_and_creating(binary, data, home):
    with start(binary, data, home) as session:
        sign_in(session)
        session.send("n" + TO_NAME + "Held" + TAB)
        session.listen(0.5)
        with held(data):
            session.send(TEXT)
            session.wait_text("The draft is not saved")
            must("the reason is said", session.shows(HELD))
            # The screen keeps working while the worker waits.
            began = time.monotonic()
            session.send(" and more")
            session.wait_text(TEXT + " and more")
            must("keys are not kept waiting", time.monotonic() - began < 1)
            session.send(LOCK)
            session.wait_text("Locked")
        session.send(PASSWORD + ENTER)
        session.wait_text(TEXT + " and more")
        session.listen(0.5)
        with held(data):
            session.send(TO_THE_END + SUBMIT)
            session.wait(lambda: "!" in session.text() and session.shows(HELD), HELD)
            must("no app", not Contents(data).apps)
        # The reply to Create follows the one to the draft.
        session.wait(lambda: not session.shows("Creating the app"), "an answer")
        if not client_id(session.text()):
            session.send(SUBMIT)
        session.wait(lambda: client_id(session.text()), "the app")
        contents = Contents(data)
        must("one app and no draft", len(contents.apps) == 1 and not contents.drafts)
        session.send(QUIT)
        must("it ends well", session.end() == 0)


def quitting(binary, data, home):
    with start(binary, data, home) as session:
        sign_in(session)
        session.send("n" + TO_NAME + "Held" + TAB)
        session.listen(0.5)
        with held(data):
            session.send(TEXT)
            session.wait_text(TEXT)
            began = time.monotonic()
            session.send(QUIT)
            must("it ends with 1", session.end() == 1)
            must("no wait is longer than 7 s", time.monotonic() - began < 7)
        said = session.raw.split(b"\x1b[?1049l")[-1].decode()
        must(f"what may be lost is said: {said!r}", "may not be saved" in said)
    with start(binary, data, home) as session:
        sign_in(session)
        session.wait_text("Held")


def main():
    found = arguments(__doc__)
    with scratch() as home:
        for part in (starting, signing_in, typing_and_creating, quitting):
            part(found.binary, f"{home}/data", home)
            print(f"held while {part.__name__.replace('_', ' ')}: as it should be", flush=True)


if __name__ == "__main__":
    try:
        main()
    except Problem as problem:
        sys.exit(str(problem))
