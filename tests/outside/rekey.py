#!/usr/bin/env python3
"""Kills the program with SIGKILL at random moments of changes to people, most of which replace the
secrets key and seal everything again, and checks the result: each change whole or absent, nothing
lost that was acknowledged, a signed history that holds, and every secret readable by those who may
see it and by no other developer. It computes that itself (formats.py)."""

import pathlib
import random
import sys
import time

from console import (
    ESC, INTERACTIVE, PASSWORD, SUBMIT, TAB, TO_NAME, TO_THE_END,
    Problem, arguments, client_id, is_list, last_group, scratch, sign_up, with_packages,
)

with_packages("cryptography", "argon2-cffi", "pynacl")

import people  # noqa: E402
from formats import File, check_of  # noqa: E402
from kill9 import Doomed, Killed  # noqa: E402
from people import ADMIN, AUDITOR, DEVELOPER  # noqa: E402
from workspace import Contents, must  # noqa: E402

ADA = "ada@example.com"
APPS = 30
ROLES = {"developer_admin": ADMIN, "developer": DEVELOPER, "audit_user": AUDITOR}
CHECKED = "Verified: no entry was changed or removed"
FOUNDED_WITH = 3


class Person:
    """A developer as signed, and the password that opens their keys."""

    def __init__(self, name, email, password=None):
        self.name, self.email, self.password = name, email, password
        self.role, self.state, self.own = DEVELOPER, "active", True

    def holds(self):
        return self.state == "active" and self.role != AUDITOR


class Deed:
    """A change by Ada, or by a developer to their own password."""

    def __init__(self, name, who, keys, question, answer, told, what, epochs):
        self.name, self.who, self.keys, self.question = name, who, keys, question
        self.answer, self.told, self.what, self.epochs = answer, told, what, epochs


class Keeper:
    def __init__(self, binary, folder, seed):
        self.binary, self.folder = binary, pathlib.Path(folder)
        self.data = self.folder / "data"
        self.dice = random.Random(seed)
        self.people, self.number = {}, 0
        self.ada = Person("Ada King", ADA, PASSWORD)
        self.ada.role = ADMIN
        self.figures = {"acknowledged": 0, "cut off, done": 0, "cut off, not done": 0}
        self.done = {}

    def session(self):
        return Doomed([str(self.binary), "--data-dir", str(self.data)], self.folder)

    def prepare(self):
        with self.session() as session:
            sign_up(session)
            for nth in range(APPS):
                keys = TO_NAME + f"App {nth}" + TAB + "Exports the call log" + TO_THE_END
                session.send("n" + keys + (INTERACTIVE if nth % 3 == 0 else "") + SUBMIT)
                session.wait(lambda: client_id(session.text()), "the app")
                session.send(ESC)
                session.wait(lambda: is_list(session.text()) and not client_id(session.text()), "the list")
        self.seal_count = len(list(self.file().sealed()))
        for _ in range(FOUNDED_WITH):
            self.add_one()
        self.roster = self.file().roster()

    def add_one(self):
        self.number += 1
        name, email = f"Dev {self.number:04d}", f"dev{self.number}@example.com"
        one = Person(name, email, f"amber lattice quorum {self.number} zinc")
        with self.session() as session:
            must("Ada signs in", people.enters(session, ADA, self.ada.password))
            people.open_people(session)
            first = people.add(session, name, email)
        with self.session() as session:
            people.type_sign_in(session, email, first)
            people.choose_password(session, one.password)
        self.people[email] = one

    def file(self):
        return File(self.data / "workspace.db")

    # The possible changes.

    def deeds(self):
        self.number += 1
        add = Person(f"Dev {self.number:04d}", f"dev{self.number}@example.com")
        yield Deed("add", add, "n", "Full name", f"{add.name}{TAB}{add.email}{TAB}{SUBMIT}", "was added", "developer_added", 0)
        for one in self.people.values():
            rekeys = 1 if one.holds() else 0
            yield Deed("remove", one, "d", "Their apps stay", "\r", "Removed.", "developer_removed", rekeys)
            yield Deed("reset", one, "P", "new first password?", "\r", "First password", "password_reset", rekeys)
            if one.state == "disabled":
                yield Deed("enable", one, "z", "Enable", "\r", "can sign in again", "developer_enabled", 0)
            else:
                yield Deed("disable", one, "z", "Disable", "\r", "can no longer sign in", "developer_disabled", rekeys)
            role = AUDITOR if one.role != AUDITOR else DEVELOPER
            name = "demote" if role == AUDITOR else "promote"
            epochs = rekeys if role == AUDITOR else 0
            yield Deed(name, one, "r", "Change role", role, f"is now {role}", "role_changed", epochs)
        yield Deed("replace keys", self.ada, "w", "Replace keys", None, None, "password_changed", 1)

    def choose(self):
        """Each kind is equally likely; a small team stays small."""
        by_kind = {}
        for deed in self.deeds():
            by_kind.setdefault(deed.name, []).append(deed)
        if len(self.people) <= FOUNDED_WITH - 1:
            by_kind.pop("remove", None)
        if len(self.people) >= 6:
            by_kind.pop("add", None)
        return self.dice.choice(by_kind[self.dice.choice(sorted(by_kind))])

    # A round.

    def round(self):
        deed = self.choose()
        self.new_password = f"walnut ferry obelisk {self.number} rust"
        is_told = False
        with self.session() as session:
            must("Ada signs in", people.enters(session, ADA, self.ada.password))
            try:
                people.open_people(session)
                self.do(session, deed)
                is_told = True
            except Killed:
                pass
            if session.killed_at is None:
                session.die()
        self.look(deed, is_told)

    def do(self, session, deed):
        span = self.dice.choice([(0, 0.005), (0, 0.03), (0.01, 0.12), (0.1, 0.9), None])
        if deed.name not in ("add", "replace keys"):
            people.go_to(session, deed.who.name)
        session.send(deed.keys)
        session.wait_text(deed.question)
        answer = deed.answer
        if deed.name == "replace keys":
            fields = [self.ada.password, " ", self.new_password, self.new_password]
            answer = TAB.join(fields) + "\r"
        elif deed.name in ("demote", "promote"):
            people.choose_role(session, deed.answer)
            answer = SUBMIT
        if span:
            session.doom_in(self.dice.uniform(*span))
        session.send(answer)
        if deed.name == "replace keys":
            session.wait(lambda: last_group(session.text()), "a new recovery key")
        else:
            session.wait_text(deed.told)
        if span:
            session.listen(0.01)

    # The checks after a kill.

    def look(self, deed, is_told):
        Contents(self.data)
        file = self.file()
        try:
            roster = file.roster()
        except ValueError as error:
            raise Problem(f"{deed.name}: {error}") from None
        before = self.roster
        rows = roster.seq - before.seq
        must(f"{deed.name}: one row or none, not {rows}", rows in (0, 1))
        is_done = rows == 1
        must(f"{deed.name}, which was acknowledged, is there", is_done or not is_told)
        epochs = roster.secrets_key["epoch"] - before.secrets_key["epoch"]
        must(f"{deed.name}: {epochs} new secrets keys", epochs == (deed.epochs if is_done else 0))
        if is_done:
            must(f"{deed.name}: its row", file.history()[-1]["what"] == deed.what)
            self.take(deed)
        else:
            must(f"{deed.name}: the roster is as it was", roster.members == before.members)
        self.roster = roster
        self.check_people(file, deed)
        figure = "acknowledged" if is_told else "cut off, done" if is_done else "cut off, not done"
        self.figures[figure] += 1
        if is_done:
            self.done[deed.name] = self.done.get(deed.name, 0) + 1

    def take(self, deed):
        """Applies the change to the expected people."""
        one = deed.who
        if deed.name == "add":
            self.people[one.email] = one
        elif deed.name == "remove":
            del self.people[one.email]
        elif deed.name == "reset":
            # The first password may not have been seen.
            one.password, one.own = None, False
        elif deed.name in ("enable", "disable"):
            one.state = "active" if deed.name == "enable" else "disabled"
        elif deed.name in ("demote", "promote"):
            one.role = AUDITOR if deed.name == "demote" else DEVELOPER
        else:
            one.password = self.new_password

    def check_people(self, file, deed):
        sealed = list(file.sealed())
        must(f"{deed.name}: no sealed value is lost", len(sealed) >= self.seal_count)
        check = bytes.fromhex(self.roster.secrets_key["check"])
        # Each password costs a slow derivation.
        opened_by = {self.dice.choice([*self.people.values()]).email, ADA, deed.who.email}
        for one in [self.ada, *self.people.values()]:
            row = file.people[one.email]
            must(f"{deed.name}: {one.name}: role", ROLES[row["role"]] == one.role)
            must(f"{deed.name}: {one.name}: state", row["state"] == one.state)
            is_wrapped = row["secrets_key"] is not None
            must(f"{deed.name}: {one.name}: the secrets key is wrapped or not", is_wrapped == one.holds())
            if one.password is None or one.email not in opened_by:
                continue
            keys = file.sign_in(one.email, one.password)
            must(f"{deed.name}: the password of {one.name} opens their keys", keys)
            opened = set(file.secrets_keys(keys, self.roster.secrets_key["epoch"]))
            must(f"{deed.name}: {one.name} holds the secrets key", bool(opened) == one.holds())
            for key in opened:
                must(f"{deed.name}: it is the one that was signed", check_of(key) == check)
                must(f"{deed.name}: every secret opens for {one.name}", all(value.opened(key) for value in sealed))

    def check_history(self):
        """The check by the program itself."""
        with self.session() as session:
            must("Ada signs in", people.enters(session, ADA, self.ada.password))
            session.send("H")
            session.wait_text("History")
            session.send("v")
            session.wait_text(CHECKED)


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
        for nth in range(found.rounds):
            keeper.round()
            if nth % 20 == 19:
                keeper.check_history()
        keeper.check_history()
    print(f"{found.rounds} rounds in {time.monotonic() - began:.0f} s: {keeper.figures}")
    print(f"done: {keeper.done}; {keeper.roster.secrets_key['epoch']} secrets keys")


if __name__ == "__main__":
    try:
        main()
    except Problem as problem:
        sys.exit(str(problem))
