#!/usr/bin/env python3
"""Two consoles on one workspace: both create apps as fast as they can be typed, without errors from
each other; both sign up at once, and one is told that the other was first."""

import multiprocessing
import pathlib
import re
import sys
import time
import traceback

from console import (
    ENTER, INTERACTIVE, QUIT, SUBMIT, TAB, TO_NAME, TO_THE_END,
    Problem, arguments, client_id, confirm_key, fill_sign_up, last_group, scratch, sign_in,
    sign_up, start,
)
from workspace import Contents, must

# In the line of notices; a warning beside an answer stands further right.
TROUBLE = re.compile(r"^ [!✗] ", re.M)
DESCRIPTION = "Made while somebody else makes another one"


def create_all(binary, data, home, who, apps, both, results):
    slowest, seen = 0.0, []
    try:
        with start(binary, data, home) as session:
            sign_in(session)
            both.wait()
            last = None
            for nth in range(apps):
                keys = f"n{TO_NAME}{who}-{nth:04d}{TAB}{DESCRIPTION}{TO_THE_END}"
                keys += INTERACTIVE if nth % 4 == 0 else ""
                began = time.monotonic()
                session.send(keys + SUBMIT)

                def is_next():
                    trouble = TROUBLE.search(session.text())
                    must(f"no trouble on the screen\n{session.text()}", trouble is None)
                    return client_id(session.text()) not in (None, last)

                session.wait(is_next, f"{who}-{nth:04d}")
                last = client_id(session.text())
                seen.append(last)
                slowest = max(slowest, time.monotonic() - began)
            session.send(QUIT)
            must("it ends well", session.end() == 0)
        results.put((who, seen, slowest, None))
    except Exception:
        both.abort()
        results.put((who, seen, slowest, traceback.format_exc()))


def creating(binary, folder, apps):
    data = folder / "data"
    with start(binary, data, folder) as session:
        sign_up(session)
    results, both = multiprocessing.Queue(), multiprocessing.Barrier(2)
    began = time.monotonic()
    consoles = [
        multiprocessing.Process(
            target=create_all, args=(binary, data, folder, who, apps, both, results)
        )
        for who in ("one", "two")
    ]
    for console in consoles:
        console.start()
    answers = [results.get() for _ in consoles]
    for console in consoles:
        console.join()
    for who, _, _, problem in answers:
        must(f"{who} created its apps\n{problem}", problem is None)
    contents = Contents(data)
    seen = [client for _, clients, _, _ in answers for client in clients]
    must("every client ID is another one", len(set(seen)) == 2 * apps)
    must("what was seen is what is there", set(seen) == set(contents.apps))
    must("every name is there once", len(set(contents.apps.values())) == 2 * apps)
    must("no draft is left", not contents.drafts)
    print(
        f"2 × {apps} apps in {time.monotonic() - began:.1f} s,"
        f" the slowest took {max(answer[2] for answer in answers) * 1000:.0f} ms"
    )


def signing_up(binary, folder, nth):
    data = folder / f"race-{nth}"
    names = ["First & Co", "Second Ltd"]
    with start(binary, data, folder) as one, start(binary, data, folder) as two:
        for session, name in zip((one, two), names):
            fill_sign_up(session, name, f"{name[:3].lower()}@example.com")
        one.send(ENTER)
        two.send(ENTER)
        told = "already belongs to"
        for session in (one, two):
            decided = lambda: last_group(session.text()) or session.shows(told)
            session.wait(decided, "a recovery key or a refusal")
        won = [last_group(session.text()) is not None for session in (one, two)]
        must("one of the two is signed up", sorted(won) == [False, True])
        winner, loser = (one, two) if won[0] else (two, one)
        name = names[won.index(True)]
        must("the other is told whose it is", loser.shows(f"{told} {name}"))
        confirm_key(winner)
        # The second console can sign in, with the address and the password of the first sign-up.
        loser.wait_text("Sign in")
        must("the address is offered", loser.shows(f"{name[:3].lower()}@example.com"))
        sign_in(loser)
    contents = Contents(data)
    must("one organization, one developer", (contents.organizations, contents.developers) == (1, 1))


def main():
    found = arguments(
        __doc__, ("--apps", 500, "apps each"), ("--races", 10, "how often both sign up at once")
    )
    with scratch() as folder:
        creating(found.binary, pathlib.Path(folder), found.apps)
        for nth in range(found.races):
            signing_up(found.binary, pathlib.Path(folder), nth)
        print(f"{found.races} times two signed up at once, and one was first")


if __name__ == "__main__":
    try:
        main()
    except Problem as problem:
        sys.exit(str(problem))
