#!/usr/bin/env python3
"""Lists every string of the program that a person can read: `folder`, then `file:line  text`.

To read all the words like an editor: `.ci/strings.py | less`, or with folders or files as arguments.
Tests, comments, SQL and words that only a program reads (keys, codes, column names) are left out.
"""
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TOKEN = re.compile(
    r"""//[^\n]*|/\*.*?\*/                      # a comment
    |(?P<raw>b?r(?P<hashes>\#*)"(?P<rawtext>.*?)"(?P=hashes))
    |(?P<string>b?"(?P<text>(?:\\.|[^"\\])*)")
    |'(?:\\.[^']*|[^'\\])'                      # a character, not a lifetime
    """,
    re.S | re.X,
)
SQL = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|CREATE|PRAGMA|WITH|ATTACH|BEGIN|VACUUM|DROP|FROM|WHERE|AND|ORDER|JOIN|LEFT JOIN|EXISTS|ALTER|VALUES|REPLACE)\b")
CODE = re.compile(r"[\w./:*@+=&?#%{}\[\]()<>,;|\\^$!'~-]*")


def tested(text):
    """The ranges of `#[cfg(test)] mod name { .. }`, which always end the file here."""
    start = re.search(r"^#\[cfg\(test\)\]\n(?:#\[[^\n]*\n)*(?:pub\S* )?mod \w+ \{", text, re.M)
    return start.start() if start else len(text)


def spoken(text):
    """Whether a person reads it: a sentence, or a capitalized or plain word."""
    if SQL.match(text) or not re.search("[A-Za-z]{2}", text):
        return False
    if CODE.fullmatch(text):
        return bool(re.fullmatch(r"[A-Z^]?[a-z’']{2,}[.:?!]?", text))
    return True


def strings(path):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    text = text[: tested(text)]
    for token in TOKEN.finditer(text):
        found = token.group("rawtext") if token.group("raw") else token.group("text")
        if found is None:
            continue
        if not token.group("raw"):
            found = re.sub(r"\\\n\s*", "", found).replace(r"\"", '"')
        if spoken(found):
            yield text.count("\n", 0, token.start()) + 1, found


def help_of_arguments(path):
    """clap prints the comments before arguments and commands."""
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if line.lstrip().startswith("///"):
                yield number, line.strip()[3:].strip()


def files(asked):
    for top in asked or [os.path.join(ROOT, "src")]:
        if os.path.isfile(top):
            yield top
            continue
        for folder, folders, names in os.walk(top):
            folders[:] = sorted(name for name in folders if name != "tests")
            for name in sorted(names):
                if name.endswith(".rs") and not name.endswith("tests.rs"):
                    yield os.path.join(folder, name)


def main():
    folder = None
    for path in files(sys.argv[1:]):
        lines = list(strings(path))
        if path.endswith("cli/args.rs"):
            lines = sorted(lines + list(help_of_arguments(path)))
        if lines and os.path.dirname(path) != folder:
            folder = os.path.dirname(path)
            print(f"\n== {os.path.relpath(folder, ROOT)}")
        for number, text in lines:
            print(f"{os.path.basename(path)}:{number}  {text}")


if __name__ == "__main__":
    main()
