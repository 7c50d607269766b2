"""What must hold for a workspace file after any end of the program that wrote it."""

import json
import pathlib
import shutil
import sqlite3
import tempfile

from console import Problem

APPLICATION_ID = 0x4456434E


class Contents:
    """Of a copy of the file, so that the program itself recovers what a crash left."""

    def __init__(self, data):
        self.tables, self.apps, self.drafts = set(), {}, {}
        # The state of each app by its name, and its rows of the history.
        self.states, self.history = {}, []
        self.organizations = self.developers = 0
        self.confirmed = False
        data = pathlib.Path(data)
        if not (data / "workspace.db").exists():
            return
        with tempfile.TemporaryDirectory(prefix="devconsole-copy-") as folder:
            for file in data.glob("workspace.db*"):
                # The index of the log is rebuilt from the log.
                if not file.name.endswith("-shm"):
                    shutil.copy(file, folder)
            db = sqlite3.connect(pathlib.Path(folder) / "workspace.db")
            try:
                self.read(db)
            finally:
                db.close()

    def read(self, db):
        def rows(sql):
            return db.execute(sql).fetchall()

        must("integrity", rows("PRAGMA integrity_check") == [("ok",)])
        must("foreign keys", rows("PRAGMA foreign_key_check") == [])
        self.tables = {name for (name,) in rows("SELECT name FROM sqlite_schema WHERE type='table'")}
        if not self.tables:
            return
        must("the application id", rows("PRAGMA application_id") == [(APPLICATION_ID,)])
        must("the version", rows("PRAGMA user_version")[0][0] > 0)
        self.organizations = rows("SELECT count(*) FROM organization")[0][0]
        people = rows(
            "SELECT recovery_confirmed, length(kdf_salt), length(key_by_password),"
            " length(key_by_recovery) FROM developers WHERE state <> 'removed'"
        )
        self.developers = len(people)
        must("an organization has its developer", self.organizations == min(self.developers, 1))
        must("keys are whole", all(salt and one and two for _, salt, one, two in people))
        self.confirmed = any(person[0] for person in people)
        self.drafts = dict(rows("SELECT id, length(body) FROM drafts"))
        self.read_apps(rows)
        self.history = rows("SELECT subject, what FROM history ORDER BY seq")

    def read_apps(self, rows):
        secrets = {}
        for app, state, sealed, digest in rows(
            "SELECT app_id, state, length(sealed), length(sha256) FROM client_secrets"
        ):
            must("a secret is whole", sealed > 44 and digest == 32)
            must("a secret is current or retiring", state in ("current", "retiring"))
            states = secrets.setdefault(app, [])
            must("an app has one secret of each state", state not in states)
            states.append(state)
        shared = dict(rows("SELECT app_id, length(sealed) FROM shared_secrets"))
        ids = set()
        tags = {}
        for app, tag in rows("SELECT app_id, tag FROM app_tags"):
            tags.setdefault(app, []).append(tag)
        for app, client_id, name, spec, status, deleted_at in rows(
            "SELECT id, client_id, name, spec, status, deleted_at FROM apps"
        ):
            spec = json.loads(spec)
            # Every app of these checks is a confidential client.
            must(f"{name} has a current secret", "current" in secrets.get(app, []))
            interactive = spec["interactive_messages"] is not None
            must(f"{name} has its shared secret", interactive == (app in shared))
            must(f"the client id of {name}", len(client_id) == 22 and client_id not in self.apps)
            self.apps[client_id] = name
            self.states[name] = {
                "description": spec["properties"]["description"],
                "status": status,
                "deleted": deleted_at is not None,
                "rotating": "retiring" in secrets[app],
                "tags": tags.get(app, []),
            }
            ids.add(app)
        must("no secret without an app", set(secrets) <= ids and set(shared) <= ids)


def must(what, is_so):
    if not is_so:
        raise Problem(f"not so: {what}")
