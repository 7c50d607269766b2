"""The ways of a Developer Admin through the People page, and of a developer whose password an
administrator set, on a real terminal."""

import re

from console import (
    CLEAR, DOWN, ENTER, ESC, NEXT_TAB, SUBMIT, TAB,
    confirm_key, is_list, last_group,
)

UP_FIELD = "\x1b[Z"
ADMIN, DEVELOPER, AUDITOR = "Developer Admin", "Developer", "Audit-user"
UP = "\x1b[A"
ROLES = [ADMIN, DEVELOPER, AUDITOR]
SIGNED_IN = "the list, a recovery key or a first password"
MUST_CHOOSE = "choose your own"
HANDED = "Give this first password"


def is_refused(session):
    return session.shows("do not match") or session.shows("after a Developer Admin has")


def type_sign_in(session, email, password):
    session.wait_text("Sign in")
    session.send(UP_FIELD + CLEAR + email + TAB + CLEAR + password + ENTER)


def enters(session, email, password):
    """Whether the password is accepted. A recovery key that comes with it is confirmed."""
    type_sign_in(session, email, password)
    arrived = lambda: (
        is_list(session.text()) or last_group(session.text()) or session.shows(MUST_CHOOSE) or is_refused(session)
    )
    session.wait(arrived, SIGNED_IN)
    if is_refused(session):
        return False
    # A recovery key follows one reply after the sign-in.
    session.listen(0.1)
    if last_group(session.text()):
        confirm_key(session)
    return True


def choose_password(session, own):
    """After the first sign-in with a password that an administrator set."""
    session.wait_text(MUST_CHOOSE)
    session.send(TAB.join([own, own]) + ENTER)
    confirm_key(session)


def change_password(session, old, new, replace_keys=False):
    """From the People page. The new recovery key, if the keys were replaced, is confirmed."""
    session.send("w")
    session.wait_text("Replace keys")
    toggle = " " if replace_keys else ""
    session.send(old + TAB + toggle + TAB + new + TAB + new + ENTER)
    told = lambda: last_group(session.text()) if replace_keys else session.shows("Password changed")
    session.wait(told, "the new password")
    if replace_keys:
        confirm_key(session)


def open_people(session):
    session.send("p")
    session.wait_text("Last seen")


def go_to(session, name):
    """Moves to a developer of the page."""
    session.wait_text(name)
    lines = session.text().splitlines()
    head = next(nth for nth, line in enumerate(lines) if "Last seen" in line)
    at = next(nth for nth, line in enumerate(lines) if nth > head and line.strip(" ›").startswith(name))
    session.send("g" + DOWN * (at - head - 1))


def handed_password(session):
    """The first password in the dialog, which is then closed."""
    find = lambda: re.search(r"│\s+([a-zA-Z0-9-]{20,})\s+│", session.text())
    session.wait(lambda: session.shows("First password") and find(), "a first password")
    password = find().group(1)
    session.send(ENTER)
    session.wait(lambda: not session.shows(HANDED), "the people")
    return password


def back_to_people(session):
    """From the list of secrets that a developer could read, which opens when they lose access to
    secrets."""
    session.listen(0.3)
    if not session.shows("Last seen"):
        session.send(ESC)
        session.wait_text("Last seen")


def add(session, name, email, role=DEVELOPER):
    """The first password."""
    session.send("n")
    session.wait_text("Full name")
    session.send(name + TAB + email + TAB)
    choose_role(session, role)
    session.send(SUBMIT)
    return handed_password(session)


def choose_role(session, role):
    """An arrow at a time: several that arrive together move the focus, as those of a mouse wheel."""
    chosen = lambda: next((one for one in ROLES if re.search(rf"\(•\) {one}\s", session.text())), None)
    session.wait(chosen, "the roles")
    while (now := chosen()) != role:
        session.send(DOWN if ROLES.index(role) > ROLES.index(now) else UP)
        session.wait(lambda: chosen() not in (None, now), f"another role than {now}")


def set_role(session, name, role):
    go_to(session, name)
    session.send("r")
    session.wait_text(f"{name}, now ")
    choose_role(session, role)
    session.send(SUBMIT)
    session.wait_text(f"{name} is now {role}")
    back_to_people(session)


def answer(session, name, key, question, told):
    go_to(session, name)
    session.send(key)
    session.wait_text(question)
    session.send(ENTER)
    session.wait_text(told)
    if told != HANDED:
        back_to_people(session)


def disable(session, name):
    answer(session, name, "z", "Disable", "can no longer sign in")


def enable(session, name):
    answer(session, name, "z", "Enable", "can sign in again")


def remove(session, name):
    answer(session, name, "d", "Their apps stay", "Removed.")


def reset(session, name):
    """The new first password."""
    answer(session, name, "P", "new first password?", HANDED)
    password = handed_password(session)
    back_to_people(session)
    return password
