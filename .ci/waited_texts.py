"""Fails if a check from outside waits for a text that the program no longer has.

Such a check fails only on the path that shows the text, which can be one run of many.
"""

import pathlib
import re
import sys

from strings import strings

ROOT = pathlib.Path(__file__).resolve().parent.parent
CHECKS = [*ROOT.glob("tests/outside/*.py"), *ROOT.glob("tests/sdk/*.py"), *ROOT.glob("benches/outside/*.py")]
WAITED = re.compile(r"""(?:wait_text|shows)\((f?)"([^"]*)"|(f?)"([^"]*)" (?:not )?in (?:\w+\.)*text\b""")
# Names that the checks themselves use, and the start of a token.
VALUES = {"Kept", "Held", "ptrace", "eyJ"}


def pieces(text):
    """The parts between the placeholders, with one space between words."""
    return [" ".join(part.split()) for part in re.split(r"\{[^}]*\}|\d+", text)]


def main():
    held = [
        piece
        for path in (ROOT / "src").rglob("*.rs")
        for _, text in strings(path)
        for piece in pieces(text)
    ]
    waited = 0
    lost = []
    for path in CHECKS:
        for found in WAITED.finditer(path.read_text(encoding="utf-8")):
            text = found.group(2) or found.group(4) or ""
            for piece in pieces(text):
                waited += 1
                if len(piece) > 1 and piece not in VALUES and not any(piece in one for one in held):
                    lost.append(f"{path.relative_to(ROOT)} waits for {piece!r}, which no text of src holds")
    print("\n".join(lost) or f"{waited} texts that checks from outside wait for are held by src")
    return bool(lost)


if __name__ == "__main__":
    sys.exit(main())
