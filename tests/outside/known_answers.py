#!/usr/bin/env python3
"""Computes tests/data/keys.json, which the program's tests compare with: one value of each format
of docs/SECURITY.md, from fixed inputs, with libraries that the program does not use. Exits with 1
if the file differs; --write replaces it."""

import hashlib
import json
import pathlib
import sys

from console import with_packages

with_packages("cryptography", "argon2-cffi", "pynacl")

import formats  # noqa: E402
from formats import Keys, X25519PrivateKey, xchacha_seal  # noqa: E402

FILE = pathlib.Path(__file__).resolve().parent.parent / "data" / "keys.json"
DEVELOPER, OTHER = "5Yua4TWAQ7uRt8k7AhDWUg", "l6f9ORKLStWJjIuxeiv-gQ"


def fixed(text, length=32):
    """Bytes from a hash of a text, so that none of them is chosen."""
    return hashlib.shake_128(text.encode()).digest(length)


def place(*texts):
    return {"table": texts[0], "column": texts[1], "of": texts[2:]}


def password():
    cost = {"memory_kib": 256, "passes": 3, "lanes": 1}
    # é as two code points: NFC makes one of them.
    text, salt, page_salt = "cafe\u0301 at the harbor", fixed("salt", 16), fixed("page salt", 16)
    key = formats.by_password(text, salt, **cost)
    page = formats.by_password(text, page_salt, **cost)
    return {
        "password": text, "salt": salt, **cost, "key": key,
        "page_salt": page_salt, "page_check": hashlib.sha256(page).digest(),
    }


def identity(under):
    keys = Keys(fixed("seed"), fixed("origin"))
    row = {
        "seq": 7, "at": 1795469700000, "who": DEVELOPER, "app_id": None, "subject": "Ada Lovelace",
        "what": "role_changed", "changes": '[{"field":"Role"}]', "statement": '{"members":[]}',
    }
    link = formats.link_of(fixed("link before"), row)
    seen = formats.i64(7) + link + fixed("digest of the roster")
    at = "developers", "key_by_password", DEVELOPER
    seen_at = "developers", "seen", DEVELOPER
    return {
        "developer": DEVELOPER, "origin": keys.origin, **keys.public(),
        "key_by_password": formats.seal(under, fixed("nonce", 24), keys.seed + keys.origin, *at),
        "seen": {"plain": seen, "sealed": formats.seal(keys.seen, fixed("nonce 2", 24), seen, *seen_at)},
        "row": {**row, "before": fixed("link before"), "link": link, "signature": keys.sign_row(link)},
        "end": {"seq": 7, "link": link, "signature": keys.sign_end(7, link)},
    }, keys


def secrets_key(keys):
    key, epoch, receiver = fixed("K"), 3, bytes.fromhex(keys.public()["wrap"])
    ephemeral = X25519PrivateKey.from_private_bytes(fixed("ephemeral"))
    at = "client_secrets", "sealed", "id", "app", "client id", "current"
    return {
        "epoch": epoch, "check": formats.check_of(key),
        "wrapped": formats.hpke_seal(receiver, ephemeral, key, *formats.wrap_info(keys.origin, DEVELOPER, epoch)),
        "fingerprint": {"secret": "a client secret", "text": formats.fingerprint(key, epoch, "a client secret")},
        "value": {
            "place": place(*at), "plain": "a client secret",
            "sealed": formats.seal(key, fixed("nonce 3", 24), b"a client secret", *at),
        },
    }, key


def joining(keys, under):
    joiner = Keys(fixed("another seed"), keys.origin)
    public = {name: bytes.fromhex(key) for name, key in joiner.public().items()}
    info = formats.joining_info(keys.origin, OTHER, public["sign"], public["wrap"])
    ephemeral = X25519PrivateKey.from_private_bytes(fixed("ephemeral 2"))
    admin = bytes.fromhex(keys.public()["wrap"])
    return {"developer": OTHER, **public, "proof": formats.hpke_seal(admin, ephemeral, under, *info)}


def former(keys, key, under):
    shared, nonce = fixed("K0"), fixed("nonce 4", 24)
    at = formats.former_place("developers", DEVELOPER, "key_by_password")
    public = [bytes.fromhex(keys.public()[name]) for name in ("sign", "wrap")]
    return {
        "key_by_password": b"\x01" + nonce + xchacha_seal(shared, at, nonce, under),
        "introduced": formats.derive(shared, "devconsole/2 introduced", *public, formats.check_of(key)),
    }


def answers():
    lists = ["a"], ["a", ""], ["", "a"], ["devconsole/2 row", "é"]
    by_password = password()
    under = by_password["key"]
    one, keys = identity(under)
    secrets, key = secrets_key(keys)
    recovery = "7K3QX-00000-11111-22222-33333-44444-55555-ZZZZZ"
    return {
        "about": "Made by tests/outside/known_answers.py. Bytes are hexadecimal.",
        "parts": [{"list": list(texts), "bytes": formats.parts(*texts)} for texts in lists],
        "derive": {
            "key": fixed("key"), "salt": fixed("salt", 16), "info": ["purpose", "more"],
            "derived": formats.derive(fixed("key"), "purpose", "more", salt=fixed("salt", 16)),
            "without_salt": formats.derive(fixed("key"), "purpose", "more"),
        },
        "password": by_password,
        "recovery": {"key": recovery, "derived": formats.by_recovery(recovery)},
        "identity": one,
        "secrets_key": secrets,
        "joining": joining(keys, under),
        "former": former(keys, key, under),
    }


def main():
    text = json.dumps(answers(), indent=1, ensure_ascii=False, default=bytes.hex) + "\n"
    if "--write" in sys.argv:
        FILE.write_text(text)
    elif FILE.read_text() != text:
        sys.exit(f"{FILE.name} is another one")
    print(f"{FILE.name} is what these libraries compute")


if __name__ == "__main__":
    main()
