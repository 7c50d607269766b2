#!/usr/bin/env python3
"""Measures devconsole from outside, on a pseudo-terminal, beside a program that does almost
nothing.

  benches/outside/run.py            everything, about a quarter of an hour; prints the table
  benches/outside/run.py --check    ... and exits with 1 if a target is missed
  benches/outside/run.py --write    ... and puts table and plot into docs/
  benches/outside/run.py --quick    small and tolerant: whether something is badly broken

Needs Python 3.9, time for a release build, and Linux's /proc for memory and CPU; nothing else.
docs/PERFORMANCE.md explains the figures.
"""

import argparse
import json
import os
import pathlib
import platform
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import unicodedata

import plot
from terminal import Program

ROOT = pathlib.Path(__file__).resolve().parents[2]
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
PASSWORD = "purple gondola vermouth 42"  # examples/support/people.rs
LIST_COLUMNS = 77  # of 120: the rest is the detail pane, which follows when the cursor rests
# Without a space, which prints nothing, and without the key that ends the bare program.
FIELD_TEXT = "call-log-of-the-desk-in-"

# The detail pane follows a cursor after 60 ms, a draft reaches the disk after 150 ms. Waiting for
# them keeps them out of the next sample and counts their bytes with the key they belong to.
QUIET = {"cursor": 110, "scroll": 110, "tab": 110, "field": 240, "filter": 110}

WORDS = [
    "desk", "call", "parcel", "zürich", "fax", "read call log", "oauth2callback", "support",
    "göteborg", "bot", "voip", "sales dialer", "客户", "radiology", "são paulo", "no such app",
    "export kyoto", "legal", "example", "ticket", "wallboard", "téléstandard", "team", "pilot",
    "housekeeping", "umbrella", "webhook", "e", "phone book", "lima", "staging", "incident",
    "quality review", "perth", "leasing", "zzz", "hooli", "survey", "大阪", "reception", "v2",
    "sms", "malmö", "night", "contacts", "finance berlin", "door", "warranty", "initech",
    "transcripts",
]  # fmt: skip

FULL = {"sizes": (100, 1_000, 10_000, 100_000), "starts": 40, "sign_ins": 25, "keys": 300,
        "few_keys": 60, "words": 50, "few_words": 16, "idle_s": 60, "saves": 300}  # fmt: skip
QUICK = {"sizes": (100, 2_000), "starts": 5, "sign_ins": 2, "keys": 14,
         "few_keys": 6, "words": 4, "few_words": 2, "idle_s": 2, "saves": 10}  # fmt: skip


def percentile(samples, q):
    """Nearest rank, on the raw samples."""
    values = sorted(samples)
    return values[max(0, -(-q * len(values) // 100) - 1)]


def note(text):
    print(text, file=sys.stderr, flush=True)


def plain(text):
    """Removes accents."""
    parted = unicodedata.normalize("NFD", text)
    kept = "".join(c for c in parted if not "\u0300" <= c <= "\u036f")
    return unicodedata.normalize("NFC", kept)


class Truth:
    """The apps that a filter must find, by a plain scan of the searched columns of the
    workspace."""

    def __init__(self, folder):
        self.path = folder / "workspace.db"
        rows = self.query("SELECT name, search, client_id FROM apps ORDER BY name_key, id")
        self.rows = [(name, *self.searched(search, client_id.lower())) for name, search, client_id in rows]

    def searched(self, search, client_id):
        """Without accents, and the Client ID apart: a word matches only its beginning."""
        lines = [line for line in search.split("\n") if line != client_id]
        return plain("\n".join(lines)), client_id

    def query(self, sql):
        db = sqlite3.connect(f"file:{self.path}?mode=ro", uri=True)
        try:
            return db.execute(sql).fetchall()
        finally:
            db.close()

    def found(self, words):
        words = plain(words.lower()).split()
        has = lambda word, search, client_id: word in search or (len(word) >= 4 and client_id.startswith(word))
        return [name for name, *rest in self.rows if all(has(word, *rest) for word in words)]


def misses(words, found, total, screen):
    """What is missing on the screen: the count, or a name in its place."""
    count = rf"(?<![\d,]){len(found):,}\s+of\s+{total:,}(?![\d,])"
    if not re.search(count, screen):
        yield f"{words!r}: not {len(found)} of {total}"
    # Blanks and the second halves of wide characters are skipped on the way to the terminal.
    screen, at = "".join(screen.split()), 0
    for name in found[:20]:
        text = "".join(name[:8].split())
        at = screen.find(text, at)
        if at < 0:
            yield f"{words!r}: {name!r} is not in its place"
            return
        at += len(text)


class Bench:
    def __init__(self, plan, quick):
        self.plan = plan
        self.product = TARGET / "release" / "devconsole"
        self.bare = TARGET / "release" / "examples" / "bare"
        # Quick figures need no precision: the helpers that `cargo test` built are enough.
        helpers = TARGET / ("debug" if quick else "release") / "examples"
        self.fill, self.save = helpers / "fill", helpers / "save"
        cargo = ["cargo", "build", "--quiet", "--locked"]
        examples = ["--example", "fill", "--example", "save"]
        subprocess.run([*cargo, "--release", "--bin", "devconsole"], cwd=ROOT, check=True)
        if quick:
            self.bare = helpers / "bare"
            subprocess.run([*cargo, *examples, "--example", "bare"], cwd=ROOT, check=True)
        else:
            subprocess.run([*cargo, "--release", *examples, "--example", "bare"], cwd=ROOT, check=True)

    def workspace(self, folder, apps):
        command = [self.fill, "--data-dir", folder, "--apps", str(apps)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)

    def open(self, folder):
        return Program([str(self.product), "--data-dir", str(folder), "--lock-after", "1440"])

    def signed_in(self, folder, truth):
        """The program on its list, and how long it took from the key."""
        program = self.open(folder)
        program.first_frame("Sign in")
        program.send(PASSWORD, 60)
        first = truth.rows[0][0][:10].rstrip()
        return program, program.wait_for("enter", first)

    def open_bare(self):
        program = Program([str(self.bare)])
        program.first_frame("what is on tab")
        return program

    def starts(self, folder):
        bare, product = [], []
        for nth in range(self.plan["starts"] + 2):
            floor, program = Program([str(self.bare)]), None
            floor_ms = floor.first_frame("what is on tab")
            floor.end(["q"])
            program = self.open(folder)
            ms = program.first_frame("Sign in")
            program.end([b"\x03"])
            if nth >= 2:  # the first runs read the binaries from the disk
                bare.append(floor_ms)
                product.append(ms)
        return {"bare": bare, "product": product}

    def in_turns(self, floor, program, keys, quiet):
        """Each key goes to the bare program, then to the product."""
        out = {"bare": [], "product": [], "bare_bytes": [], "key_bytes": [], "bytes": []}
        for floor_key, key in keys:
            burst = floor.send(floor_key, 50)
            if burst.first() is not None:
                out["bare"].append(burst.first())
                out["bare_bytes"].append(burst.bytes)
            burst = program.send(key, quiet)
            if burst.first() is None:
                raise RuntimeError(f"nothing was drawn for {key!r}")
            out["product"].append(burst.first())
            out["key_bytes"].append(burst.bytes_before_silence())
            out["bytes"].append(burst.bytes)
        return out

    def cursor(self, floor, program, count):
        """Moves inside the screen: nothing scrolls."""
        there_and_back = ["down"] * 20 + ["up"] * 20
        keys = [(there_and_back[nth % 40],) * 2 for nth in range(count)]
        return self.in_turns(floor, program, keys, QUIET["cursor"])

    def scroll(self, floor, program, count):
        out = {}
        while len(out.get("product", [])) < count:
            for one in (floor, program):
                one.send("home", QUIET["scroll"])
                one.send(b"\x1b[B" * 38, QUIET["scroll"])
            turn = min(55, count - len(out.get("product", [])))
            for key, samples in self.in_turns(floor, program, [("down", "down")] * turn, QUIET["scroll"]).items():
                out.setdefault(key, []).extend(samples)
        program.send("home", QUIET["scroll"])
        return out

    def filter(self, program, truth, filters):
        times, wrong, checked = [], [], 0  # a time with what was typed by then
        inside = lambda row, column: 2 <= row <= 38 and column <= LIST_COLUMNS
        for words in filters:
            program.send("/", QUIET["filter"])
            for end, letter in enumerate(words, 1):
                at = program.send(letter, QUIET["filter"]).last(inside)
                if at is not None:
                    times.append((at, words[:end]))
            found = truth.found(words)
            screen = program.whole_screen()
            checked += 1
            wrong += misses(words, found, len(truth.rows), screen)
            program.send("esc", QUIET["filter"])
        slowest = sorted(times, reverse=True)[:5]
        return {"product": [at for at, _ in times], "wrong": wrong, "checked": checked, "slowest": slowest}

    def form(self, floor, program, count):
        program.wait_for("n", "App Type")
        program.send(" ", QUIET["field"])
        there_and_back = ["pgdn"] * 6 + ["pgup"] * 6
        keys = [(there_and_back[nth % 12],) * 2 for nth in range(count)]
        tab = self.in_turns(floor, program, keys, QUIET["tab"])
        for _ in range(6):
            program.send("pgup", QUIET["tab"], 200)
        program.send("pgdn", QUIET["tab"])
        field = {}
        while len(field.get("product", [])) < count:
            text = FIELD_TEXT[: count - len(field.get("product", []))]
            keys = [(letter, letter) for letter in text]
            for key, samples in self.in_turns(floor, program, keys, QUIET["field"]).items():
                field.setdefault(key, []).extend(samples)
            floor.send("backspace", QUIET["field"])
            program.send("ctrl-u", QUIET["field"])
        program.send("esc", QUIET["field"])
        program.send("home", QUIET["cursor"])
        program.send("d", QUIET["cursor"])
        program.send("y", QUIET["field"])
        return tab, field

    def idle(self, program):
        # The last notice disappears after some seconds: before that, the program is not idle.
        program.collect(7000, 13000, wants_output=False)
        before = program.cpu_ms()
        ms = self.plan["idle_s"] * 1000
        sent = sum(len(data) for _, data in program.collect(ms, ms))
        after = program.cpu_ms()
        return {"seconds": self.plan["idle_s"], "bytes": sent,
                "cpu_ms": after[0] - before[0], "cpu_fine_ms": after[1] - before[1]}  # fmt: skip

    def size(self, folder, apps, is_largest):
        count = self.plan["keys" if is_largest else "few_keys"]
        words = WORDS[: self.plan["words" if is_largest else "few_words"]]
        truth = Truth(folder)
        out = {"start": self.starts(folder)}
        floor = self.open_bare()
        program, _ = self.signed_in(folder, truth)
        program.collect(300, 600, wants_output=False)
        out["rss_mib"] = program.memory_mib()
        out["cursor"] = self.cursor(floor, program, count)
        out["scroll"] = self.scroll(floor, program, count)
        out["filter"] = self.filter(program, truth, words)
        out["tab"], out["field"] = self.form(floor, program, count)
        out["rss_used_mib"] = program.memory_mib()
        if is_largest:
            out["idle"] = self.idle(program)
        program.end([b"\x03"])
        floor.end(["q"])
        left = truth.query("SELECT count(*) FROM drafts")[0][0]
        if left:
            raise RuntimeError(f"{left} drafts were left behind")
        return out

    def sign_ins(self, folders):
        """All sizes in turns: deriving the key takes far longer than the difference to measure."""
        truths = {apps: Truth(folder) for apps, folder in folders.items()}
        times = {apps: [] for apps in folders}
        for _ in range(self.plan["sign_ins"]):
            for apps, folder in folders.items():
                program, ms = self.signed_in(folder, truths[apps])
                program.end([b"\x03"])
                times[apps].append(ms)
        return times

    def saves(self, folder):
        command = [self.save, "--data-dir", folder, "--samples", str(self.plan["saves"])]
        pairs = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
        return {"product": [pair[0] / 1e6 for pair in pairs], "bare": [pair[1] / 1e6 for pair in pairs],
                "row_bytes": percentile([pair[2] for pair in pairs], 50)}  # fmt: skip

    def run(self, scratch):
        folders = {apps: scratch / str(apps) for apps in self.plan["sizes"]}
        for apps, folder in folders.items():
            note(f"{apps:,} apps: filling")
            self.workspace(folder, apps)
        note("signing in")
        signing = self.sign_ins(folders)
        results = {}
        for apps, folder in folders.items():
            note(f"{apps:,} apps: keys")
            results[apps] = self.size(folder, apps, apps == max(folders))
            results[apps]["sign_in"] = signing[apps]
        for apps, folder in folders.items():
            note(f"{apps:,} apps: saving")
            results[apps]["save"] = self.saves(folder)
        return results


class Row:
    """A line of the table: how a figure is made, and its target at the largest size."""

    def __init__(self, title, show, bare="", target="", met=None):
        self.title, self.show, self.bare, self.target, self.met = title, show, bare, target, met


def two(samples):
    return f"{percentile(samples, 50):.2f} / {percentile(samples, 99):.2f}"


def rows(results):
    small, large = results[min(results)], results[max(results)]
    p = percentile
    bare_field = large["field"]["bare"]

    def key(title, name):
        one = large[name]
        met = (p(one["product"], 50) <= p(one["bare"], 50) + 0.4
               and p(one["product"], 99) <= p(one["bare"], 99) + 3)  # fmt: skip
        return Row(f"{title}, p50 / p99 ms", lambda r: two(r[name]["product"]), two(one["bare"]),
                   "p50 ≤ bare + 0.4, p99 ≤ bare + 3", met)  # fmt: skip

    def size(title, name, limit, kind="bytes"):
        return Row(f"{title}, median bytes (most)",
                   lambda r: f"{p(r[name][kind], 50):,} ({max(r[name][kind]):,})",
                   f"{p(large[name]['bare_bytes'], 50):,}",
                   f"median < {limit:,}" if limit else "", p(large[name][kind], 50) < limit if limit else None)  # fmt: skip

    idle = large["idle"]
    ratio = lambda r: p(r["save"]["product"], 50) / p(r["save"]["bare"], 50)
    return [
        Row("Process start → sign-in screen, p50 ms", lambda r: f"{p(r['start']['product'], 50):.2f}",
            f"{p(large['start']['bare'], 50):.2f}", "≤ bare + 2",
            p(large["start"]["product"], 50) <= p(large["start"]["bare"], 50) + 2),
        Row("Password → list, p50 ms (deriving the key included)", lambda r: f"{p(r['sign_in'], 50):.0f}", "",
            "≤ 10 more than with 100", p(large["sign_in"], 50) <= p(small["sign_in"], 50) + 10),
        key("Cursor move", "cursor"),
        key("Cursor move that scrolls", "scroll"),
        key("Tab switch", "tab"),
        key("Character in a field", "field"),
        Row("Character in the filter → final rows, p50 / p99 ms", lambda r: two(r["filter"]["product"]),
            two(bare_field), "p99 ≤ bare + 8", p(large["filter"]["product"], 99) <= p(bare_field, 99) + 8),
        Row("Filters whose count and rows were right",
            lambda r: f"{r['filter']['checked'] - len(r['filter']['wrong'])} of {r['filter']['checked']}", "", "all",
            not any(r["filter"]["wrong"] for r in results.values())),
        size("Cursor move", "cursor", 800, "key_bytes"),
        size("Cursor move, with the details that follow it", "cursor", 0),
        size("Cursor move that scrolls", "scroll", 0),
        size("Tab switch", "tab", 3000),
        size("Character in a field, with the draft's saving", "field", 80),
        Row(f"Idle for {idle['seconds']} s: bytes sent, CPU ms",
            lambda r: f"{r['idle']['bytes']}, {cpu(r['idle']):.1f}" if "idle" in r else "–", "", "0, < 20",
            idle["bytes"] == 0 and cpu(idle) < 20),
        Row("Memory after sign-in (after all these keys), MiB RSS",
            lambda r: f"{r['rss_mib']:.1f} ({r['rss_used_mib']:.1f})", "", "< 20", large["rss_mib"] < 20),
        Row("Saving an app, durable, p50 / p99 ms", lambda r: two(r["save"]["product"]), two(large["save"]["bare"]),
            "", None),
        Row("… beside a bare commit of as many bytes, p50", lambda r: f"× {ratio(r):.2f}", "× 1", "< × 1.5",
            ratio(large) < 1.5),
    ]  # fmt: skip


def cpu(idle):
    """The scheduler's clock is finer than a tick of 10 ms; neither may be too low."""
    return max(idle["cpu_ms"], idle["cpu_fine_ms"])


def table(results, lines):
    sizes = list(results)
    head = ["", *(f"{apps:,} apps" for apps in sizes), "bare program", f"target at {max(sizes):,}", "met"]
    out = ["| " + " | ".join(head) + " |", "|---" + "|--:" * (len(sizes) + 1) + "|---|---|"]
    for line in lines:
        met = {True: "yes", False: "**no**", None: ""}[line.met]
        cells = [line.title, *(line.show(results[apps]) for apps in sizes), line.bare, line.target, met]
        out.append("| " + " | ".join(cells) + " |")
    return "\n".join(out)


def machine():
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (f"{os.cpu_count()} cores ({platform.machine()}), {memory:.0f} GiB of memory, "
            f"{platform.system()} {platform.release()}, a local pseudo terminal of 120 × 40")  # fmt: skip


def quick_problems(results):
    """Tolerates the noise of a shared machine: only a badly broken figure is a problem."""
    p = percentile
    for apps, r in results.items():
        yield from r["filter"]["wrong"]
        slow = {
            "start": (p(r["start"]["product"], 50), p(r["start"]["bare"], 50) + 150),
            "sign-in": (p(r["sign_in"], 50), 6000),
            "save": (p(r["save"]["product"], 50), p(r["save"]["bare"], 50) * 20 + 50),
            "filter": (p(r["filter"]["product"], 50), p(r["field"]["bare"], 50) + 100),
            "memory": (r["rss_used_mib"], 60),
            "bytes of a cursor move": (p(r["cursor"]["key_bytes"], 50), 1600),
            "bytes of a character": (p(r["field"]["bytes"], 50), 200),
            "bytes of a tab switch": (p(r["tab"]["bytes"], 50), 6000),
        }
        for name in ("cursor", "scroll", "tab", "field"):
            slow[name] = (p(r[name]["product"], 50), p(r[name]["bare"], 50) + 40)
        if "idle" in r:
            slow["bytes while idle"] = (r["idle"]["bytes"], 0)
            slow["CPU while idle"] = (cpu(r["idle"]), 300)
        for name, (value, limit) in slow.items():
            if value > limit:
                yield f"{apps} apps: {name}: {value:.1f}, more than {limit:.1f}"


def replace(page, body):
    start, end = "<!-- figures: benches/outside/run.py --write -->", "<!-- /figures -->"
    path = ROOT / page
    text = path.read_text(encoding="utf-8")
    head, rest = text.split(start, 1)
    _, tail = rest.split(end, 1)
    path.write_text(f"{head}{start}\n{body}\n{end}{tail}", encoding="utf-8")


def write(results, body):
    about = f"Measured on {machine()}."
    replace("docs/PERFORMANCE.md", f"{body}\n\n{about}")
    series = {
        "sign-in → list, ms": [percentile(r["sign_in"], 50) for r in results.values()],
        "memory, MiB": [r["rss_mib"] for r in results.values()],
        "first frame, ms": [percentile(r["start"]["product"], 50) for r in results.values()],
        "filter p99, ms": [percentile(r["filter"]["product"], 99) for r in results.values()],
        "cursor p50, ms": [percentile(r["cursor"]["product"], 50) for r in results.values()],
    }
    (ROOT / "docs/images/growth.svg").write_text(plot.svg(list(results), series), encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="small and generous, for CI")
    parser.add_argument("--check", action="store_true", help="end with 1 when a target is missed")
    parser.add_argument("--write", action="store_true", help="put the figures into docs/")
    parser.add_argument("--raw", metavar="FILE", help="keep every sample, as JSON")
    parser.add_argument("--scratch", metavar="DIR", help="where to make the workspaces: the disk that is measured")
    args = parser.parse_args()
    if args.quick and args.write:
        parser.error("quick figures are not for print")
    since = time.monotonic()
    # Not /tmp by default: where that is memory, nothing is durable and saving costs nothing.
    TARGET.mkdir(exist_ok=True)
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="outside-", dir=args.scratch or TARGET))
    try:
        results = Bench(QUICK if args.quick else FULL, args.quick).run(scratch)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    if args.raw:
        pathlib.Path(args.raw).write_text(json.dumps(results), encoding="utf-8")
    lines = rows(results)
    body = table(results, lines)
    print(body)
    slowest = (f"{words!r} {at:.1f} ms" for at, words in results[max(results)]["filter"]["slowest"])
    note(f"slowest filters: {', '.join(slowest)}")
    note(f"{time.monotonic() - since:.0f} s")
    if args.quick:
        problems = list(quick_problems(results))
    else:
        problems = [f"missed: {line.title}" for line in lines if line.met is False]
        problems += [wrong for r in results.values() for wrong in r["filter"]["wrong"]]
    for problem in problems:
        note(problem)
    if args.write:
        write(results, body)
    sys.exit(1 if problems and (args.check or args.quick) else 0)


if __name__ == "__main__":
    main()
