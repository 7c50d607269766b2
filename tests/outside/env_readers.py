#!/usr/bin/env python3
"""What programs read from a .env that devconsole writes: each value is the same in every reader, or
the writer refuses it and names a reader that would get it wrong.

Real: dotenv (npm), python-dotenv, make, sh, dash, bash, the docker client (`docker create
--env-file`, recorded by a stand-in for the engine), and systemd's own parser (EnvironmentFile=, by
its shared library). Docker Compose has no package here; its rules are written down below, and so
are docker's and systemd's for machines without them.
"""

import argparse
import contextlib
import ctypes
import glob
import http.server
import json
import os
import pathlib
import re
import shutil
import socketserver
import subprocess
import sys
import tempfile
import threading

ROOT = pathlib.Path(__file__).resolve().parents[2]
PREFIX = "V"


class Problem(Exception):
    """A check that failed."""


def must(what, holds):
    if not holds:
        raise Problem(what)


# The tried values: each ASCII character where it could matter, and usual contents of such files.
PLACES = ("{}ab", "a{}b", "ab{}", ":{}b", "a{0}{0}b")
SPELLED = [
    "", "plain", "two words", " leading", "trailing ", "it's", '"quoted"', "'quoted'", "a'b\"c`d",
    "$HOME", "${HOME}", "$$", "$(id)", "a#b", "a #b", "#a", "a\\b", "a\\\\b", "ends\\", "a\\nb",
    "two\nlines", "a\r\nb", "tab\there", "größe", "日本語", "naïve à la carte", "à", "🎉", "a\u00a0b",
    "\u00a0a", "a\u00a0", "a\u2028b", "a\u0085b", "\ufeffa", "e\u0301", "https://example.com/cb",
    "https://example.com/cb?a=1&b=2", "https://example.com/cb?a=1;b=2", "http://[::1]:8228/cb",
    "https://example.com/~ada/cb", "a:~root", "~", "~/x", "~root", "a~b", "com.example.app:/cb",
    "https://example.com/cb?q=%20+%2B,x", "https://example.com/(cb)", "a=b=c", "=a", "==", "a:b",
    "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0.x-_", "{a,b}", "[a-z]", "a*b?", "!x", "%h", "@x", "export",
]


# Refused although each reader here gets it right: no reader guarantees that for a dollar.
TO_BE_SAFE = {"ab$"}


def values():
    # The text after a tilde may be the name of an account or not.
    tried = [chr(code) for code in range(1, 128) if chr(code) != "~"]
    made = [place.format(one) for one in tried for place in PLACES]
    return list(dict.fromkeys(SPELLED + made))


# --- The readers. Each takes a file and the names in it, and returns the values it read.


def dotenv_npm(scratch, version):
    """https://github.com/motdotla/dotenv"""
    folder = scratch / f"dotenv-{version}"
    folder.mkdir()
    (folder / "package.json").write_text("{}")
    command = ["npm", "install", "--silent", "--no-audit", "--no-fund", f"dotenv@{version}"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    script = (
        "const fs = require('fs'), dotenv = require('dotenv');"
        "console.log(JSON.stringify(process.argv.slice(1).map((file) => {"
        "const env = {}; dotenv.config({path: file, processEnv: env, quiet: true}); return env; })))"
    )

    def read(files):
        done = subprocess.run(
            ["node", "-e", script, *map(str, files)],
            cwd=folder, check=True, capture_output=True, text=True,
        )
        return json.loads(done.stdout.rstrip("\n").split("\n")[-1])

    return read


def python_dotenv(scratch):
    """https://github.com/theskumar/python-dotenv"""
    folder = scratch / "python-dotenv"
    command = [sys.executable, "-m", "pip", "install", "-q", "--target", str(folder), "python-dotenv"]
    subprocess.run(command, check=True, capture_output=True)
    script = (
        "import sys, json; sys.path.insert(0, sys.argv[1]); from dotenv import dotenv_values\n"
        "print(json.dumps([dict(dotenv_values(file)) for file in sys.argv[2:]]))"
    )

    def read(files):
        done = subprocess.run(
            [sys.executable, "-c", script, str(folder), *map(str, files)],
            check=True, capture_output=True, text=True,
        )
        return json.loads(done.stdout)

    return read


def shell(name):
    """`set -a; . ./.env`, in a locale of UTF-8 and in C."""
    printed = 'set -a; . "$1"; env -0'

    def one(file, locale):
        bare = {"PATH": os.environ["PATH"], "HOME": "/nowhere", "LC_ALL": locale}
        done = subprocess.run([name, "-c", printed, name, str(file)], env=bare, capture_output=True)
        pairs = [part.partition(b"=") for part in done.stdout.split(b"\0")]
        found = {key.decode(): text.decode(errors="replace") for key, _, text in pairs if key}
        return {key: found[key] for key in (PREFIX, "BEFORE", "AFTER") if key in found}

    def read(files):
        found = []
        for file in files:
            in_c, in_utf8 = one(file, "C"), one(file, "C.UTF-8")
            found.append(in_c if in_c == in_utf8 else {})
        return found

    return read


def make(_):
    """`include .env` and `export`: the values that a recipe gets."""

    def read(files):
        found = []
        for file in files:
            rules = f"include {file}\nexport\nall:\n\t@env -0\n"
            bare = {"PATH": os.environ["PATH"], "HOME": "/nowhere"}
            done = subprocess.run(
                ["make", "-f", "-", "--no-print-directory"],
                input=rules.encode(), env=bare, capture_output=True, cwd=file.parent,
            )
            pairs = [part.partition(b"=") for part in done.stdout.split(b"\0")]
            found.append(
                {key.decode(errors="replace"): text.decode(errors="replace") for key, _, text in pairs if key}
            )
        return found

    return read


def docker_real(scratch):
    """The client reads the file; a stand-in for the engine on a socket records what it receives."""
    sent = {}

    class Engine(http.server.BaseHTTPRequestHandler):
        def answer(self, body=b"OK", kind="text/plain"):
            self.send_response(200)
            self.send_header("Api-Version", "1.44")
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def do_GET(self):
            self.answer(b"{}" if "json" in self.path or "info" in self.path else b"OK")

        do_HEAD = do_GET

        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if "/containers/create" in self.path:
                sent["env"] = json.loads(body).get("Env") or []
            self.answer(b'{"Id":"x","Warnings":[]}', "application/json")

        def log_message(self, *_):
            pass

    class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
        daemon_threads = True

        def get_request(self):
            request, _ = super().get_request()
            return request, ("local", 0)

    socket = scratch / "engine.sock"
    server = Server(str(socket), Engine)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    bare = {"PATH": os.environ["PATH"], "HOME": str(scratch), "DOCKER_HOST": f"unix://{socket}"}

    def read(files):
        found = []
        for file in files:
            sent.clear()
            command = ["docker", "create", "--pull=never", "--env-file", str(file), "image"]
            subprocess.run(command, env=bare, capture_output=True, timeout=60)
            pairs = [line.partition("=") for line in sent.get("env", [])]
            found.append({key: text for key, _, text in pairs})
        return found

    # It must be one that talks to the stand-in.
    probe = scratch / "probe.env"
    probe.write_text("A=b\n")
    must("the docker client talks to the stand-in", read([probe]) == [{"A": "b"}])
    return read


def model(rules):
    return lambda files: [rules(file.read_bytes().decode()) for file in files]


def docker_rules(text):
    """https://github.com/docker/cli/blob/28f75608/pkg/kvfile/kvfile.go: quotes have no meaning."""
    found = {}
    for line in text.split("\n"):
        line = line.removesuffix("\r").lstrip()
        if line and line[0] != "#" and "=" in line:
            key, _, value = line.partition("=")
            found[key] = value
    return found


def compose_rules(text):
    """https://github.com/compose-spec/compose-go/blob/e70e961c/dotenv/parser.go, for `env_file:` and
    for `--env-file`: quotes, ` #` for a comment, and variables are expanded."""
    spaces = " \t\v\f\r\u0085\u00a0"
    unicode_spaces = spaces + "\n\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
    found = {}
    while text := text.lstrip(unicode_spaces):
        if text[0] == "#":
            text = text.partition("\n")[2]
            continue
        named = re.match(r"[\w.\-\[\]" + spaces + r"]*[=:]", text)
        if not named:
            return {}
        key, text = named.group()[:-1].rstrip(unicode_spaces), text[named.end():].lstrip(spaces)
        if text[:1] in ("'", '"'):
            quote = text[0]
            quoted = re.match(r"((?:\\.|[^\\" + quote + r"])*)" + quote, text[1:], re.DOTALL)
            if not quoted:
                return {}
            value, text = quoted.group(1), text[1 + quoted.end():]
        else:
            value, _, text = text.partition("\n")
            value = value.partition(" #")[0].rstrip(unicode_spaces)
        # Most values with a dollar are expanded; none of them is written.
        found[key] = None if "$" in value else value
    return found


def systemd_rules(text):
    """https://github.com/systemd/systemd/blob/main/src/basic/env-file.c"""
    found, at = {}, 0
    while at < len(text):
        start = re.compile(r"[ \t\n\r]*").match(text, at).end()
        if start >= len(text):
            break
        if text[start] in "#;":
            ended = re.compile(r"(?:\\.|[^\\\n\r])*[\n\r]?", re.DOTALL).match(text, start)
            at = ended.end()
            continue
        named = re.compile(r"([^=\n\r]*)([=\n\r]|$)").match(text, start)
        at = named.end()
        if named.group(2) != "=":
            continue
        value, trailing, state = "", None, "before"
        while at < len(text):
            char, at = text[at], at + 1
            if state == "single":
                state, value = ("before", value) if char == "'" else (state, value + char)
            elif state == "double":
                if char == '"':
                    state = "before"
                elif char == "\\" and at < len(text):
                    following, at = text[at], at + 1
                    value += following if following in '"\\`$' else "" if following == "\n" else "\\" + following
                else:
                    value += char
            elif char in "\n\r":
                break
            elif char == "\\":
                if at < len(text):
                    value += "" if text[at] in "\n\r" else text[at]
                    at += 1
                state, trailing = "value", None
            elif state == "before" and char in "'\"":
                state = "single" if char == "'" else "double"
            elif state == "before" and char in " \t":
                continue
            else:
                trailing = None if char not in " \t" else len(value) if trailing is None else trailing
                state, value = "value", value + char
        found[named.group(1).rstrip(" \t")] = value if trailing is None else value[:trailing]
    return found


def systemd_real(_):
    """load_env_file() of the installed systemd, which reads EnvironmentFile=."""
    found = sorted(glob.glob("/usr/lib/*/systemd/libsystemd-shared-*.so") + glob.glob("/usr/lib/systemd/libsystemd-shared-*.so"))
    load = ctypes.CDLL(found[0]).load_env_file
    load.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.POINTER(ctypes.POINTER(ctypes.c_char_p))]

    def read(files):
        all_found = []
        for file in files:
            pairs = ctypes.POINTER(ctypes.c_char_p)()
            env = {}
            if load(None, os.fsencode(file), ctypes.byref(pairs)) >= 0 and pairs:
                at = 0
                while pairs[at] is not None:
                    key, _, value = pairs[at].decode(errors="replace").partition("=")
                    env[key] = value
                    at += 1
            all_found.append(env)
        return all_found

    return read


def readers(scratch):
    """By the writer's names for them; a real one if there is one."""
    wanted = [
        ("dotenv", "dotenv 16", lambda: dotenv_npm(scratch, "16"), None),
        ("dotenv", "dotenv, newest", lambda: dotenv_npm(scratch, "latest"), None),
        ("python-dotenv", "python-dotenv", lambda: python_dotenv(scratch), None),
        ("docker --env-file", "docker --env-file", lambda: docker_real(scratch), docker_rules),
        ("docker compose", "docker compose", None, compose_rules),
        ("systemd", "systemd", lambda: systemd_real(scratch), systemd_rules),
        ("make", "make", lambda: make(scratch), None),
        ("sh", "sh", lambda: shell("sh"), None),
        ("sh", "dash", lambda: shell("dash"), None),
        ("sh", "bash", lambda: shell("bash"), None),
    ]
    needs = {"dotenv": "npm", "docker --env-file": "docker", "make": "make"}
    found = []
    for name, told, real, rules in wanted:
        program = needs.get(name, told if name == "sh" else None)
        if real and (program is None or shutil.which(program)):
            with contextlib.suppress(subprocess.CalledProcessError, OSError, IndexError, AttributeError):
                found.append((name, told, real()))
                print(f"{told}: real", flush=True)
                if rules:
                    # If the rules are written down correctly, they give the same as the real
                    # reader.
                    found.append((name, f"{told}, by its rules", model(rules)))
                continue
        if rules:
            found.append((name, told, model(rules)))
            print(f"{told}: by its rules", flush=True)
        else:
            print(f"{told}: skipped, it is not here", flush=True)
    return found


def written(value_list):
    """The writer's result for each value: a line, or the reason for a refusal."""
    done = subprocess.run(
        ["cargo", "run", "--quiet", "--locked", "--example", "env_line"],
        cwd=ROOT, input=json.dumps(value_list), capture_output=True, text=True, check=True,
    )
    return json.loads(done.stdout)


def read_all(read, lines, scratch):
    """A reader's result for each line, in its own file."""
    files = []
    for nth, line in enumerate(lines):
        file = scratch / f"{nth}.env"
        file.write_bytes(f"# A comment (it's \"one\")\nBEFORE=x\n{line}AFTER=y\n".encode())
        files.append(file)
    return read(files)


def main():
    argparse.ArgumentParser(description=__doc__).parse_args()
    tried = values()
    answers = written(tried)
    with tempfile.TemporaryDirectory() as name:
        scratch = pathlib.Path(name)
        there = readers(scratch)
        files = scratch / "files"
        files.mkdir()
        good = [(value, answer["line"]) for value, answer in zip(tried, answers) if "line" in answer]
        refused = [(value, answer) for value, answer in zip(tried, answers) if "line" not in answer]
        wrong = []
        # One file with all written lines, as people have it, and each line in its own file.
        for _, told, read in there:
            for (value, line), env in zip(good, read_all(read, [line for _, line in good], files)):
                if env.get(PREFIX) != value or env.get("BEFORE") != "x" or env.get("AFTER") != "y":
                    wrong.append(f"{told} reads {line!r} as {env.get(PREFIX)!r}")
        # A refused value would be read wrong by the reader that is named.
        plain = [f"{PREFIX}={value}\n" for value, _ in refused]
        misread = {told: read_all(read, plain, files) for _, told, read in there}
        for nth, (value, answer) in enumerate(refused):
            blamed = [told for name, told, _ in there if name == answer["reader"]]
            are_right = [
                told for told in blamed
                if misread[told][nth].get(PREFIX) == value and misread[told][nth].get("AFTER") == "y"
            ]
            if value not in TO_BE_SAFE and blamed and len(are_right) == len(blamed):
                wrong.append(f"{value!r} is refused for {answer['reader']}, which reads it")
        must("\n".join(wrong), not wrong)
    print(f"{len(good)} values are read alike by {len(there)} readers, {len(refused)} are refused for a reason")
    must("some are written and some refused", len(good) > 100 and len(refused) > 100)


if __name__ == "__main__":
    try:
        main()
    except Problem as problem:
        sys.exit(str(problem))
