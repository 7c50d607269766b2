#!/usr/bin/env python3
"""Kills the program with SIGKILL at random moments of signing up, drafting and creating, and checks
the result: a whole file, everything that was acknowledged, no half app, and a draft that holds the
text typed up to a quarter of a second before the end."""

import multiprocessing
import pathlib
import random
import sys
import time
import traceback

from console import (
    DEADLINE, ENTER, ESC, INTERACTIVE, NEXT_TAB, SUBMIT, TAB, TO_NAME, TO_THE_END,
    Problem, Session, arguments, client_id, confirm_key, fill_sign_up, is_list, last_group,
    scratch, sign_in, sign_up, start,
)
from workspace import Contents, must

# The guarantees of the program.
DRAFT_LAG = 0.25
PREV_TAB = "\x1b[5~"
TOKENS = 17


class Killed(Exception):
    """Raised at the moment of the kill."""


class Doomed(Session):
    """A session that is killed at a fixed moment, whatever the check is doing then."""

    killed_at = doom = None

    def doom_in(self, seconds):
        self.doom = time.monotonic() + seconds

    def pump(self, seconds=0.0):
        if self.killed_at is not None or self.doom is None:
            return super().pump(seconds)
        left = self.doom - time.monotonic()
        if left > 0:
            came = super().pump(min(seconds, left))
            if time.monotonic() < self.doom:
                return came
        self.die()
        raise Killed

    def die(self):
        self.killed_at = time.monotonic()
        self.kill()
        # A person saw everything drawn before the kill.
        self.end()


class Worker:
    def __init__(self, binary, folder, seed, slack):
        self.binary, self.folder, self.slack = binary, pathlib.Path(folder), slack
        self.dice = random.Random(seed)
        self.data = self.folder / "data"
        self.created = {}
        self.draft = None
        self.attempt = None
        self.number = 0
        self.figures = dict.fromkeys(
            ["sign-up", "drafting", "creating", "resumed", "created", "not created", "key shown"], 0
        )
        self.lags = []

    def start(self, data):
        return Doomed([str(self.binary), "--data-dir", str(data)], self.folder)

    def prepare(self):
        with start(self.binary, self.data, self.folder) as session:
            sign_up(session)

    def round(self):
        self.number += 1
        if self.number % 5 == 0:
            return self.sign_up_round()
        with self.start(self.data) as session:
            sign_in(session)
            if self.draft:
                self.resume(session)
            self.settle_attempt(session)
            try:
                if self.draft and self.draft["kept"]:
                    self.creating(session)
                else:
                    self.drafting(session)
            except Killed:
                pass
            if session.killed_at is None:
                session.die()
            self.look(session)

    # Signing up, in its own folder.

    def sign_up_round(self):
        self.figures["sign-up"] += 1
        data = self.folder / f"fresh-{self.number}"
        span = self.dice.choice([(0, 0.02), (0, 0.3), (0.1, 1.0)])
        listed = False
        with self.start(data) as session:
            session.doom_in(self.dice.uniform(*span))
            try:
                fill_sign_up(session)
                session.send(ENTER)
                confirm_key(session)
                listed = True
                session.listen(DEADLINE)
            except Killed:
                pass
            shown = last_group(session.text()) is not None or listed
        contents = Contents(data)
        if shown:
            self.figures["key shown"] += 1
            must("who saw a recovery key is signed up", contents.organizations == 1)
        with start(self.binary, data, self.folder) as session:
            if contents.organizations:
                sign_in(session)
            else:
                session.wait_text("Sign up")
        for file in data.glob("*"):
            file.unlink()

    # Drafting.

    def drafting(self, session):
        self.figures["drafting"] += 1
        name = f"R-{self.number:05d}"
        self.draft = {"name": name, "typed": [], "all": False, "kept": False}
        session.send("n" + TO_NAME + name)
        self.draft["typed"].append((name, time.monotonic()))
        session.send(TAB)
        session.doom_in(self.dice.uniform(0, 1.6))
        for nth in range(TOKENS):
            token = f"w{nth:02d}x"
            session.send(token + " ")
            self.draft["typed"].append((token, time.monotonic()))
            session.listen(self.dice.uniform(0, 0.12))
        if self.dice.random() < 0.5:
            session.send(ESC)
            session.wait_text("Draft saved")
            self.draft["all"] = True
            session.die()
            raise Killed
        session.listen(DEADLINE)

    def required(self):
        if self.draft["all"]:
            return [token for token, _ in self.draft["typed"]]
        # The guarantee, and the slack for a busy machine.
        by = self.draft["killed_at"] - DRAFT_LAG - self.slack
        return [token for token, at in self.draft["typed"] if at <= by]

    def shown(self, session):
        text = session.text()
        found = [token for token, _ in self.draft["typed"] if token in text]
        return found

    def resume(self, session):
        wanted = self.required()
        name = self.draft["name"]
        if not Contents(self.data).drafts:
            must(f"{name} was typed in time and is kept", not wanted)
            self.measure([])
            self.draft = None
            return
        session.wait_text("resume")
        session.send(ENTER)
        session.wait_text("App Type")
        # From any focus to the tab of the name.
        session.send(PREV_TAB * 7 + NEXT_TAB)
        session.wait(lambda: set(wanted) <= set(self.shown(session)), f"all of {wanted}")
        session.listen(0.03)
        kept = self.shown(session)
        typed = [token for token, _ in self.draft["typed"]]
        must(f"{name} is kept without a hole: {kept}\n{session.text()}", kept == typed[: len(kept)])
        self.figures["resumed"] += 1
        self.measure(kept)
        # No text before this point may be lost later.
        self.draft["typed"] = self.draft["typed"][: len(kept)]
        self.draft["all"] = True
        self.draft["kept"] = len(kept) > 1

    def measure(self, kept):
        """The age of the oldest lost text."""
        lost = self.draft["typed"][len(kept):]
        if lost:
            self.lags.append(self.draft["killed_at"] - lost[0][1])

    # Creating, from a draft that was resumed.

    def creating(self, session):
        self.figures["creating"] += 1
        self.attempt = self.draft
        self.draft = None
        # The focus is behind the description, as it was saved.
        keys = "and more words, for it may be too short" + TO_THE_END
        if self.dice.random() < 0.5:
            keys += INTERACTIVE
        span = self.dice.choice([(0, 0.004), (0, 0.008), (0.002, 0.02), None])
        if span is not None:
            session.doom_in(self.dice.uniform(*span))
        session.send(keys + SUBMIT)
        session.wait(lambda: client_id(session.text()), "the app")
        if span is None:
            session.die()
            raise Killed
        session.listen(DEADLINE)

    def settle_attempt(self, session):
        """A draft that was not created in time is whole and can still be created."""
        if not self.attempt:
            return
        attempt, self.attempt = self.attempt, None
        if attempt["name"] in Contents(self.data).apps.values():
            return
        self.draft = attempt
        self.resume(session)
        session.send(SUBMIT)
        decided = lambda: client_id(session.text()) or "to fix." in session.text()
        session.wait(decided, "an app or what is missing")
        if client_id(session.text()):
            self.created[client_id(session.text())] = attempt["name"]
            session.send(ESC)
        else:
            # Killed before the last answers were on disk, which the guarantee allows.
            session.send(ESC)
            session.wait_text("resume")
            session.send("d")
            session.wait_text("cannot be restored")
            session.send("y")
            session.wait_text("Draft discarded")
        session.wait(lambda: is_list(session.text()), "the list of apps")
        self.draft = None

    # The checks after a kill.

    def look(self, session):
        contents = Contents(self.data)
        must("one organization", contents.organizations == 1)
        seen = client_id(session.text())
        if self.attempt:
            name = self.attempt["name"]
            is_there = list(contents.apps.values()).count(name)
            must(f"{name} is created once or not at all", is_there in (0, 1))
            must(f"{name} is an app or a draft", len(contents.drafts) == 1 - is_there)
            self.figures["created" if is_there else "not created"] += 1
            if seen:
                self.created[seen] = name
        else:
            must("one draft at most", len(contents.drafts) <= 1)
            self.draft["killed_at"] = session.killed_at
        for client, name in self.created.items():
            must(f"{name}, which was acknowledged, is there", contents.apps.get(client) == name)

def work(binary, seed, slack, rounds, results):
    done, worker = 0, None
    try:
        with scratch() as folder:
            worker = Worker(binary, folder, seed, slack)
            worker.prepare()
            for _ in range(rounds):
                worker.round()
                done += 1
        results.put((done, worker.figures, worker.lags, len(worker.created), None))
    except Exception:
        results.put((done, worker.figures if worker else {}, [], 0, traceback.format_exc()))


def main():
    found = arguments(
        __doc__,
        ("--rounds", 1000, "how often it is killed"),
        ("--jobs", 2, "workspaces at a time"),
        ("--slack-ms", 250, "what the machine may add to the promised 250 ms"),
        ("--seed", int(time.time()), "the same moments again, as far as time repeats"),
    )
    print(f"seed {found.seed}, {found.jobs} at a time", flush=True)
    results = multiprocessing.Queue()
    shares = [len(range(nth, found.rounds, found.jobs)) for nth in range(found.jobs)]
    began = time.monotonic()
    workers = [
        multiprocessing.Process(
            target=work,
            args=(found.binary, found.seed * 1000 + nth, found.slack_ms / 1000, share, results),
        )
        for nth, share in enumerate(shares)
    ]
    for worker in workers:
        worker.start()
    answers = [results.get() for _ in workers]
    for worker in workers:
        worker.join()
    totals, lags, problems = {}, [], []
    for _, figures, late, _, problem in answers:
        for name, count in figures.items():
            totals[name] = totals.get(name, 0) + count
        lags += late
        if problem:
            problems.append(problem)
    rounds = sum(answer[0] for answer in answers)
    print(f"{rounds} rounds in {time.monotonic() - began:.0f} s: {totals}")
    print(f"{sum(answer[3] for answer in answers)} apps were acknowledged, all of them are there")
    if lags:
        lags.sort()
        print(
            f"{len(lags)} kills lost the last of what was typed: it was {lags[len(lags) // 2] * 1000:.0f} ms"
            f" old in the middle, {lags[-1] * 1000:.0f} ms at worst"
        )
    if problems:
        sys.exit("\n".join(problems))


if __name__ == "__main__":
    main()
