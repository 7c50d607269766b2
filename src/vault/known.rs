//! Compares each format with values that other libraries computed (`tests/outside/known_answers.py`).

use serde::Deserialize;
use serde_json::Value;

use super::{
    FormerKey, FormerPlace, Identity, Joiner, KdfCost, Place, PublicKeys, Salt, SecretsKey,
    WrappingKey, link, open_text,
    parts::{derive, parts},
};
use crate::domain::{people::recovery_key::RecoveryKey, secret::Secret};

const KNOWN: &str = include_str!("../../tests/data/keys.json");

fn known() -> Value {
    serde_json::from_str(KNOWN).unwrap()
}

fn bytes(value: &Value) -> Vec<u8> {
    let digits = value.as_str().unwrap();
    let pairs = (0..digits.len()).step_by(2);
    pairs
        .map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap())
        .collect()
}

fn array<const N: usize>(value: &Value) -> [u8; N] {
    bytes(value).try_into().unwrap()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn texts(value: &Value) -> Vec<String> {
    Vec::deserialize(value).unwrap()
}

fn slices(list: &[String]) -> Vec<&[u8]> {
    list.iter().map(|part| part.as_bytes()).collect()
}

fn by_password(known: &Value) -> WrappingKey {
    let known = &known["password"];
    let number = |name: &str| u32::try_from(known[name].as_u64().unwrap()).unwrap();
    let cost = KdfCost {
        memory_kib: number("memory_kib"),
        passes: number("passes"),
        lanes: number("lanes"),
    };
    let password = Secret::new(text(&known["password"]));
    let page = cost.derive(&password, &Salt(array(&known["page_salt"])));
    assert_eq!(page.unwrap().check(), array(&known["page_check"]));
    let key = cost
        .derive(&password, &Salt(array(&known["salt"])))
        .unwrap();
    assert_eq!(*key.bytes(), array(&known["key"]));
    key
}

fn identity(known: &Value) -> Identity {
    let one = &known["identity"];
    let place = Place {
        table: "developers",
        column: "key_by_password",
        of: &[text(&one["developer"])],
    };
    let sealed = bytes(&one["key_by_password"]);
    let identity = Identity::open(&sealed, &by_password(known), &place).unwrap();
    assert_eq!(identity.origin, array(&one["origin"]));
    identity
}

fn public(one: &Value) -> PublicKeys {
    PublicKeys {
        sign: array(&one["sign"]),
        wrap: array(&one["wrap"]),
    }
}

#[test]
fn parts_and_derived_keys() {
    let known = known();
    for one in known["parts"].as_array().unwrap() {
        let list = texts(&one["list"]);
        assert_eq!(parts(&slices(&list)), bytes(&one["bytes"]));
    }
    let one = &known["derive"];
    let (key, salt, info) = (bytes(&one["key"]), bytes(&one["salt"]), texts(&one["info"]));
    let info = slices(&info);
    let derived = derive(&key, Some(&salt), &info);
    assert_eq!(*derived, array(&one["derived"]));
    assert_eq!(*derive(&key, None, &info), array(&one["without_salt"]));
    let recovery = RecoveryKey::parse(text(&known["recovery"]["key"])).unwrap();
    let derived = WrappingKey::from_recovery_key(&recovery);
    assert_eq!(*derived.bytes(), array(&known["recovery"]["derived"]));
}

#[test]
fn a_developers_keys_and_signatures() {
    let known = known();
    let one = &known["identity"];
    let keys = identity(&known).keys();
    assert_eq!(keys.public(), public(one));

    let row = &one["row"];
    let number = |name: &str| row[name].as_i64().unwrap().to_le_bytes();
    let linked = link(
        &array(&row["before"]),
        &[
            &number("seq"),
            &number("at"),
            text(&row["who"]).as_bytes(),
            row["app_id"].as_str().unwrap_or_default().as_bytes(),
            text(&row["subject"]).as_bytes(),
            text(&row["what"]).as_bytes(),
            text(&row["changes"]).as_bytes(),
            text(&row["statement"]).as_bytes(),
        ],
    );
    assert_eq!(linked, array::<32>(&row["link"]));
    assert_eq!(keys.sign_row(&linked), array(&row["signature"]));
    let end = &one["end"];
    let signed = keys.sign_end(end["seq"].as_i64().unwrap(), &array::<32>(&end["link"]));
    assert_eq!(signed, array(&end["signature"]));

    let place = Place {
        table: "developers",
        column: "seen",
        of: &[text(&one["developer"])],
    };
    let seen = keys.open_seen(&bytes(&one["seen"]["sealed"]), &place);
    assert_eq!(*seen.unwrap(), bytes(&one["seen"]["plain"]));
}

fn secrets_key(known: &Value) -> SecretsKey {
    let (one, identity) = (&known["secrets_key"], identity(known));
    let epoch = u32::try_from(one["epoch"].as_u64().unwrap()).unwrap();
    let developer = text(&known["identity"]["developer"]);
    let wrapped = bytes(&one["wrapped"]);
    SecretsKey::unwrap(
        &wrapped,
        &identity.keys(),
        &identity.origin,
        developer,
        epoch,
    )
    .unwrap()
}

#[test]
fn the_secrets_key_and_what_it_seals() {
    let known = known();
    let one = &known["secrets_key"];
    let key = secrets_key(&known);
    assert_eq!(key.check(), array(&one["check"]));
    let secret = Secret::new(text(&one["fingerprint"]["secret"]));
    assert_eq!(key.fingerprint(&secret), text(&one["fingerprint"]["text"]));
    let value = &one["value"];
    let of = texts(&value["place"]["of"]);
    let of: Vec<&str> = of.iter().map(String::as_str).collect();
    let place = Place {
        table: text(&value["place"]["table"]),
        column: text(&value["place"]["column"]),
        of: &of,
    };
    let opened = open_text(&key, &bytes(&value["sealed"]), &place).unwrap();
    assert_eq!(opened.expose(), text(&value["plain"]));
}

#[test]
fn a_joining_proof_and_the_introduction_after_format_8() {
    let known = known();
    let (under, admin) = (by_password(&known), identity(&known));
    let one = &known["joining"];
    let joiner = Joiner {
        developer: text(&one["developer"]),
        keys: public(one),
        origin: admin.origin,
    };
    let proved = joiner.open(&bytes(&one["proof"]), &admin.keys()).unwrap();
    assert!(proved.same_as(&under));

    let former = &known["former"];
    let place = FormerPlace {
        table: "developers",
        row: text(&known["identity"]["developer"]),
        column: "key_by_password",
    };
    let shared = FormerKey::unwrap_from(&bytes(&former["key_by_password"]), &under, &place);
    let check = secrets_key(&known).check();
    let introduced = shared.unwrap().introduces(&admin.keys().public(), &check);
    assert_eq!(introduced, array(&former["introduced"]));
}
