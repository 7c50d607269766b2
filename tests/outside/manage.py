#!/usr/bin/env python3
"""Kills the program with SIGKILL at random moments of edits, rotations, suspensions, deletions and
taggings, and checks the result: a whole file, everything that was acknowledged, each change whole
or absent, a row of history for each, and a history that passes its own check."""

import pathlib
import random
import re
import sys
import time

from console import (
    DEADLINE, ENTER, ESC, NEXT_TAB, SUBMIT, TAB, TO_NAME, TO_THE_END,
    Problem, arguments, client_id, is_list, scratch, sign_in, sign_up, start,
)
from kill9 import Doomed, Killed
from workspace import Contents, must

NAMES = ["Alpha", "Beta", "Gamma"]
DESCRIPTION = "Exports the call log at night"
CHECKED = "Verified: no entry was changed or removed"


class Deed:
    """Keys that lead to a question, the key that answers it, and the resulting state of an app."""

    def __init__(self, name, what, keys, asked, answer, told, after):
        self.name, self.what = name, what
        self.keys, self.asked, self.answer = keys, asked, answer
        self.told, self.after = told, after


def deeds(state, number):
    """The possible changes of an app in this state."""
    token = f"t{number:04d}"
    if state["deleted"]:
        return [Deed("restore", "app_restored", "u", None, None, "Restored", {"deleted": False})]
    possible = [
        Deed(
            "edit", "app_changed", "e", "no changes yet", f"2{TAB} {token}{SUBMIT}", "Saved.",
            {"description": f"{state['description']} {token}"},
        ),
        Deed("tag", "tags_changed", "t", "Tags of", "\x15" + token, "updated.", {"tags": [token]}),
        Deed("delete", "app_deleted", "d", "to the trash?", ENTER, "moved to the trash", {"deleted": True}),
    ]
    if state["status"] == "active":
        after = {"status": "suspended"}
        possible.append(Deed("suspend", "app_suspended", "z", "Suspend", ENTER, "Suspended:", after))
    else:
        after = {"status": "active"}
        possible.append(Deed("resume", "app_resumed", "z", "Resume", ENTER, "Resumed.", after))
    if state["rotating"]:
        after = {"rotating": False}
        possible += [
            Deed("finish", "rotation_finished", "F", "End the old", ENTER, "no longer works", after),
            Deed("cancel", "rotation_cancelled", "X", "Discard the new", ENTER, "is current again", after),
        ]
    else:
        after = {"rotating": True}
        asked, told = "how many hours", "New Client Secret"
        possible.append(Deed("rotate", "secret_rotated", "R", asked, ENTER, told, after))
    return possible


class Keeper:
    def __init__(self, binary, folder, seed):
        self.binary, self.folder = binary, pathlib.Path(folder)
        self.data = self.folder / "data"
        self.dice = random.Random(seed)
        self.known = {}
        self.written = {}
        self.number = 0
        self.figures = {"acknowledged": 0, "cut off, done": 0, "cut off, not done": 0}

    def prepare(self):
        with start(self.binary, self.data, self.folder) as session:
            sign_up(session)
            for name in NAMES:
                session.send("n" + TO_NAME + name + TAB + DESCRIPTION + TO_THE_END + SUBMIT)
                session.wait(lambda: client_id(session.text()), name)
                session.send(ESC)
                session.wait(lambda: is_list(session.text()), "the list of apps")
        contents = Contents(self.data)
        self.known = contents.states
        self.written = {row: contents.history.count(row) for row in contents.history}

    def round(self):
        self.number += 1
        name = self.dice.choice(NAMES)
        with Doomed([str(self.binary), "--data-dir", str(self.data)], self.folder) as session:
            sign_in(session)
            self.check_history(session)
            deed = self.dice.choice(deeds(self.known[name], self.number))
            is_told = False
            try:
                self.open(session, name)
                self.do(session, deed)
                is_told = True
            except Killed:
                pass
            if session.killed_at is None:
                session.die()
        self.look(name, deed, is_told)

    def check_history(self, session):
        session.send("H")
        session.wait_text("History")
        session.send("v")
        session.wait_text(CHECKED)
        session.send(ESC)
        session.wait(lambda: is_list(session.text()) and "verify" not in session.text(), "the list")

    def open(self, session, name):
        if self.known[name]["deleted"]:
            name += " is:deleted"
        # The draft of an interrupted change has the same name; a facet finds only apps.
        session.send("/" + "\x15" + name + " type:rest" + ENTER)
        # The title counts the found apps; the trash is counted alone.
        found = lambda: re.search(r" type:rest +1( of \d+)? ", session.text())
        session.wait(found, f"{name} alone in the list")
        session.send(ENTER)
        session.wait_text("Overview")

    def do(self, session, deed):
        span = self.dice.choice([(0, 0.001), (0, 0.004), (0.001, 0.03), None])
        session.send(deed.keys)
        if deed.asked:
            # A killed edit leaves a draft, about which the console asks first.
            left = "Unsaved changes"
            session.wait(lambda: session.shows(deed.asked) or session.shows(left), deed.asked)
            if session.shows(left):
                session.send("n")
            session.wait_text(deed.asked)
            # An edit is saved by a second key.
            if span and deed.name != "edit":
                session.doom_in(self.dice.uniform(*span))
            session.send(deed.answer)
        elif span:
            session.doom_in(self.dice.uniform(*span))
        if deed.name == "tag":
            session.wait_text(deed.answer.strip("\x15"))
            session.send(ENTER)
        if deed.name == "edit":
            # Once to see what changes, once to save it.
            session.wait_text("Check the changes")
            if span:
                session.doom_in(self.dice.uniform(*span))
            session.send(SUBMIT)
        session.wait_text(deed.told)
        if span:
            session.listen(0.01)

    def look(self, name, deed, is_told):
        contents = Contents(self.data)
        before = self.known[name]
        after = {**before, **deed.after}
        found = contents.states[name]
        row = (name, deed.what)
        rows = contents.history.count(row) - self.written.get(row, 0)
        is_done = found == after
        must(f"{name}: {deed.name} is whole or not there: {found}", is_done or found == before)
        must(f"{name}: {deed.name} has its row in the history", rows == (1 if is_done else 0))
        must(f"{name}: {deed.name}, which was acknowledged, is there", is_done or not is_told)
        for other in NAMES:
            same = other == name or contents.states[other] == self.known[other]
            must(f"{other} is as it was", same)
        figure = "acknowledged" if is_told else "cut off, done" if is_done else "cut off, not done"
        self.figures[figure] += 1
        self.known[name] = found
        self.written[row] = contents.history.count(row)


def main():
    found = arguments(
        __doc__,
        ("--rounds", 200, "how often it is killed"),
        ("--seed", int(time.time()), "the same moments again, as far as time repeats"),
    )
    print(f"seed {found.seed}", flush=True)
    began = time.monotonic()
    with scratch() as folder:
        keeper = Keeper(found.binary, folder, found.seed)
        keeper.prepare()
        for _ in range(found.rounds):
            keeper.round()
        with start(keeper.binary, keeper.data, keeper.folder) as session:
            sign_in(session)
            keeper.check_history(session)
    print(f"{found.rounds} rounds in {time.monotonic() - began:.0f} s: {keeper.figures}")


if __name__ == "__main__":
    try:
        main()
    except Problem as problem:
        sys.exit(str(problem))
