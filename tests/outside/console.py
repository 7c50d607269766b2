"""The program on a real terminal, for checks from outside: a pseudo-terminal, a small emulator of
the sequences that the program sends, and a person's ways through the screens. Standard library
only."""

import argparse
import codecs
import errno
import fcntl
import os
import pathlib
import re
import select
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time
import unicodedata
import venv

PASSWORD = "glacier tandem violin oxbow"
EMAIL = "ada@example.com"
ENTER, TAB, NEXT_TAB, ESC = "\r", "\t", "\x1b[6~", "\x1b"
DOWN, CLEAR = "\x1b[B", "\x15"
SUBMIT, LOCK, QUIT = "\x13", "\x0c", "\x03"
DEADLINE = 30.0
COLUMNS, ROWS = 120, 40

# From the first tab of a new form to the description, and from there to a form without errors: JWT
# needs the fewest answers.
TO_NAME = " " + NEXT_TAB
TO_THE_END = TAB + TAB + " " + NEXT_TAB + NEXT_TAB + " " + NEXT_TAB + TAB + " "
INTERACTIVE = NEXT_TAB + " " + TAB + "https://example.com/hook"
# From the description on: JWT, the scope ReadAccounts, private.
TO_SCOPES = TAB + TAB + " " + NEXT_TAB + NEXT_TAB + "\x1b[B" + NEXT_TAB


class Problem(Exception):
    """A check that failed."""


class Screen:
    """The screen of a terminal, as far as this program uses its features."""

    CONTROL = re.compile(r"\[([?>=<]?)([0-9;:]*)[ -/]*([@-~])")

    def __init__(self, columns=COLUMNS, rows=ROWS):
        self.columns, self.rows = columns, rows
        self.decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.rest = ""
        self.alternate = False
        self.modes = set()
        self.clear()

    def clear(self):
        self.cells = [[" "] * self.columns for _ in range(self.rows)]
        self.x = self.y = 0

    def text(self):
        return "\n".join("".join(row).rstrip() for row in self.cells)

    def feed(self, data):
        text = self.rest + self.decoder.decode(data)
        at = 0
        while at < len(text):
            char = text[at]
            if char == "\x1b":
                used = self.escape(text, at)
                if used is None:
                    break
                at = used
                continue
            at += 1
            if char == "\r":
                self.x = 0
            elif char == "\n":
                self.y = min(self.y + 1, self.rows - 1)
            elif char >= " ":
                self.put(char)
        self.rest = text[at:]

    def put(self, char):
        if unicodedata.combining(char):
            return
        if self.y < self.rows and self.x < self.columns:
            self.cells[self.y][self.x] = char
            self.x += 1
            if unicodedata.east_asian_width(char) in "WF" and self.x < self.columns:
                self.cells[self.y][self.x] = ""
                self.x += 1

    def escape(self, text, at):
        """Where the text continues after the sequence, or None while it is incomplete."""
        if at + 1 >= len(text):
            return None
        if text[at + 1] == "]":
            ends = [found for found in (text.find("\x07", at), text.find("\x1b\\", at)) if found > 0]
            if not ends:
                return None
            end = min(ends)
            return end + (1 if text[end] == "\x07" else 2)
        if text[at + 1] != "[":
            return at + 2
        found = self.CONTROL.match(text, at + 1)
        if found is None:
            return None if len(text) - at < 40 else at + 1
        private, numbers, final = found.groups()
        values = [int(part) if part.isdigit() else 0 for part in numbers.split(";")]
        first = max(values[0], 1)
        if private == "?" and final in "hl":
            for value in values:
                (self.modes.add if final == "h" else self.modes.discard)(value)
                if value == 1049:
                    self.alternate = final == "h"
                    self.clear()
        elif final in "Hf":
            self.y = min(first, self.rows) - 1
            self.x = min(max(values[1] if len(values) > 1 else 1, 1), self.columns) - 1
        elif final == "J":
            if values[0] in (2, 3):
                self.cells = [[" "] * self.columns for _ in range(self.rows)]
        elif final == "K" and self.y < self.rows:
            self.cells[self.y][self.x:] = [" "] * (self.columns - self.x)
        elif final in "ABCD":
            self.y = min(max(self.y + {"A": -first, "B": first}.get(final, 0), 0), self.rows - 1)
            self.x = min(max(self.x + {"C": first, "D": -first}.get(final, 0), 0), self.columns - 1)
        elif final == "G":
            self.x = min(first, self.columns) - 1
        return found.end()


class Session:
    """A program on its own terminal, with an empty HOME and little else of this environment."""

    def __init__(self, argv, home, extra=None, size=(COLUMNS, ROWS), before=None):
        self.screen = Screen(*size)
        self.raw = bytearray()
        self.status = None
        self.closed = False
        known = {
            "PATH": os.environ.get("PATH", ""),
            "HOME": str(home),
            "TMPDIR": str(home),
            "TERM": "xterm-256color",
            "LANG": "C.UTF-8",
            "TZ": "UTC",
        }
        known.update(extra or {})
        self.pid, self.master = os.forkpty()
        if self.pid == 0:
            try:
                fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
                os.chdir(home)
                if before is not None:
                    before()
                os.execve(argv[0], argv, known)
            finally:
                os._exit(127)
        os.set_blocking(self.master, False)

    def send(self, keys):
        data = keys.encode() if isinstance(keys, str) else keys
        until = time.monotonic() + DEADLINE
        while data:
            try:
                data = data[os.write(self.master, data):]
            except BlockingIOError:
                if time.monotonic() > until:
                    raise Problem("the program takes no keys\n" + self.screen.text()) from None
                # Both sides of a terminal have small buffers: read, so that the other side can
                # continue.
                self.pump(0.01)

    def pump(self, seconds=0.0):
        """Reads output until some arrived or the time is over. Returns whether some arrived."""
        if self.closed:
            time.sleep(seconds)
            return False
        ready, _, _ = select.select([self.master], [], [], max(seconds, 0))
        if not ready:
            return False
        try:
            data = os.read(self.master, 1 << 16)
        except BlockingIOError:
            return False
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            data = b""
        if not data:
            self.closed = True
            return False
        self.raw += data
        self.screen.feed(data)
        return True

    def listen(self, seconds):
        """Reads output for this long."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self.pump(left)

    def text(self):
        return self.screen.text()

    def shows(self, text):
        """Whether the text is shown, wherever a line was broken."""
        return " ".join(text.split()) in " ".join(self.screen.text().split())

    def wait(self, is_so, what, deadline=DEADLINE):
        until = time.monotonic() + deadline
        while not is_so():
            left = until - time.monotonic()
            if left <= 0 or (self.closed and not is_so()):
                when = "before the output ended" if self.closed else "in time"
                raise Problem(f"{what!r} did not come {when}; the screen is:\n{self.text()}")
            self.pump(min(left, 0.25))

    def wait_text(self, text, deadline=DEADLINE):
        self.wait(lambda: self.shows(text), text, deadline)

    def kill(self, number=signal.SIGKILL):
        os.kill(self.pid, number)

    def has_ended(self):
        if self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status)
        return self.status is not None

    def end(self, deadline=DEADLINE):
        """Waits for the end, reads all output, and returns the exit code."""
        until = time.monotonic() + deadline
        while not self.has_ended():
            if time.monotonic() > until:
                raise Problem("the program did not end; the screen is:\n" + self.text())
            self.pump(0.005)
        while not self.closed and self.pump(0.2):
            pass
        return self.status

    def close(self):
        if self.status is None and not self.has_ended():
            self.kill()
            os.waitpid(self.pid, 0)
            self.status = -signal.SIGKILL
        if self.master >= 0:
            os.close(self.master)
            self.master = -1
            self.closed = True

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def start(binary, data, home, **more):
    return Session([str(binary), "--data-dir", str(data)], home, **more)


def fill_sign_up(session, organization="Analytical Engines", email=EMAIL):
    session.wait_text("Sign up")
    answers = [organization, "Ada King", email, PASSWORD, PASSWORD]
    session.send(TAB.join(answers))


def last_group(text):
    """The last group of the recovery key on the screen, once all of it is there."""
    rows = [re.findall(r"\b[0-9A-Z]{5}\b", line) for line in text.splitlines() if " - " in line]
    rows = [groups for groups in rows if len(groups) == 4]
    return rows[1][-1] if len(rows) == 2 else None


def is_list(text):
    # Other pages show the list as the way back.
    elsewhere = ("Apps ›", "Apps >", "Sign in", "recovery key")
    return "Apps" in text and not any(words in text for words in elsewhere)


def confirm_key(session):
    session.wait(lambda: last_group(session.text()), "the recovery key")
    session.send(last_group(session.text()) + ENTER)
    session.wait(lambda: is_list(session.text()), "the list of apps")


def sign_up(session):
    fill_sign_up(session)
    session.send(ENTER)
    confirm_key(session)


def sign_in(session):
    """Signs in to the list; a recovery key that was never confirmed comes first."""
    session.wait_text("Sign in")
    session.send(PASSWORD + ENTER)
    arrived = lambda: is_list(session.text()) or last_group(session.text())
    session.wait(arrived, "the list of apps")
    # New recovery key comes one answer after the sign-in.
    session.listen(0.02)
    if last_group(session.text()):
        confirm_key(session)


def client_id(text):
    """The Client ID on the page of an app, once all of it is there."""
    found = re.search(r"Client ID +([A-Za-z0-9_-]{22})(?:\s|$)", text)
    return found.group(1) if found else None


def revealed(session, length):
    """The word of that length on the screen, once it is there."""
    find = lambda: re.search(rf"(?<![\w-])[\w-]{{{length}}}(?![\w-])", session.text())
    session.wait(find, "a secret in clear")
    return find().group(0)


def created_with_read_accounts(session):
    """Creates the app from the tab Security of a form that is filled in up to it. Returns the
    Client ID."""
    session.send(ENTER)
    session.wait_text("Search")
    session.send("readaccounts")
    session.wait_text("ReadAccounts")
    session.send(ENTER)
    session.wait_text("1 chosen")
    session.send(ESC)
    session.wait(lambda: "Search" not in session.text(), "the form")
    session.send(TAB + " " + SUBMIT)
    session.wait(lambda: client_id(session.text()), "the app")
    return client_id(session.text())


def issue(session):
    """From the list: creates an app with ReadAccounts, its secret and a JWT credential, as a person
    does. Ends where the credential is shown, once."""
    session.send("n" + TO_NAME + "Robot" + TAB + "Reads the accounts at night" + TO_SCOPES)
    found = created_with_read_accounts(session)
    session.send("r")
    secret = revealed(session, 44)
    session.send("J")
    session.wait_text("Create JWT")
    session.send("SDKs" + SUBMIT)
    session.wait_text("1 specific app")
    session.send("r")
    session.wait_text("eyJ")
    session.listen(0.3)
    rows = [row.strip(" │") for row in session.text().splitlines()]
    at = next(nth for nth, row in enumerate(rows) if row.startswith("eyJ"))
    token = ""
    # Another credential may follow below it, which has columns.
    while re.fullmatch(r"[\w.-]+", rows[at]):
        token += rows[at]
        at += 1
    return found, secret, token


def arguments(about, *options):
    """`--binary` and the other arguments of a check: (name, default, help)."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--binary", required=True, type=pathlib.Path, help="the program to check")
    for name, default, told in options:
        parser.add_argument(name, default=default, type=type(default), help=f"{told} ({default})")
    found = parser.parse_args()
    found.binary = found.binary.resolve()
    if not found.binary.is_file():
        sys.exit(f"there is no {found.binary}")
    return found


def scratch():
    return tempfile.TemporaryDirectory(prefix="devconsole-outside-")


def with_packages(*names):
    """Continues in an interpreter that has these packages, installed into a scratch folder. Without
    them the check is skipped."""
    wanted = "DEVCONSOLE_CHECK_PACKAGES"
    if os.environ.get(wanted) == "installed" or sys.argv[0] == "":
        return
    with scratch() as folder:
        venv.create(folder, with_pip=True)
        python = pathlib.Path(folder) / "bin" / "python"
        pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *names]
        if subprocess.run(pip, timeout=600).returncode:
            skip("these cannot be installed here: " + " ".join(names))
        sys.exit(subprocess.run([python, *sys.argv], env={**os.environ, wanted: "installed"}).returncode)


def skip(why):
    print(f"skipped: {why}")
    sys.exit(0)
