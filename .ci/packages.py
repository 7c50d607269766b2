#!/usr/bin/env python3
"""Makes the packages: a tarball to unpack under any prefix, and a .deb. Both hold the same files, are
the same byte for byte from the same commit and compiler, and are static: they need no library of the
machine.

    .ci/packages.py                    builds with the profile `dist`, for musl
    .ci/packages.py --binary FILE      packs a binary that was built before, whatever it is linked to
"""

import argparse
import gzip
import hashlib
import io
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib

ROOT = pathlib.Path(__file__).resolve().parent.parent
TARGET = "x86_64-unknown-linux-musl"
ARCHITECTURE = {"x86_64": "amd64", "aarch64": "arm64"}
NOTICES = re.compile(r"(?i)^(licen[cs]e|copying|copyright|notice|unlicense)")
# The symbols of glibc that a binary needs name the version that brought them.
GLIBC = re.compile(r"GLIBC_(\d+)\.(\d+)\b")


def run(*command, **options):
    options.setdefault("cwd", ROOT)
    done = subprocess.run([str(part) for part in command], check=False, stdout=subprocess.PIPE, **options)
    if done.returncode != 0:
        sys.exit(f"{command[0]} {command[1]}: exit code {done.returncode}")
    return done.stdout


def build():
    if shutil.which("musl-gcc") is None:
        sys.exit("musl-gcc is missing: install musl-tools, or give --binary")
    installed = run("rustup", "target", "list", "--installed", text=True).split()
    if TARGET not in installed:
        run("rustup", "target", "add", TARGET)
    run("cargo", "build", "--profile", "dist", "--locked", "--bin", "devconsole", "--target", TARGET)
    targets = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    return targets / TARGET / "dist" / "devconsole"


def manual(binary):
    """All manual pages, by file name."""
    with tempfile.TemporaryDirectory() as folder:
        run(binary, "man", "--dir", folder)
        return {page.name: page.read_bytes() for page in sorted(pathlib.Path(folder).iterdir())}


def third_party():
    """The notices of all crates that end up in the binary. Identical texts stand once."""
    tree = run(
        "cargo", "tree", "--locked", "--edges", "normal", "--prefix", "none", "--target", TARGET,
        "--format", "{p}", text=True,
    )  # fmt: skip
    linked = {tuple(line.split()[:2]) for line in tree.splitlines() if line.strip()}
    metadata = json.loads(run("cargo", "metadata", "--format-version", "1", "--locked", text=True))
    texts = {}
    for package in sorted(metadata["packages"], key=lambda package: (package["name"], package["version"])):
        name, version = package["name"], package["version"]
        if (name, f"v{version}") not in linked or name == "devconsole":
            continue
        folder = pathlib.Path(package["manifest_path"]).parent
        notices = [file for file in sorted(folder.iterdir()) if file.is_file() and NOTICES.match(file.name)]
        crate = f"{name} {version} ({package['license']})"
        for notice in notices:
            texts.setdefault(notice.read_text(encoding="utf-8", errors="replace").strip(), []).append(crate)
        if not notices:
            text = f"No notice is in the crate. See {package['repository'] or 'crates.io'}"
            texts.setdefault(text, []).append(crate)
    parts = ["devconsole is licensed under MIT or Apache-2.0, at your option: LICENSE-MIT and LICENSE-APACHE.\n"
             "It holds code of these crates:\n"]
    for text, crates in texts.items():
        parts.append(f"{'=' * 80}\n" + "\n".join(dict.fromkeys(crates)) + f"\n{'-' * 80}\n{text}\n")
    return "\n".join(parts).encode()


def contents(binary):
    """What both packages hold: path under the prefix, mode and bytes."""
    share = {
        "bash-completion/completions/devconsole": run(binary, "completions", "bash"),
        "zsh/site-functions/_devconsole": run(binary, "completions", "zsh"),
        "fish/vendor_completions.d/devconsole.fish": run(binary, "completions", "fish"),
        "doc/devconsole/README.md": (ROOT / "README.md").read_bytes(),
        "doc/devconsole/LICENSE-MIT": (ROOT / "LICENSE-MIT").read_bytes(),
        "doc/devconsole/LICENSE-APACHE": (ROOT / "LICENSE-APACHE").read_bytes(),
        "doc/devconsole/changelog.gz": gzip.compress((ROOT / "CHANGELOG.md").read_bytes(), mtime=0),
        "doc/devconsole/copyright": third_party(),
    }
    for page in sorted((ROOT / "docs").glob("*.md")):
        share[f"doc/devconsole/docs/{page.name}"] = page.read_bytes()
    for schema in sorted((ROOT / "docs" / "schema").glob("*.json")):
        share[f"doc/devconsole/docs/schema/{schema.name}"] = schema.read_bytes()
    for name, page in manual(binary).items():
        share[f"man/man1/{name}.gz"] = gzip.compress(page, mtime=0)
    held = {"bin/devconsole": (0o755, binary.read_bytes())}
    held.update({f"share/{path}": (0o644, data) for path, data in sorted(share.items())})
    return held


def tarball(path, top, held, when):
    """Names, modes and contents alone, in one order."""
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.PAX_FORMAT) as archive:
        folders = {str(parent) for name in held for parent in pathlib.PurePosixPath(name).parents}
        for name in sorted(folders - {"."} | set(held)):
            mode, data = held.get(name, (0o755, b""))
            entry = tarfile.TarInfo(f"{top}/{name}")
            entry.mode, entry.mtime, entry.size = mode, when, len(data)
            entry.type = tarfile.REGTYPE if name in held else tarfile.DIRTYPE
            archive.addfile(entry, io.BytesIO(data))
    path.write_bytes(gzip.compress(raw.getvalue(), mtime=0))


def needs(binary):
    """The packages of Debian that the binary is linked to: none, if it is static."""
    dynamic = run("objdump", "-p", binary, text=True)
    libraries = set(re.findall(r"NEEDED\s+(\S+)", dynamic))
    if not libraries:
        return ""
    known = {"libgcc_s.so.1", "libc.so.6", "libm.so.6", "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1"}
    if libraries - known:
        sys.exit(f"the binary is linked to {', '.join(sorted(libraries - known))}")
    newest = max((int(major), int(minor)) for major, minor in GLIBC.findall(dynamic))
    return f"libc6 (>= {newest[0]}.{newest[1]}), libgcc-s1"


def debian(path, held, version, architecture, depends, when):
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder) / "root"
        for name, (mode, data) in held.items():
            # Where Debian's zsh looks.
            name = name.replace("zsh/site-functions", "zsh/vendor-completions")
            file = root / "usr" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
            file.chmod(mode)
        files = sorted(file for file in root.rglob("*") if file.is_file())
        control = root / "DEBIAN"
        control.mkdir()
        package = tomllib.loads((ROOT / "Cargo.toml").read_text(encoding="utf-8"))["package"]
        fields = {
            "Package": "devconsole",
            "Version": version,
            "Architecture": architecture,
            "Maintainer": "The devconsole authors <devconsole@localhost>",
            "Installed-Size": -(-sum(file.stat().st_size for file in files) // 1024),
            "Depends": depends,
            "Section": "devel",
            "Priority": "optional",
            "Description": package["description"].split(":")[0]
            + "\n Registers apps as RingCentral's developer console does, keeps their credentials in an\n"
            " encrypted file, and tests them against a server on this machine. Works offline and over\n SSH.",
        }
        lines = [f"{name}: {value}" for name, value in fields.items() if value != ""]
        (control / "control").write_text("\n".join(lines) + "\n")
        sums = (f"{hashlib.md5(file.read_bytes()).hexdigest()}  {file.relative_to(root)}\n" for file in files)
        (control / "md5sums").write_text("".join(sums))
        for folder in (folder for folder in [root, *root.rglob("*")] if folder.is_dir()):
            folder.chmod(0o755)
        environment = os.environ | {"SOURCE_DATE_EPOCH": str(when)}
        run("dpkg-deb", "--build", "--root-owner-group", "-Zxz", root, path, env=environment)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", type=pathlib.Path, help="pack this binary")
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "target" / "packages", help="folder for both")
    options = parser.parse_args()
    binary = (options.binary or build()).resolve()
    version = run(binary, "--version", text=True).split()[1]
    machine = os.uname().machine
    when = int(run("git", "log", "-1", "--format=%ct", text=True))
    options.out.mkdir(parents=True, exist_ok=True)
    depends = needs(binary)

    kind = "linux" if depends else "linux-static"
    top = f"devconsole-{version}-{machine}-{kind}"
    made = [options.out / f"{top}.tar.gz"]
    held = contents(binary)
    tarball(made[0], top, held, when)
    if shutil.which("dpkg-deb"):
        architecture = ARCHITECTURE[machine]
        made.append(options.out / f"devconsole_{version}_{architecture}.deb")
        debian(made[1], held, version, architecture, depends, when)
    else:
        print("no .deb: dpkg-deb is not installed")
    for package in made:
        print(f"{package.name}: {package.stat().st_size / 1e6:.1f} MB")
    print(f"needs: {depends or 'no library'}")


if __name__ == "__main__":
    main()
