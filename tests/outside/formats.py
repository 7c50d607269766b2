"""The formats of docs/SECURITY.md, read and made with libraries that the program does not use:
cryptography, argon2-cffi and PyNaCl. A difference is a mistake in the document or in the
program."""

import hashlib
import hmac
import json
import pathlib
import shutil
import sqlite3
import struct
import tempfile
import unicodedata

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from nacl.bindings import (
    crypto_aead_xchacha20poly1305_ietf_decrypt as xchacha_open,
    crypto_aead_xchacha20poly1305_ietf_encrypt as xchacha_seal,
)
from nacl.exceptions import CryptoError

FORMAT = b"\x02"
NO_LINK = bytes(32)


def data(part):
    return part.encode() if isinstance(part, str) else part


def parts(*list):
    return FORMAT + b"".join(struct.pack("<Q", len(data(one))) + data(one) for one in list)


def hash_of(*list):
    return hashlib.sha256(parts(*list)).digest()


def u32(number):
    return struct.pack("<I", number)


def i64(number):
    return struct.pack("<q", number)


# Derivation. RFC 5869.


def hkdf_extract(salt, key):
    return hmac.digest(salt or bytes(32), key, "sha256")


def hkdf_expand(secret, info, length):
    out, block, count = b"", b"", 0
    while len(out) < length:
        count += 1
        block = hmac.digest(secret, block + info + bytes([count]), "sha256")
        out += block
    return out[:length]


def derive(key, *info, salt=None):
    return hkdf_expand(hkdf_extract(salt, key), parts(*info), 32)


def by_password(password, salt, memory_kib, passes, lanes):
    """The wrapping key W, or P with the salt of the page."""
    normal = unicodedata.normalize("NFC", password).encode()
    return hash_secret_raw(normal, salt, passes, memory_kib, lanes, 32, Type.ID)


def by_recovery(key):
    """The wrapping key R of a recovery key as it is written down, dashes included."""
    return derive(key.encode(), "devconsole/2 recovery")


# Sealed values.


def seal(key, nonce, plain, *place):
    return FORMAT + nonce + xchacha_seal(plain, parts(*place), nonce, key)


def open_sealed(key, sealed, *place):
    """None if it does not open."""
    if len(sealed) < 41 or sealed[:1] != FORMAT:
        return None
    try:
        return xchacha_open(sealed[25:], parts(*place), sealed[1:25], key)
    except CryptoError:
        return None


# HPKE, base mode, one message. RFC 9180: KEM 0x0020, KDF 0x0001, AEAD 0x0003.

KEM = b"KEM" + struct.pack(">H", 0x0020)
HPKE = b"HPKE" + struct.pack(">HHH", 0x0020, 0x0001, 0x0003)


def labeled_extract(suite, salt, label, key):
    return hkdf_extract(salt, b"HPKE-v1" + suite + label + key)


def labeled_expand(suite, secret, label, info, length):
    return hkdf_expand(secret, struct.pack(">H", length) + b"HPKE-v1" + suite + label + info, length)


def public_of(private):
    return private.public_key().public_bytes_raw()


def hpke_key(seed):
    """DeriveKeyPair, RFC 9180 §7.1.3."""
    secret = labeled_extract(KEM, b"", b"dkp_prk", seed)
    return X25519PrivateKey.from_private_bytes(labeled_expand(KEM, secret, b"sk", b"", 32))


def hpke_aead(shared, encapsulated, receiver, info):
    secret = labeled_extract(KEM, b"", b"eae_prk", shared)
    shared = labeled_expand(KEM, secret, b"shared_secret", encapsulated + receiver, 32)
    context = b"\x00" + labeled_extract(HPKE, b"", b"psk_id_hash", b"")
    context += labeled_extract(HPKE, b"", b"info_hash", info)
    secret = labeled_extract(HPKE, shared, b"secret", b"")
    key = labeled_expand(HPKE, secret, b"key", context, 32)
    return ChaCha20Poly1305(key), labeled_expand(HPKE, secret, b"base_nonce", context, 12)


def hpke_seal(receiver, ephemeral, plain, *info):
    encapsulated = public_of(ephemeral)
    shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(receiver))
    aead, nonce = hpke_aead(shared, encapsulated, receiver, parts(*info))
    return FORMAT + encapsulated + aead.encrypt(nonce, plain, b"")


def hpke_open(private, blob, *info):
    if len(blob) != 81 or blob[:1] != FORMAT:
        return None
    try:
        shared = private.exchange(X25519PublicKey.from_public_bytes(blob[1:33]))
        aead, nonce = hpke_aead(shared, blob[1:33], public_of(private), parts(*info))
        return aead.decrypt(nonce, blob[33:], b"")
    except (InvalidTag, ValueError):
        return None


# Developers.


class Keys:
    """The keys of a seed."""

    def __init__(self, seed, origin):
        self.seed, self.origin = seed, origin
        self.sign = Ed25519PrivateKey.from_private_bytes(derive(seed, "devconsole/2 sign"))
        self.unwrap = hpke_key(derive(seed, "devconsole/2 unwrap"))
        self.seen = derive(seed, "devconsole/2 seen")

    def public(self):
        return {"sign": public_of(self.sign).hex(), "wrap": public_of(self.unwrap).hex()}

    def sign_row(self, link):
        return self.sign.sign(parts("devconsole/2 row", link))

    def sign_end(self, seq, link):
        return self.sign.sign(parts("devconsole/2 end", i64(seq), link))


def wrap_info(origin, developer, epoch):
    return "devconsole/2 wrap", origin, developer, u32(epoch)


def joining_info(origin, developer, sign, wrap):
    return "devconsole/2 joining", origin, developer, sign, wrap


def check_of(key):
    return hash_of("devconsole/2 secrets key", key)


def fingerprint(key, epoch, secret):
    return f"{epoch}·{derive(key, 'devconsole/2 fingerprint', secret).hex()[:12]}"


def verifies(key, message, signature):
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature or b"", message)
        return True
    except InvalidSignature:
        return False


def link_of(before, row):
    text = lambda name: row[name] or ""
    names = "who", "app_id", "subject", "what", "changes", "statement"
    return hash_of("devconsole/2 link", before, i64(row["seq"]), i64(row["at"]), *map(text, names))


# The sealed columns: the place of each value, and the parts of its associated data.

CLIENT = "(SELECT client_id FROM apps WHERE apps.id = app_id)"
SEALED = (
    ("client_secrets", "sealed", f"id, app_id, {CLIENT}, state"),
    ("shared_secrets", "sealed", f"app_id, {CLIENT}"),
    ("environment_credentials", "sealed", "app_id, environment, server_url, client_id"),
    ("jwt_credentials", "sealed", "id, owner, kid"),
    ("signing_keys", "sealed", "kid"),
    ("drafts", "body", "id, owner"),
)
IDENTITIES = ("key_by_password", "key_by_recovery")


class Sealed:
    def __init__(self, place, value):
        self.place, self.value = place, value

    def opened(self, key):
        return open_sealed(key, self.value, *self.place)


class File:
    """A copy of a workspace, with its log, at the time of the call."""

    def __init__(self, path):
        path = pathlib.Path(path)
        with tempfile.TemporaryDirectory(prefix="devconsole-copy-") as folder:
            # The index of the log is rebuilt from the log.
            parts_of_it = [path, path.with_name(path.name + "-wal")]
            self.raw = b"".join(file.read_bytes() for file in parts_of_it if file.exists())
            for file in parts_of_it:
                if file.exists():
                    shutil.copy(file, folder)
            stored = sqlite3.connect(pathlib.Path(folder) / path.name)
            self.db = sqlite3.connect(":memory:")
            stored.backup(self.db)
            stored.close()
        self.db.row_factory = sqlite3.Row
        self.people = {row["email"]: row for row in self.db.execute("SELECT * FROM developers")}

    def rows(self, sql, *values):
        return self.db.execute(sql, values).fetchall()

    def sealed(self):
        """All values sealed under the secrets key. A retired signing key has no private half."""
        for table, column, place in SEALED:
            for row in self.rows(f"SELECT {column}, {place} FROM {table} WHERE {column} IS NOT NULL AND length({column}) > 0"):
                yield Sealed((table, column, *row[1:]), row[0])

    def blobs(self):
        """Every binary value of the file, with its table, column and row."""
        for (table,) in self.rows("SELECT name FROM sqlite_schema WHERE type = 'table'"):
            for row in self.rows(f"SELECT * FROM {table}"):
                for column in row.keys():
                    if isinstance(row[column], bytes):
                        yield table, column, row

    # What a password or a recovery key opens.

    def identity(self, email, under, column):
        person = self.people[email]
        place = "developers", column, person["id"]
        opened = open_sealed(under, person[column], *place)
        return opened and Keys(opened[:32], opened[32:])

    def under_password(self, email, password, salt="kdf_salt"):
        person = self.people[email]
        cost = (person[name] for name in ("kdf_memory_kib", "kdf_passes", "kdf_lanes"))
        return by_password(password, person[salt], *cost)

    def sign_in(self, email, password):
        """The keys of a developer, or None."""
        person = self.people.get(email)
        if person is None or not person["kdf_salt"]:
            return None
        under = self.under_password(email, password)
        return self.identity(email, under, "key_by_password")

    def is_page_password(self, email, password):
        derived = self.under_password(email, password, "page_salt")
        return hashlib.sha256(derived).digest() == self.people[email]["page_check"]

    def secrets_keys(self, keys, *epochs):
        """Every secrets key that the keys unwrap, in any column and whatever its stated purpose."""
        for person in self.rows("SELECT id, secrets_key FROM developers WHERE secrets_key IS NOT NULL"):
            for other in self.rows("SELECT id FROM developers"):
                for epoch in epochs or range(32):
                    info = wrap_info(keys.origin, other["id"], epoch)
                    opened = hpke_open(keys.unwrap, person["secrets_key"], *info)
                    if opened:
                        yield opened

    # The signed history.

    def history(self):
        return self.rows("SELECT * FROM history ORDER BY seq")

    def roster(self):
        """The developers and the secrets key as signed. Raises ValueError at a row that does not
        hold; the program itself checks what a role allows."""
        roster, link, origin, last = {}, NO_LINK, None, None
        secrets_key = None
        for nth, row in enumerate(self.history()):
            must_be(row["seq"] == nth + 1, f"row {nth + 1} is missing")
            must_be(link_of(link, row) == row["link"], f"the link of row {row['seq']}")
            link, last = row["link"], row
            statement = row["statement"] and json.loads(row["statement"])
            if origin is None and not statement:
                continue
            before = roster
            if statement:
                after = {**roster, **{one["id"]: one for one in statement["members"]}}
                # The first statement has its own signer.
                before, roster = roster or after, after
                secrets_key = statement.get("secrets_key", secrets_key)
            origin = origin or link
            signer = bytes.fromhex(before[row["who"]]["sign"])
            is_signed = verifies(signer, parts("devconsole/2 row", link), row["signature"])
            must_be(is_signed, f"the signature of row {row['seq']}")
        end = self.rows("SELECT * FROM history_end")[0]
        must_be((end["seq"], end["link"]) == (last["seq"], link), "the end")
        signer = bytes.fromhex(roster[last["who"]]["sign"])
        message = parts("devconsole/2 end", i64(end["seq"]), link)
        must_be(verifies(signer, message, end["signature"]), "the signature of the end")
        return Roster(roster, secrets_key, origin, link, last["seq"])


    def roster_or_none(self):
        """None while no developer has their own keys."""
        signed = self.rows("SELECT 1 FROM history WHERE statement IS NOT NULL")
        return self.roster() if signed else None


class Roster:
    def __init__(self, members, secrets_key, origin, link, seq):
        self.members, self.secrets_key, self.origin = members, secrets_key, origin
        self.link, self.seq = link, seq

    def digest(self):
        """As `seen` has it: each developer in the order of their IDs, then the secrets key."""
        compact = lambda value: json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
        lines = [compact(self.members[one]) + b"\n" for one in sorted(self.members)]
        return hashlib.sha256(b"".join(lines) + compact(self.secrets_key)).digest()


def must_be(is_so, what):
    if not is_so:
        raise ValueError(f"does not hold: {what}")


# Format 8, where all developers shared one key.


def former_place(table, row, column):
    place = b"\x01" + b"".join(struct.pack("<Q", len(one)) + one.encode() for one in (table, row, column))
    return place + u32(1)


def former_open(key, sealed, table, row, column):
    if len(sealed) < 41 or sealed[:1] != b"\x01":
        return None
    try:
        return xchacha_open(sealed[25:], former_place(table, row, column), sealed[1:25], key)
    except CryptoError:
        return None


def shared_key(file, email, password):
    """The key of format 8."""
    person = file.people[email]
    under = file.under_password(email, password)
    return former_open(under, person["key_by_password"], "developers", person["id"], "key_by_password")
