#!/usr/bin/env python3
"""Measures the local server beside two from npm, oauth2-mock-server and oidc-provider, in turns and
in one run.

  benches/outside/serve.py            about two minutes; prints the table
  benches/outside/serve.py --check    ... and exits with 1 if a target is missed
  benches/outside/serve.py --quick    short: whether something is badly broken

The work is not the same, and the difference is not in our favor. Here a request checks a client
secret, a signed JWT and its owner, and its session is on disk before the response. There it is
client_credentials, kept in memory: oauth2-mock-server checks nothing and signs an RS256 token,
oidc-provider checks a client secret and mints an opaque token.

Before that, it measures the start of `devconsole serve --from` with a manifest of 100 apps; this
needs neither node nor npm.

Needs Python 3.9, time for a release build, node, npm and Linux's /proc.
"""

import argparse
import base64
import contextlib
import json
import os
import pathlib
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "outside"))

from console import Problem, issue, sign_up, start  # noqa: E402

TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve()
PRODUCT = TARGET / "release" / "devconsole"
PACKAGES = ["oauth2-mock-server@8", "oidc-provider@9"]
OURS, MOCK, OIDC = "devconsole", "oauth2-mock-server", "oidc-provider"
CONNECTIONS = 8
DEADLINE = 30.0
SEEDED_APPS = 100

# The script that starts each of them; it gets the port.
SCRIPTS = {
    MOCK: """
import { OAuth2Server } from "oauth2-mock-server";
const server = new OAuth2Server();
await server.issuer.keys.generate("RS256");
await server.start(Number(process.argv[2]), "127.0.0.1");
""",
    OIDC: """
import { Provider } from "oidc-provider";
const port = Number(process.argv[2]);
const client = {
  client_id: "app",
  client_secret: "secret",
  grant_types: ["client_credentials"],
  redirect_uris: [],
  response_types: [],
};
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [client],
  features: { clientCredentials: { enabled: true }, devInteractions: { enabled: false } },
});
provider.listen(port, "127.0.0.1");
""",
}


def note(text):
    print(text, file=sys.stderr, flush=True)


class Skipped(Exception):
    """The others cannot be measured here."""


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def is_answered(port, path):
    """Whether a GET is answered with 200, without an HTTP library in between."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=DEADLINE) as stream:
            host = f"Host: 127.0.0.1:{port}\r\nConnection: close"
            stream.sendall(f"GET {path} HTTP/1.1\r\n{host}\r\n\r\n".encode())
            return stream.recv(64).startswith(b"HTTP/1.1 200")
    except OSError:
        return False


class Server:
    def __init__(self, name, command, jwks, token, client, form):
        self.name, self.command, self.jwks, self.token = name, command, jwks, token
        self.client, self.form = client, form

    @contextlib.contextmanager
    def running(self):
        """The port, the process and the time until the first answer, in ms."""
        port = free_port()
        command = [part if part != "PORT" else str(port) for part in self.command]
        began = time.monotonic()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            while not is_answered(port, self.jwks):
                if process.poll() is not None or time.monotonic() - began > DEADLINE:
                    raise Problem(f"{self.name} does not answer")
                time.sleep(0.0005)
            yield port, process, (time.monotonic() - began) * 1000
        finally:
            process.kill()
            process.wait()

    def request(self, port):
        basic = base64.b64encode(":".join(self.client).encode()).decode()
        return (
            f"POST {self.token} HTTP/1.1\r\n"
            f"Host: 127.0.0.1:{port}\r\n"
            f"Authorization: Basic {basic}\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(self.form)}\r\n\r\n{self.form}"
        )


def ours(folder):
    data = folder / "data"
    with start(PRODUCT, data, folder) as session:
        sign_up(session)
        client, secret, assertion = issue(session)
    grant = "urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer"
    command = [PRODUCT, "--data-dir", data, "serve", "--port", "PORT"]
    return Server(
        OURS, command, "/restapi/oauth/jwks", "/restapi/oauth/token", (client, secret),
        f"grant_type={grant}&assertion={assertion}",
    )  # fmt: skip


def installed(folder):
    if not (shutil.which("node") and shutil.which("npm")):
        raise Skipped("there is no node or no npm here")
    (folder / "package.json").write_text("{}")
    npm = ["npm", "install", "--silent", "--no-fund", "--no-audit", *PACKAGES]
    try:
        if subprocess.run(npm, cwd=folder, timeout=300).returncode:
            raise Skipped(f"{' and '.join(PACKAGES)} cannot be installed here")
    except subprocess.TimeoutExpired:
        raise Skipped("npm install takes too long here") from None
    for name, jwks in ((MOCK, "/jwks"), (OIDC, "/jwks")):
        script = folder / f"{name}.mjs"
        script.write_text(SCRIPTS[name])
        about = json.loads((folder / "node_modules" / name / "package.json").read_text())
        note(f"{name} {about['version']}")
        form = "grant_type=client_credentials"
        yield Server(name, ["node", script, "PORT"], jwks, "/token", ("app", "secret"), form)


def memory_mib(process):
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def manifest(apps):
    """Half of the apps log in with a JWT and have a scope that was approved, half with a code."""
    yield "manifest = 1"
    yield '[[people]]\nname = "Ada"\nemail = "ada@example.com"\nrole = "developer_admin"'
    yield '[[jwts]]\nlabel = "ci"'
    for nth in range(apps):
        yield f'[[apps]]\nname = "App {nth}"\naccess = "private"'
        yield 'description = "Reads the call log every night and mails a report."'
        if nth % 2:
            yield 'client = { redirect_uris = ["http://127.0.0.1:7777/cb"], scope = "ReadAccounts" }'
            continue
        yield 'justifications = { EditCallLog = "Deletes entries that were reported by mistake." }'
        yield 'serve = { approved = ["EditCallLog"] }'
        yield "[apps.client]\nresponse_types = []"
        yield 'grant_types = ["urn:ietf:params:oauth:grant-type:jwt-bearer"]'
        yield 'scope = "EditCallLog ReadAccounts"'


def measure_seeded(folder, starts):
    """The time from the start of `serve --from` until its ready file is there, and its memory."""
    source, ready = folder / "apps.toml", folder / "ready"
    source.write_text("\n".join(manifest(SEEDED_APPS)))
    command = [PRODUCT, "serve", "--from", source, "--port", "0", "--ready-file", ready,
               "--credentials", folder / "credentials.json"]  # fmt: skip
    times, memory = [], []
    for nth in range(starts + 1):
        began = time.monotonic()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        try:
            while not ready.exists():
                if process.poll() is not None or time.monotonic() - began > DEADLINE:
                    raise Problem(f"serve --from does not start: {process.stderr.read().decode()}")
                time.sleep(0.0005)
            if nth:  # the first turn reads the files from the disk
                times.append((time.monotonic() - began) * 1000)
                memory.append(memory_mib(process))
        finally:
            process.terminate()
            process.communicate(timeout=DEADLINE)
    return {"start": statistics.median(times), "memory": max(memory)}


def seeded_targets(figure):
    start, memory = figure["start"], figure["memory"]
    return [
        (f"serve --from, {SEEDED_APPS} apps: start → ready, median ms (< 20)", start, start < 20),
        (f"serve --from, {SEEDED_APPS} apps: resident MiB (< 12)", memory, memory < 12),
    ]


def load(client, server, port, folder, connections, seconds):
    request = folder / "request"
    request.write_text(server.request(port))
    command = [client, "--port", str(port), "--request", request,
               "--connections", str(connections), "--seconds", str(seconds)]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=seconds * 2 + DEADLINE)
    if done.returncode:
        raise Problem(f"{server.name} failed under load: {done.stderr}")
    found = json.loads(done.stdout)
    if found["refused"] or not found["answers"]:
        raise Problem(f"{server.name} refused {found['refused']} of {found['answers']}")
    return found


def measure(client, servers, folder, starts, turns, seconds):
    """Measures everything in turns, so that other load on the machine affects all of them."""
    figures = {server.name: {"start": [], "rate": [], "p50": [], "p99": []} for server in servers}
    for nth in range(starts + 1):
        for server in servers:
            with server.running() as (_, _, ms):
                if nth:  # the first turn reads the files from the disk
                    figures[server.name]["start"].append(ms)
    with contextlib.ExitStack() as stack:
        running = [(server, *stack.enter_context(server.running())) for server in servers]
        for _ in range(turns):
            for server, port, _, _ in running:
                found = load(client, server, port, folder, CONNECTIONS, seconds / turns)
                figure = figures[server.name]
                figure["rate"].append(found["answers"] / found["seconds"])
                figure["p50"].append(found["p50_us"] / 1000)
                figure["p99"].append(found["p99_us"] / 1000)
        for server, _, process, _ in running:
            figures[server.name]["memory"] = memory_mib(process)
    return {
        name: {
            "start": statistics.median(figure["start"]),
            "rate": statistics.mean(figure["rate"]),
            "p50": statistics.median(figure["p50"]),
            # The worst turn, not a mean of percentiles.
            "p99": max(figure["p99"]),
            "memory": figure["memory"],
        }
        for name, figure in figures.items()
    }


ROWS = [
    ("Start → first answer, median ms", "start", "{:.1f}"),
    ("Tokens per second, 8 connections", "rate", "{:,.0f}"),
    ("p50 ms, 8 connections", "p50", "{:.2f}"),
    ("p99 ms, 8 connections", "p99", "{:.2f}"),
    ("Resident memory after that, MiB", "memory", "{:.1f}"),
]


def report(figures):
    print(f"|  | {' | '.join(figures)} |")
    print("|---" + "|--:" * len(figures) + "|")
    for told, key, form in ROWS:
        cells = [form.format(figure[key]) for figure in figures.values()]
        print(f"| {told} | {' | '.join(cells)} |")
    print()


def targets(figures):
    """The targets: (text, value, met)."""
    mine = figures[OURS]
    theirs = [figure for name, figure in figures.items() if name != OURS]
    start = min(figure["start"] for figure in theirs) / mine["start"]
    rate = mine["rate"] / max(figure["rate"] for figure in theirs)
    memory = mine["memory"] / min(figure["memory"] for figure in theirs)
    return [
        ("start, times faster than the faster one (≥ 5)", start, start >= 5),
        ("rate, times the faster one's (≥ 3)", rate, rate >= 3),
        ("memory, of the smaller one's (< 0.5)", memory, memory < 0.5),
        ("p99, ms (< 10)", mine["p99"], mine["p99"] < 10),
    ]


def judge(targets):
    """Prints the targets, and returns how many are missed."""
    missed = 0
    for told, value, is_met in targets:
        print(f"{'met   ' if is_met else 'MISSED'} {value:6.2f}  {told}")
        missed += not is_met
    return missed


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="few starts, a second of load each")
    parser.add_argument("--check", action="store_true", help="end with 1 when a target is missed")
    found = parser.parse_args()
    starts, turns, seconds = (3, 1, 1.0) if found.quick else (7, 2, 10.0)
    # On the disk that holds the program: durable data must not be kept in memory alone.
    TARGET.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="serve-", dir=TARGET) as folder:
        folder = pathlib.Path(folder)
        # Separately: an example in the same command would build every crate again, with the features
        # that only the tests need.
        cargo = ["cargo", "build", "--quiet", "--locked"]
        subprocess.run([*cargo, "--release", "--bin", "devconsole"], cwd=ROOT, check=True)
        missed = judge(seeded_targets(measure_seeded(folder, starts)))
        try:
            others = list(installed(folder))
            # Quick figures need no precision: the example that `cargo test` built is enough.
            profile = [] if found.quick else ["--release"]
            subprocess.run([*cargo, *profile, "--example", "load"], cwd=ROOT, check=True)
            client = TARGET / ("debug" if found.quick else "release") / "examples" / "load"
            servers = [ours(folder), *others]
            figures = measure(client, servers, folder, starts, turns, seconds)
        except Skipped as why:
            print(f"skipped: {why}")
        else:
            report(figures)
            missed += judge(targets(figures))
    if found.check and missed:
        sys.exit(1)


if __name__ == "__main__":
    try:
        main()
    except Problem as problem:
        sys.exit(str(problem))
