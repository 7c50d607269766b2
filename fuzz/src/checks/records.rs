//! Records that open with a key: nothing else opens in their place, and no changed record does. A
//! readable statement is written back unchanged. The genuine ones are in `tests/data/keys.json`,
//! computed by another program.

use std::sync::LazyLock;

use devconsole::{
    domain::secret::Secret,
    store,
    vault::{
        FormerKey, FormerPlace, Identity, Joiner, KdfCost, MemberKeys, Place, PublicKeys, Salt,
        SecretsKey, WrappingKey, open,
    },
};
use serde_json::Value;

/// The owners of the keys, and every record with its developer.
struct Known {
    under: WrappingKey,
    keys: MemberKeys,
    origin: [u8; 32],
    key: SecretsKey,
    developer: String,
    joiner: (String, PublicKeys),
    records: [Vec<u8>; 6],
}

static KNOWN: LazyLock<Known> = LazyLock::new(|| {
    let text = include_str!("../../../tests/data/keys.json");
    Known::read(&serde_json::from_str(text).expect("JSON"))
});

fn text(value: &Value) -> &str {
    value.as_str().expect("text")
}

fn bytes(value: &Value) -> Vec<u8> {
    let digits = text(value).as_bytes().chunks(2);
    let pairs = digits.map(|pair| std::str::from_utf8(pair).expect("digits"));
    pairs
        .map(|pair| u8::from_str_radix(pair, 16).expect("a byte"))
        .collect()
}

fn array<const N: usize>(value: &Value) -> [u8; N] {
    bytes(value).try_into().expect("the length")
}

fn number(value: &Value) -> u32 {
    u32::try_from(value.as_u64().expect("a number")).expect("a small number")
}

impl Known {
    fn read(known: &Value) -> Self {
        let password = &known["password"];
        let cost = KdfCost {
            memory_kib: number(&password["memory_kib"]),
            passes: number(&password["passes"]),
            lanes: number(&password["lanes"]),
        };
        let salt = Salt(array(&password["salt"]));
        let secret = Secret::new(text(&password["password"]));
        let under = cost.derive(&secret, &salt).expect("a key");
        let one = &known["identity"];
        let developer = text(&one["developer"]).to_owned();
        let by_password = bytes(&one["key_by_password"]);
        let identity = Identity::open(&by_password, &under, &place_of(&[&developer], 0));
        let identity = identity.expect("the genuine one opens");
        let (keys, origin) = (identity.keys(), identity.origin);
        let of_key = &known["secrets_key"];
        let wrapped = bytes(&of_key["wrapped"]);
        let epoch = number(&of_key["epoch"]);
        let key = SecretsKey::unwrap(&wrapped, &keys, &origin, &developer, epoch);
        let joining = &known["joining"];
        let public = PublicKeys {
            sign: array(&joining["sign"]),
            wrap: array(&joining["wrap"]),
        };
        Self {
            under,
            keys,
            origin,
            key: key.expect("the genuine one opens"),
            developer,
            joiner: (text(&joining["developer"]).to_owned(), public),
            records: [
                by_password,
                bytes(&one["seen"]["sealed"]),
                wrapped,
                bytes(&of_key["value"]["sealed"]),
                bytes(&joining["proof"]),
                bytes(&known["former"]["key_by_password"]),
            ],
        }
    }

    fn opens(&self, kind: usize, record: &[u8]) -> bool {
        let of = [&*self.developer];
        match kind {
            0 => Identity::open(record, &self.under, &place_of(&of, 0)).is_ok(),
            1 => self.keys.open_seen(record, &place_of(&of, 1)).is_ok(),
            2 => {
                let epoch = self.key.epoch();
                SecretsKey::unwrap(record, &self.keys, &self.origin, &self.developer, epoch).is_ok()
            }
            3 => open(&self.key, record, &VALUE).is_ok(),
            4 => {
                let joiner = Joiner {
                    developer: &self.joiner.0,
                    keys: self.joiner.1,
                    origin: self.origin,
                };
                joiner.open(record, &self.keys).is_ok()
            }
            _ => {
                let place = FormerPlace {
                    table: "developers",
                    row: &self.developer,
                    column: "key_by_password",
                };
                FormerKey::unwrap_from(record, &self.under, &place).is_ok()
            }
        }
    }
}

const VALUE: Place<'_> = Place {
    table: "client_secrets",
    column: "sealed",
    of: &["id", "app", "client id", "current"],
};

fn place_of<'a>(of: &'a [&'a str], kind: usize) -> Place<'a> {
    Place {
        table: "developers",
        column: ["key_by_password", "seen"][kind],
        of,
    }
}

pub fn records(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Some(written) = store::restated(text)
    {
        assert_eq!(store::restated(&written).as_deref(), Some(&*written));
    }
    let Some((kind, rest)) = bytes.split_first() else {
        return;
    };
    let kind = usize::from(*kind) % KNOWN.records.len();
    let genuine = &KNOWN.records[kind];
    assert_eq!(KNOWN.opens(kind, rest), rest == genuine);
    // Pairs of a position and a change there; a single last byte truncates.
    let mut changed = genuine.clone();
    let mut pairs = rest.chunks_exact(2);
    for pair in &mut pairs {
        let at = usize::from(pair[0]) % changed.len();
        changed[at] ^= pair[1];
    }
    if let [cut] = pairs.remainder() {
        changed.truncate(usize::from(*cut));
    }
    assert_eq!(KNOWN.opens(kind, &changed), changed == *genuine);
}
