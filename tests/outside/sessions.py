#!/usr/bin/env python3
"""Kills the local server with SIGKILL while robots log in and refresh as fast as they can, and
starts it again on the same workspace. Every response that was received to its last byte before the
kill must still be valid, and the file must be whole.

Five sessions of one developer and app live, a sixth ends the oldest, and a refresh ends the tokens
before it. So two things are checked. For every token that was ever received: whether it was
written. For that, a trigger in the workspace notes the digest of each token in the transaction that
stores it. For the newest four sessions of every robot that logs in (each has its own app; the fifth
may have made room for a response that was never received): whether the access tokens open the API.
And for one of them: whether its refresh token still refreshes.

For a robot that refreshes, the newest access token must open the API, unless the kill came between
a request and its response: then the old or the new one is valid, and a client cannot know which.

A kill leaves written data to the system. Whether it is on the disk is checked by fdatasync.py.
"""

import base64
import hashlib
import http.client
import json
import pathlib
import random
import sqlite3
import subprocess
import sys
import threading
import time

from console import ESC, Problem, arguments, client_id, is_list, issue, scratch, sign_up, start
from workspace import Contents, must

ROBOTS = 8
REFRESHING = 2
ALIVE = 4
GRANT = "urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer"
ME = "/restapi/v1.0/account/~/extension/~"
PATIENCE = 30
# A session remembers this many of the refresh tokens that it replaced.
FORMER = 100


def keys_of(binary, data, home):
    with start(binary, data, home) as session:
        sign_up(session)
        for nth in range(ROBOTS):
            if nth:
                session.send(ESC)
                session.wait(lambda: client_id(session.text()), "the app")
                session.send(ESC)
                session.wait(lambda: is_list(session.text()), "the list")
            yield issue(session)


class Platform:
    def __init__(self, binary, data):
        argv = [binary, "--data-dir", data, "serve", "--port", "0"]
        self.process = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if "listening" not in line:
            raise Problem(f"the platform does not start: {line!r}")
        self.port = int(line.rsplit(":", 1)[1])

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


class Robot:
    """One app, one connection. `received`: complete responses, the oldest first."""

    def __init__(self, key, refreshes):
        self.client, secret, self.assertion = key
        self.basic = "Basic " + base64.b64encode(f"{self.client}:{secret}".encode()).decode()
        self.refreshes = refreshes
        self.received = []
        self.is_asking = False
        self.problem = None

    def connect(self, port):
        self.link = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)

    def ask(self, form):
        headers = {
            "Authorization": self.basic,
            "Content-Type": "application/x-www-form-urlencoded",
        }
        self.is_asking = True
        self.link.request("POST", "/restapi/oauth/token", form, headers)
        answer = self.link.getresponse()
        # A body that ends too early is an IncompleteRead, which does not count as received.
        body = answer.read()
        self.is_asking = False
        if answer.status != 200:
            raise Problem(f"refused with {answer.status}: {body.decode()}")
        body = json.loads(body)
        self.received.append((body["access_token"], body["refresh_token"]))

    def log_in(self):
        self.ask(f"grant_type={GRANT}&assertion={self.assertion}")

    def refresh(self, token):
        self.ask(f"grant_type=refresh_token&refresh_token={token}")

    def opens(self, access):
        self.link.request("GET", ME, headers={"Authorization": f"Bearer {access}"})
        answer = self.link.getresponse()
        answer.read()
        return answer.status == 200

    def work(self, port):
        """Works until the local server is killed."""
        try:
            self.connect(port)
            self.log_in()
            while True:
                if self.refreshes:
                    self.refresh(self.received[-1][1])
                else:
                    self.log_in()
        except (OSError, http.client.HTTPException):
            pass
        except Exception as problem:
            self.problem = problem
        finally:
            self.link.close()

    def lost(self, port):
        """The newest tokens that no longer work; then the next round may begin."""
        self.connect(port)
        if self.refreshes:
            if not self.opens(self.received[-1][0]) and not self.is_asking:
                yield f"the newest of {len(self.received)} refreshed access tokens"
            return
        newest = self.received[-ALIVE:]
        for age, (access, _) in enumerate(reversed(newest)):
            if not self.opens(access):
                yield f"access token {len(self.received) - age} of {len(self.received)}"
        try:
            self.refresh(newest[0][1])
        except Problem as problem:
            yield f"refresh token {len(self.received) - len(newest) + 1}: {problem}"
            return
        if not self.opens(self.received[-1][0]):
            yield "an access token that was refreshed after the kill"


def written(data):
    """The digests of the tokens that the workspace knows."""
    db = sqlite3.connect(f"file:{data / 'workspace.db'}?mode=ro", uri=True)
    columns = ["access", "refresh", "replaced_access", "replaced_refresh"]
    known = [f"SELECT {column} FROM sessions" for column in columns]
    known.append("SELECT sha256 FROM former_refresh_tokens")
    try:
        return {digest for (digest,) in db.execute(" UNION ".join(known))}
    finally:
        db.close()


def kept(robot):
    """The received tokens that the workspace must still know."""
    if not robot.refreshes:
        return [token for pair in robot.received[-ALIVE:] for token in pair]
    newest = robot.received[-FORMER:]
    return [refresh for _, refresh in newest] + [access for access, _ in newest[-1:]]


def load(platform, robots, seconds):
    threads = [threading.Thread(target=robot.work, args=(platform.port,)) for robot in robots]
    for thread in threads:
        thread.start()
    time.sleep(seconds)
    platform.kill()
    for thread in threads:
        thread.join()
    for robot in robots:
        if robot.problem:
            raise Problem(f"before the kill: {robot.problem}")


def main():
    found = arguments(
        __doc__,
        ("--seconds", 20, "of load, altogether"),
        ("--kills", 3, "how often it is killed meanwhile"),
        ("--seed", int(time.time()), "the same moments again, as far as time repeats"),
    )
    dice = random.Random(found.seed)
    print(f"seed {found.seed}", flush=True)
    lost, checked = [], 0
    with scratch() as folder:
        folder = pathlib.Path(folder)
        data = folder / "data"
        keys = keys_of(found.binary, data, folder)
        robots = [Robot(key, nth < REFRESHING) for nth, key in enumerate(keys)]
        platform = Platform(found.binary, data)
        try:
            for nth in range(found.kills):
                load(platform, robots, found.seconds / found.kills * dice.uniform(0.8, 1.2))
                # From a copy: the local server must recover from the kill by itself.
                Contents(data)
                platform = Platform(found.binary, data)
                known = written(data)
                missing = [
                    token
                    for robot in robots
                    for token in kept(robot)
                    if hashlib.sha256(token.encode()).digest() not in known
                ]
                if missing:
                    lost.append(f"kill {nth + 1}: {len(missing)} tokens were never written")
                for at, robot in enumerate(robots):
                    lost += [f"kill {nth + 1}, robot {at + 1}: {what}" for what in robot.lost(platform.port)]
                    checked += 1 if robot.refreshes else len(robot.received[-ALIVE - 1 : -1])
                received = sum(2 * len(robot.received) for robot in robots)
                print(f"kill {nth + 1}: {received} tokens were received by then", flush=True)
        finally:
            platform.kill()
        Contents(data)
    if lost:
        sys.exit("\n".join(["lost:", *lost]))
    print(f"nothing is lost; {checked} of the newest access tokens opened the API, the file is whole")


if __name__ == "__main__":
    try:
        main()
    except Problem as problem:
        sys.exit(str(problem))
