#!/usr/bin/env python3
"""The packages, as people use them: unpacked and installed, run, and removed without a trace."""

import gzip
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile

from console import PASSWORD, Problem, arguments, scratch, sign_up, start
from workspace import must

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def run(*command, **options):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False, **options)
    must(f"{command[0]} succeeds: {done.stdout}{done.stderr}", done.returncode == 0)
    return done.stdout


def works(prefix, folder):
    """The binary starts, signs up, and answers a command; shells and man read the other files."""
    binary, share = prefix / "bin" / "devconsole", prefix / "share"
    must("it says its version", run(binary, "--version").startswith("devconsole "))
    data = folder / "data"
    with start(binary, data, folder) as session:
        sign_up(session)
    password = folder / "password.txt"
    password.write_text(f"{PASSWORD}\n")
    environment = {"HOME": str(folder), "PATH": os.environ["PATH"], "DEVCONSOLE_PASSWORD_FILE": str(password)}
    people = run(binary, "--data-dir", data, "people", "list", env=environment)
    must(f"a command answers: {people}", "ada@example.com" in people)

    bash = share / "bash-completion" / "completions" / "devconsole"
    must("bash completes", "devconsole" in run("bash", "-c", f"source '{bash}' && complete -p devconsole"))
    pages = sorted((share / "man" / "man1").glob("devconsole*.1.gz"))
    must(f"each command has a page, not {len(pages)} in all", len(pages) > 30)
    page = next(page for page in pages if page.name == "devconsole-app-apply.1.gz")
    head = re.search(r'^\.TH devconsole-app-apply 1 .*"devconsole 0.*$', gzip.decompress(page.read_bytes()).decode(), re.M)
    must("a page says what it is about, and of which version", head)
    if shutil.which("man"):
        must("man shows it", "NAME" in run("man", "--warnings", "-l", page, env={**os.environ, "LANG": "C.UTF-8"}))
    doc = share / "doc" / "devconsole"
    must("the own licences are there", (doc / "LICENSE-MIT").is_file() and (doc / "LICENSE-APACHE").is_file())
    notices = (doc / "copyright").read_text()
    for crate in ("ratatui ", "rusqlite ", "tokio ", "zeroize "):
        must(f"the notices of {crate}", re.search(rf"^{crate}[0-9.]+ \(", notices, re.MULTILINE))


def unpacked(package, folder):
    prefix = folder / "local"
    prefix.mkdir()
    with tarfile.open(package) as archive:
        names = archive.getnames()
        must("all is in one folder", {name.split("/")[0] for name in names} == {package.name.removesuffix(".tar.gz")})
    run("tar", "-xzf", package, "--strip-components=1", "-C", prefix)
    works(prefix, folder)
    # As the manual removes it: what the archive lists.
    listed = run("tar", "-tzf", package).splitlines()
    for name in listed:
        file = prefix / name.split("/", 1)[1] if "/" in name.rstrip("/") else prefix
        if file.is_file():
            file.unlink()
    left = [file for file in prefix.rglob("*") if file.is_file()]
    must(f"nothing is left: {left}", not left)
    print(f"{package.name}: unpacked, run, removed", flush=True)


def installed(package, folder):
    root = folder / "root"
    admin = root / "var" / "lib" / "dpkg"
    for name in ("info", "updates"):
        (admin / name).mkdir(parents=True)
    (admin / "status").touch()
    (admin / "available").touch()
    # What it depends on is that of this machine.
    dpkg = ["dpkg", f"--root={root}", "--force-depends", "--force-script-chrootless", "--log=/dev/null"]
    run(*dpkg, "--install", package)
    listed = run(*dpkg, "--listfiles", "devconsole").splitlines()
    must("dpkg lists the binary", "/usr/bin/devconsole" in listed)
    must("its sums hold", run(*dpkg, "--verify", "devconsole") == "")
    works(root / "usr", folder)
    run(*dpkg, "--purge", "devconsole")
    left = [file for file in (root / "usr").rglob("*") if file.is_file()] if (root / "usr").exists() else []
    must(f"nothing is left: {left}", not left)
    print(f"{package.name}: installed, run, purged", flush=True)


def main():
    options = arguments(__doc__)
    with scratch() as folder:
        folder = pathlib.Path(folder)
        first, second = folder / "first", folder / "second"
        for out in (first, second):
            made = run(sys.executable, ROOT / ".ci" / "packages.py", "--binary", options.binary, "--out", out)
        print(made, end="", flush=True)
        for package in sorted(first.iterdir()):
            again = second / package.name
            must(f"{package.name} is the same twice", package.read_bytes() == again.read_bytes())
            home = folder / package.name.replace(".", "-")
            home.mkdir()
            if package.name.endswith(".tar.gz"):
                unpacked(package, home)
            elif os.geteuid() == 0:
                installed(package, home)
            else:
                print(f"{package.name}: not installed, which takes root")


if __name__ == "__main__":
    try:
        main()
    except Problem as problem:
        sys.exit(str(problem))
