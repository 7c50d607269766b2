#!/usr/bin/env python3
"""Plays each attacker of docs/SECURITY.md against the real program, with its own cryptography
(formats.py): with the file, with passwords, with older copies, with write access to the file, and
with access to the local server. Counts the sealed values that open for each, and exits with 1 if
that differs from the document. It begins with a workspace of format 8, so it covers the upgrade
too."""

import base64
import collections
import http.client
import json
import pathlib
import shutil
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.parse

from console import (
    CLEAR, ENTER, ESC, INTERACTIVE, QUIT, SUBMIT, TAB, TO_NAME, TO_THE_END,
    Problem, arguments, client_id, confirm_key, is_list, issue, last_group, revealed, scratch, start,
    with_packages,
)

with_packages("cryptography", "argon2-cffi", "pynacl")

import formats  # noqa: E402
import people  # noqa: E402
from formats import File, Keys, former_open, hpke_open, shared_key, wrap_info  # noqa: E402

DATA = pathlib.Path(__file__).resolve().parent.parent / "data"
ADA, GRACE, DEV = "ada@example.com", "grace@example.com", "dev@example.com"
REM, AUD = "rem@example.com", "aud@example.com"
RESET, REPLACED, KEPT = "reset@example.com", "replaced@example.com", "kept@example.com"
NAMES = {
    ADA: "Ada Lovelace", GRACE: "Grace Admin", DEV: "Dev Eloper", REM: "Rem Oved", AUD: "Aud Itor",
    RESET: "Rese Tted", REPLACED: "Repla Ced", KEPT: "Kep Tit",
}
OWN, NEWER = "amber lattice quorum 78 zinc", "walnut ferry obelisk 31 rust"
REDIRECT = "http://127.0.0.1:7777/cb"


class Table:
    def __init__(self):
        self.is_right = True

    def row(self, who, told, expected, is_so):
        self.is_right &= is_so
        print(f"{'ok ' if is_so else 'NO '} {who:<66} {told:<16} {expected}", flush=True)

    def opens(self, who, count, total, wanted):
        self.row(who, f"opens {count} of {total}", f"documented: {wanted} of {total}", count == wanted)

    def named(self, what, where, found, wanted):
        self.row(what, where, f"documented: “{wanted}”", wanted in found)
        if wanted not in found:
            print(found)

    def holds(self, what, is_so):
        self.row(what, "holds" if is_so else "does not hold", "", is_so)


class Loot:
    """The possessions of an attacker who knows passwords: keys, and everything these have ever
    unwrapped."""

    def __init__(self, *opened):
        self.identities, self.secrets = [], []
        for file, email, password in opened:
            keys = file.sign_in(email, password)
            if keys:
                self.identities.append(keys)
                self.secrets += file.secrets_keys(keys)

    def opened(self, file):
        """How many sealed values of a file open with any of this, and how many there are."""
        keys = [*self.secrets, *(key for one in self.identities for key in file.secrets_keys(one))]
        sealed = list(file.sealed())
        return sum(any(one.opened(key) for key in keys) for one in sealed), len(sealed)


class Workspace:
    def __init__(self, binary, folder):
        self.binary, self.folder = binary, folder
        self.data = folder / "data"
        self.data.mkdir(mode=0o700)
        shutil.copy(DATA / "workspace-0.1.db", self.data / "workspace.db")
        (self.data / "workspace.db").chmod(0o600)
        self.known = json.loads((DATA / "workspace-0.1.json").read_text())
        self.passwords = {email: one["password"] for email, one in self.known["people"].items()}

    def start(self, data=None):
        return start(self.binary, data or self.data, self.folder)

    def file(self):
        return File(self.data / "workspace.db")

    def quits(self, session):
        """Quits as a person does: the log is folded into the file."""
        session.send(QUIT)
        session.end()

    def signs_in(self, email, data=None):
        """A session on the list, or None."""
        session = self.start(data)
        if not people.enters(session, email, self.passwords[email]):
            session.close()
            return None
        session.listen(0.2)
        return session

    def copy(self):
        """A copy to edit."""
        folder = self.folder / "edited"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
        for name in ("workspace.db", "workspace.db-wal"):
            if (self.data / name).exists():
                shutil.copy2(self.data / name, folder / name)
        return folder

    def doctor(self, data):
        told = subprocess.run(
            [self.binary, "--data-dir", data, "doctor"], capture_output=True, text=True,
            env={"HOME": str(self.folder), "LANG": "C.UTF-8", "TERM": "xterm", "COLUMNS": "500"},
        )
        return " ".join(told.stdout.split())


# From format 8.


def upgrade(place, table):
    before = place.file()
    shared = shared_key(before, ADA, place.passwords[ADA])
    former = [
        former_open(shared, row[column], name, row[0], column)
        for name, column, row in before.blobs()
        if column == "sealed"
    ]
    table.holds("format 8: the shared key opens all of its file", former and all(former))

    with place.start() as session:
        people.type_sign_in(session, DEV, place.passwords[DEV])
        session.wait_text("A Developer Admin must sign in first")
    table.holds("format 8: a Developer who comes first changes nothing", not place.file().roster_or_none())

    with place.signs_in(ADA) as admin:
        between = place.file()
        for email in (GRACE, DEV, AUD):
            loot = Loot((between, email, place.passwords[email]))
            table.opens(f"upgrade: {NAMES[email]} before they are let in", *loot.opened(between), 0)
        for email in (GRACE, DEV, REM, AUD):
            with place.start() as session:
                people.type_sign_in(session, email, place.passwords[email])
                session.wait_text("after a Developer Admin has")
        people.open_people(admin)
        for email in (GRACE, DEV, REM, AUD):
            with place.signs_in(email) as session:
                place.quits(session)
        place.quits(admin)
    after = place.file()
    opened = sum(is_opened_by(shared, *one) for one in after.blobs())
    table.opens("upgrade: somebody who has the shared key", opened, len(list(after.sealed())), 0)
    left = [one for _, column, row in before.blobs() if (one := row[column])[:1] == b"\1" and one in after.raw]
    table.holds("upgrade: nothing that the shared key sealed is left in the file", not left)
    known = [app["secret"] for app in place.known["apps"].values() if app["secret"]]
    known.append(place.known["jwt_credential"]["token"])
    loot = Loot((after, ADA, place.passwords[ADA]))
    found = {one.opened(key) for one in after.sealed() for key in loot.secrets}
    table.holds("upgrade: each known secret is there", all(one.encode() in found for one in known))


def is_opened_by(shared, table, column, row):
    """Whether the key of format 8 opens it, in either format and at any place of its row."""
    texts = [row[name] for name in row.keys() if isinstance(row[name], str)]
    as_former = any(former_open(shared, row[column], table, text, column) for text in texts)
    places = [(table, column, text) for text in texts] + [(table, column, *texts)]
    return as_former or any(formats.open_sealed(shared, row[column], *one) for one in places)


# An organization with everything that can be sealed.


def fill(place):
    with place.signs_in(ADA) as session:
        session.send("n" + TO_NAME + "Everything" + TAB + "Has each kind of a secret" + TO_THE_END + INTERACTIVE + SUBMIT)
        session.wait(lambda: client_id(session.text()), "the app")
        for key in "EL":
            session.send(key)
            session.wait_text("API Server URL")
            for keys in (f"issued-{key}", ENTER, f"secret-{key}", SUBMIT):
                session.send(keys)
                session.listen(0.15)
            session.wait_text("Saved.")
        session.send(ESC)
        session.wait(lambda: is_list(session.text()), "the list")
        place.robot = issue(session)
        session.send(ESC)
        session.wait(lambda: client_id(session.text()), "the app")
        session.send(ESC)
        session.wait_text("Enter open")
        session.send("n" + TO_NAME + "A draft")
        session.listen(0.5)
        session.send(ESC)
        session.wait_text("Draft saved")
        people.open_people(session)
        firsts = {email: people.add(session, NAMES[email], email) for email in (RESET, REPLACED, KEPT)}
        place.provisional, place.first = place.file(), firsts[KEPT]
    for email, first in firsts.items():
        place.passwords[email] = OWN
        with place.start() as session:
            people.type_sign_in(session, email, first)
            people.choose_password(session, OWN)


# Developers who leave.


def leaving(place, table):
    old = place.file()
    total = len(list(old.sealed()))
    for email in place.passwords:
        wanted = 0 if email == AUD else total
        table.opens(f"control: {NAMES[email]} with the file", *Loot((old, email, place.passwords[email])).opened(old), wanted)
    with place.signs_in(ADA) as session:
        people.open_people(session)
        people.remove(session, NAMES[DEV])
        left(place, table, old, "removed", DEV)
        people.disable(session, NAMES[REM])
        left(place, table, old, "disabled", REM)
        people.set_role(session, NAMES[GRACE], people.AUDITOR)
        left(place, table, old, "demoted to Audit-user", GRACE)
        first = people.reset(session, NAMES[RESET])
        left(place, table, old, "reset", RESET)
    with place.start() as session:
        people.type_sign_in(session, RESET, first)
        people.choose_password(session, NEWER)
    for email, replaces in ((REPLACED, True), (KEPT, False)):
        with place.signs_in(email) as session:
            people.open_people(session)
            people.change_password(session, OWN, NEWER, replaces)
        if replaces:
            left(place, table, old, "changed the password with Replace keys", email)
    rotate(place)
    for email, how in ((DEV, "removed"), (REM, "disabled"), (GRACE, "demoted"), (RESET, "reset"), (REPLACED, "Replace keys")):
        left(place, table, old, f"{how}, later", email)
    today = place.file()
    total = len(list(today.sealed()))
    loot = Loot((old, KEPT, OWN), (today, KEPT, OWN))
    table.opens("an old password that was changed without Replace keys", *loot.opened(today), total)
    table.holds("the same password signs in no more", today.sign_in(KEPT, OWN) is None)
    loot = Loot((place.provisional, KEPT, place.first), (today, KEPT, place.first))
    table.opens("a first password, after a new secrets key", *loot.opened(today), 0)
    for email in (RESET, REPLACED, KEPT):
        place.passwords[email] = NEWER
    for email, wanted in ((ADA, total), (KEPT, total), (REPLACED, total), (RESET, total), (AUD, 0), (GRACE, 0)):
        loot = Loot((today, email, place.passwords[email]))
        table.opens(f"today: {NAMES[email]} with the file", *loot.opened(today), wanted)


def left(place, table, old, how, email):
    today = place.file()
    password = place.passwords[email]
    loot = Loot((old, email, password), (today, email, password))
    table.opens(f"old copy, password, today's file: {how}", *loot.opened(today), 0)


def rotate(place):
    with place.signs_in(ADA) as session:
        session.send("/" + CLEAR + "web2" + ENTER)
        session.wait_text("1 of")
        session.send(ENTER)
        session.wait_text("Overview")
        session.send("R")
        session.wait_text("hours")
        session.send(ENTER)
        session.wait_text("New Client Secret")


# With the file alone.


def thief(place, table):
    today = place.file()
    total = len(list(today.sealed()))
    loot = Loot(*((today, email, "password") for email in place.passwords))
    table.opens("thief who reads the file, and guesses", *loot.opened(today), 0)
    admin = today.sign_in(ADA, place.passwords[ADA])
    # The current secrets key is the one whose check value is signed.
    roster = today.roster()
    [key] = {one for one in today.secrets_keys(admin)}
    check = bytes.fromhex(roster.secrets_key["check"])
    table.holds("the secrets key has the check that was signed", formats.check_of(key) == check)
    clear = [one.opened(key) for one in today.sealed()]
    clear += [one.encode() for one in place.passwords.values()]
    clear += [key, admin.seed]
    table.holds("no secret, password, seed or key is in the file in clear", not any(one in today.raw for one in clear))
    person = today.people[ADA]
    seen = formats.open_sealed(admin.seen, person["seen"], "developers", "seen", person["id"])
    is_roster = seen[40:] == roster.digest() and len(seen) == 72
    table.holds("what was seen has the digest of the roster", is_roster)
    table.holds("the page's check is of the password", today.is_page_password(ADA, place.passwords[ADA]))
    costs = {tuple(row) for row in today.rows("SELECT kdf_memory_kib, kdf_passes FROM developers WHERE state <> 'removed'")}
    table.holds("a guess costs 64 MiB and three passes", costs == {(65536, 3)})


# Attackers who edit the file.


class Edit:
    """A copy of the file, opened by an attacker with their own program."""

    def __init__(self, place):
        self.place = place
        self.folder = place.copy()
        self.db = sqlite3.connect(self.folder / "workspace.db", isolation_level=None)
        self.db.row_factory = sqlite3.Row
        self.db.execute("PRAGMA foreign_keys = OFF")
        self.ids = {row["email"]: row["id"] for row in self.db.execute("SELECT id, email FROM developers")}
        self.signed = place.file()

    def run(self, sql, *values):
        return self.db.execute(sql, values).fetchall()

    def keys(self, email):
        found = self.signed.sign_in(email, self.place.passwords[email])
        return found

    def rows(self):
        return self.run("SELECT * FROM history ORDER BY seq")

    def relink(self, keys=None):
        """Computes all links again; also the end, signed if a signer is given."""
        link = formats.NO_LINK
        for row in self.rows():
            link = formats.link_of(link, row)
            self.run("UPDATE history SET link = ? WHERE seq = ?", link, row["seq"])
        self.point_end(keys)

    def point_end(self, keys=None):
        last = self.run("SELECT seq, link FROM history ORDER BY seq DESC LIMIT 1")
        seq, link = last[0] if last else (0, formats.NO_LINK)
        self.run("UPDATE history_end SET seq = ?, link = ?", seq, link)
        if keys:
            self.run("UPDATE history_end SET signature = ?", keys.sign_end(seq, link))

    def append(self, keys, who, what, statement=None, subject="App"):
        """Appends a signed row, as the program does."""
        last = self.run("SELECT seq, at, link FROM history ORDER BY seq DESC LIMIT 1")[0]
        row = {
            "seq": last["seq"] + 1, "at": last["at"], "who": who, "app_id": None, "subject": subject,
            "what": what, "changes": "[]", "statement": statement and json.dumps(statement),
        }
        row["link"] = formats.link_of(last["link"], row)
        row["signature"] = keys.sign_row(row["link"])
        names = ", ".join(row)
        self.run(f"INSERT INTO history ({names}) VALUES ({', '.join('?' * len(row))})", *row.values())
        self.point_end(keys)

    def statement_with(self, email, **more):
        seat = dict(self.signed.roster().members[self.ids[email]])
        seat.update(more)
        return {"members": [seat]}


def role_cell(edit):
    edit.run("UPDATE developers SET role = 'developer_admin' WHERE email = ?", AUD)


def state_cell(edit):
    edit.run("UPDATE developers SET state = 'active' WHERE email = ?", REM)


def planted_developer(edit):
    columns = [row["name"] for row in edit.run("PRAGMA table_info(developers)")]
    of = {"id": "'AAAAAAAAAAAAAAAAAAAAAA'", "email": "'eve@example.com'", "email_key": "'eve@example.com'", "full_name": "'Eve'"}
    chosen = ", ".join(of.get(name, name) for name in columns)
    edit.run(f"INSERT INTO developers SELECT {chosen} FROM developers WHERE email = ?", ADA)


def planted_secrets_key(edit):
    """A secrets key that the thief knows, wrapped for all developers with the signed keys."""
    key, roster = bytes(range(32)), edit.signed.roster()
    for seat in roster.members.values():
        if seat.get("wrap") and seat["state"] == "active":
            info = wrap_info(roster.origin, seat["id"], roster.secrets_key["epoch"])
            ephemeral = formats.X25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
            blob = formats.hpke_seal(bytes.fromhex(seat["wrap"]), ephemeral, key, *info)
            edit.run("UPDATE developers SET secrets_key = ? WHERE id = ?", blob, seat["id"])


def cut(edit, pointed):
    edit.run("DELETE FROM history WHERE seq > (SELECT max(seq) - 2 FROM history)")
    if pointed:
        edit.point_end()


def cleared(edit):
    edit.run("DELETE FROM history")
    edit.point_end()


def changed_row(edit, again):
    edit.run("UPDATE history SET subject = 'Other' WHERE seq = 3")
    if again:
        edit.relink()


def signed_by_another(edit):
    """An Audit-user rewrites the last row under the administrator's name, with their own key."""
    keys = edit.keys(AUD)
    edit.append(keys, edit.ids[ADA], "app_changed")


def own_promotion(edit):
    statement = edit.statement_with(AUD, role="developer_admin")
    edit.append(edit.keys(AUD), edit.ids[AUD], "role_changed", statement)


def hidden_promotion(edit):
    """As part of a row that an Audit-user may sign."""
    statement = edit.statement_with(AUD, role="developer_admin")
    edit.append(edit.keys(AUD), edit.ids[AUD], "password_changed", statement)


def auditors_secrets_key(edit):
    epoch = edit.signed.roster().secrets_key["epoch"] + 1
    statement = {"members": [], "secrets_key": {"epoch": epoch, "check": formats.check_of(bytes(32)).hex()}}
    edit.append(edit.keys(AUD), edit.ids[AUD], "password_changed", statement)


def after_the_end(edit):
    """The disabled developer still has their keys."""
    keys = edit.place.old_keys[REM]
    edit.append(keys, edit.ids[REM], "app_changed")


def with_old_keys(edit):
    """The keys of a developer from before they replaced them."""
    edit.append(edit.place.old_keys[REPLACED], edit.ids[REPLACED], "app_changed")


def anothers_pair(edit):
    """An administrator states keys as another developer's own."""
    pair = Keys(bytes(32), edit.signed.roster().origin).public()
    edit.append(edit.keys(ADA), edit.ids[ADA], "password_reset", edit.statement_with(KEPT, **pair))


def another_founder(edit):
    """A whole history made by a thief, with the real developers."""
    edit.run("DELETE FROM history")
    edit.run("UPDATE history_end SET seq = 0, link = ?", formats.NO_LINK)
    members, pair = edit.signed.roster().members, Keys(bytes(32), formats.NO_LINK)
    ada = {**members[edit.ids[ADA]], **pair.public()}
    row = {
        "seq": 1, "at": 1, "who": edit.ids[ADA], "app_id": None, "subject": "Acme Corp",
        "what": "organization_founded", "changes": "[]",
    }
    statement = {"members": [ada], "secrets_key": {"epoch": 1, "check": formats.check_of(bytes(32)).hex()}}
    row["statement"] = json.dumps(statement)
    row["link"] = formats.link_of(formats.NO_LINK, row)
    row["signature"] = pair.sign_row(row["link"])
    edit.run(f"INSERT INTO history ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", *row.values())
    edit.point_end(pair)
    edit.run("DELETE FROM developers WHERE email <> ?", ADA)


def planted_trigger(edit):
    edit.run(
        "CREATE TRIGGER planted BEFORE DELETE ON apps BEGIN SELECT RAISE(IGNORE); END"
    )


def forgotten_seen(edit):
    """A developer cuts off rows, continues in their own name, and empties what the others have
    seen."""
    cut(edit, True)
    edit.append(edit.keys(KEPT), edit.ids[KEPT], "app_changed")
    edit.run("UPDATE developers SET seen = NULL")


def cut_by_a_member(edit):
    cut(edit, True)
    edit.append(edit.keys(KEPT), edit.ids[KEPT], "app_changed")


OK, NOT_VALID = "history ok,", "is not valid, because"
COPIES = "was changed in the file without a signature"
# The edit, and what doctor and the next sign-in report. None: not checked there.
EDITS = (
    ("the role of an Audit-user in the file", role_cell, f"Aud Itor {COPIES}", f"Aud Itor {COPIES}"),
    ("the state of a disabled developer in the file", state_cell, f"Rem Oved {COPIES}", f"Rem Oved {COPIES}"),
    ("a developer who was planted", planted_developer, f"Eve {COPIES}", f"Eve {COPIES}"),
    ("a secrets key of the thief, wrapped for all", planted_secrets_key, None, "so secrets cannot be opened"),
    ("rows cut off, the end as it was", lambda edit: cut(edit, False), "are missing", "tampered with"),
    ("rows cut off, the end pointed there", lambda edit: cut(edit, True), "are missing", "tampered with"),
    ("all rows deleted", cleared, "are missing", "tampered with"),
    ("an old row changed", lambda edit: changed_row(edit, False), "entry 3 was changed", None),
    ("an old row changed, the links computed again", lambda edit: changed_row(edit, True), "tampered with", "tampered with"),
    ("an Audit-user's row in the admin's name", signed_by_another, "signature is not valid", NOT_VALID),
    ("an Audit-user who promotes themselves", own_promotion, "its signer's role does not allow it", NOT_VALID),
    ("the same within a change of the password", hidden_promotion, "it changes more than its signer's keys", NOT_VALID),
    ("an Audit-user's secrets key", auditors_secrets_key, "it does not name exactly one developer", NOT_VALID),
    ("a row by a disabled developer", after_the_end, "access had ended", NOT_VALID),
    ("a row signed with keys that were replaced", with_old_keys, "signature is not valid", NOT_VALID),
    ("an admin who states another's keys as their own", anothers_pair, "it sets the own keys of another developer", NOT_VALID),
    ("another founder, with the real developers", another_founder, OK, "tampered with"),
    ("a trigger", planted_trigger, "the trigger “planted” was added", "the trigger “planted” was added"),
    ("rows cut off by a member, who goes on (a limit)", cut_by_a_member, OK, "tampered with"),
    ("the same, and what others saw is emptied", forgotten_seen, None, "missing from the file"),
)


def writing(place, table):
    untouched = place.copy()
    table.named("nothing edited", "doctor", place.doctor(untouched), OK)
    for what, edit, doctor, sign_in in EDITS:
        edited = Edit(place)
        edit(edited)
        edited.db.close()
        if doctor:
            table.named(what, "doctor", place.doctor(edited.folder), doctor)
        if sign_in:
            table.named(what, "next sign-in", told_at_sign_in(place, edited.folder), sign_in)
    swapped(place, table)
    planted_signs_in(place, table)


def told_at_sign_in(place, folder):
    """The warning that an administrator reads after signing in."""
    with place.start(folder) as session:
        session.listen(0.5)
        if not session.closed:
            people.type_sign_in(session, ADA, place.passwords[ADA])
            arrived = lambda: session.closed or is_list(session.text()) or last_group(session.text()) or people.is_refused(session)
            session.wait(arrived, "an answer")
            session.listen(0.5)
        ended = session.raw.decode(errors="replace") if session.closed else ""
        return " ".join((session.text() + ended).split())


def swapped(place, table):
    """Two apps whose secrets are swapped: neither is shown."""
    edited = Edit(place)
    apps = [row["app_id"] for row in edited.run("SELECT app_id FROM client_secrets WHERE state = 'current' ORDER BY app_id")][:2]
    for new, old in (("x", apps[0]), (apps[0], apps[1]), (apps[1], "x")):
        edited.run("UPDATE client_secrets SET app_id = ? WHERE app_id = ? AND state = 'current'", new, old)
    name = edited.run("SELECT name FROM apps WHERE id = ?", apps[0])[0]["name"]
    edited.db.close()
    file = File(edited.folder / "workspace.db")
    loot = Loot((file, ADA, place.passwords[ADA]))
    count, total = loot.opened(file)
    table.opens("secrets that changed places do not open", count, total, total - 2)
    with place.signs_in(ADA, edited.folder) as session:
        session.send("/" + CLEAR + name + ENTER)
        session.listen(0.3)
        session.send(ENTER)
        session.wait_text("Overview")
        session.send("r")
        session.listen(1)
        table.named("the same in the console", "reveal", session.text(), "an encrypted value cannot be opened")


def planted_signs_in(place, table):
    """A developer who is in no statement, with a password that the thief chose and the right
    origin."""
    edited = Edit(place)
    planted_developer(edited)
    who, password, salt = "AAAAAAAAAAAAAAAAAAAAAA", "a password of the thief", bytes(16)
    keys = Keys(bytes(range(32)), edited.signed.roster().origin)
    under = formats.by_password(password, salt, 65536, 3, 1)
    sealed = formats.seal(under, bytes(24), keys.seed + keys.origin, "developers", "key_by_password", who)
    edited.run(
        "UPDATE developers SET kdf_salt = ?, key_by_password = ?, seen = NULL, must_change_password = 0,"
        " recovery_confirmed = 1 WHERE id = ?", salt, sealed, who,
    )
    edited.db.close()
    with place.start(edited.folder) as session:
        people.type_sign_in(session, "eve@example.com", password)
        session.listen(4)
        table.holds("a planted developer is not let in", not is_list(session.text()))


# A local process without the file.


class Server:
    def __init__(self, place):
        argv = [place.binary, "--data-dir", place.data, "serve", "--port", "0"]
        self.process = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if "listening" not in line:
            raise Problem(f"the local server does not start: {line!r}")
        self.port = int(line.rsplit(":", 1)[1])

    def ask(self, method, path, form=None, headers=()):
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            body = urllib.parse.urlencode(form) if form else None
            more = {"Content-Type": "application/x-www-form-urlencoded"} if form else {}
            link.request(method, path, body, {**more, **dict(headers)})
            answer = link.getresponse()
            return answer.status, answer.read().decode(errors="replace"), answer.headers
        finally:
            link.close()

    def close(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


def without_the_file(place, table):
    client, secret, token = place.robot
    server = Server(place)
    counts, stop, idle = collections.Counter(), threading.Event(), []

    def logs_in(secret):
        basic = base64.b64encode(f"{client}:{secret}".encode()).decode()
        form = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": token}
        return server.ask("POST", "/restapi/oauth/token", form, {"Authorization": f"Basic {basic}"})

    def wrong_secrets():
        while not stop.is_set():
            counts[f"wrong secret: {logs_in('x' * 44)[0]}"] += 1

    def wrong_passwords():
        app = place.known["apps"]["web"]["client_id"]
        query = {"response_type": "code", "client_id": app, "redirect_uri": REDIRECT}
        path = f"/restapi/oauth/authorize?{urllib.parse.urlencode(query)}"
        while not stop.is_set():
            _, page, headers = server.ask("GET", path)
            key = page.split('name="form_key" value="')[1].split('"')[0]
            form = {"form_key": key, "action": "sign_in", "email": ADA, "password": "wrong"}
            cookie = {"Cookie": headers["Set-Cookie"].split(";")[0]}
            counts[f"wrong password: {server.ask('POST', path, form, cookie)[0]}"] += 1

    def guarded(work):
        def run():
            try:
                work()
            except (OSError, http.client.HTTPException):
                counts["connections that ended"] += 1
                if not stop.is_set():
                    run()
        return threading.Thread(target=run, daemon=True)

    try:
        idle = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(200)]
        threads = [guarded(wrong_secrets) for _ in range(4)] + [guarded(wrong_passwords) for _ in range(4)]
        for thread in threads:
            thread.start()
        took, answers = [], []
        for _ in range(10):
            began = time.monotonic()
            answers.append(logs_in(secret)[0])
            took.append(time.monotonic() - began)
            time.sleep(0.5)
        table.row(
            "local process: 200 idle connections, wrong secrets and passwords",
            f"{answers.count(200)} of 10", f"right requests answered, the slowest in {max(took):.2f} s", answers == [200] * 10,
        )
        began = time.monotonic()
        session = place.signs_in(ADA)
        table.row("the same: the console signs in", f"{time.monotonic() - began:.2f} s", "", session is not None)
        if session:
            session.close()
        stop.set()
        for thread in threads:
            thread.join(5)
    finally:
        stop.set()
        for one in idle:
            one.close()
        server.close()
    print(f"    {dict(counts)}")
    table.holds("wrong secrets and passwords were tried, and none was right", counts and not any("200" in one or "303" in one for one in counts))


def main():
    found = arguments(__doc__)
    table = Table()
    with scratch() as folder:
        place = Workspace(found.binary, pathlib.Path(folder))
        upgrade(place, table)
        fill(place)
        before = place.file()
        place.old_keys = {email: before.sign_in(email, place.passwords[email]) for email in (REM, REPLACED)}
        leaving(place, table)
        thief(place, table)
        writing(place, table)
        without_the_file(place, table)
    if not table.is_right:
        sys.exit("not as docs/SECURITY.md says")


if __name__ == "__main__":
    try:
        main()
    except Problem as problem:
        sys.exit(str(problem))
