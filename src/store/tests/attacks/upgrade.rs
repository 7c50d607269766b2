//! A workspace of format 8 is upgraded developer by developer, in any order, without losing a secret.

use std::{collections::BTreeMap, fs, path::Path};

use rusqlite::params;
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::opened;
use crate::{
    domain::{
        history::What,
        id::{AppId, DeveloperId, JwtId},
        people::{developer::Role, recovery_key::RecoveryKey},
        secret::Secret,
        time::UnixMs,
    },
    store::{
        FILE_NAME, SignInError, StoreError, Workspace,
        history::{Record, Signer, record, record_statement},
        people::sealed::SEALED,
        roster::{Statement, check_all},
        tests::{NOW, open},
    },
    vault::{self, FormerKey, Identity, Joiner, SecretsKey, WrappingKey},
};

const FILE: &[u8] = include_bytes!("../../../../tests/data/workspace-0.1.db");
const KNOWN: &str = include_str!("../../../../tests/data/workspace-0.1.json");

#[derive(Deserialize)]
struct Known {
    people: BTreeMap<String, Person>,
    apps: BTreeMap<String, KnownApp>,
    jwt_credential: KnownJwt,
}

#[derive(Deserialize)]
struct Person {
    password: String,
    recovery_key: Option<String>,
}

#[derive(Deserialize)]
struct KnownApp {
    id: String,
    secret: Option<String>,
}

#[derive(Deserialize)]
struct KnownJwt {
    id: String,
    token: String,
}

fn known() -> Known {
    serde_json::from_str(KNOWN).unwrap()
}

impl Known {
    fn password(&self, email: &str) -> Secret {
        Secret::new(&*self.people[email].password)
    }
}

fn folder() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join(FILE_NAME), FILE).unwrap();
    dir
}

fn later(step: usize) -> UnixMs {
    // Past every delay of a sign-in.
    UnixMs(NOW.0 + 3_600_000 * (step as i64 + 1))
}

fn sign_in(dir: &Path, email: &str, at: usize) -> Result<Workspace, SignInError> {
    let mut console = open(dir);
    console.sign_in(email, &known().password(email), later(at))?;
    let _ = console.let_in(later(at));
    Ok(console)
}

fn all_is_there(console: &mut Workspace) {
    let known = known();
    for app in known.apps.values() {
        let id = AppId::from_stored(&*app.id);
        let secret = console.client_secret(&id).unwrap();
        let secret = secret.as_ref().map(|secret| secret.expose().to_owned());
        assert_eq!(secret, app.secret);
    }
    let token = console
        .jwt_token(&JwtId::from_stored(&*known.jwt_credential.id))
        .unwrap();
    assert_eq!(token.expose(), known.jwt_credential.token);
    assert_eq!(console.check_history().unwrap(), None);
}

const ADMINS: [&str; 2] = ["ada@example.com", "grace@example.com"];
const OTHERS: [&str; 3] = ["dev@example.com", "rem@example.com", "aud@example.com"];

#[test]
fn no_secret_is_lost_whatever_the_order_of_the_first_sign_ins() {
    let orders: [[&str; 5]; 4] = [
        [ADMINS[0], ADMINS[1], OTHERS[0], OTHERS[1], OTHERS[2]],
        [ADMINS[1], OTHERS[2], OTHERS[0], ADMINS[0], OTHERS[1]],
        [OTHERS[0], OTHERS[2], ADMINS[0], OTHERS[1], ADMINS[1]],
        [OTHERS[1], ADMINS[1], ADMINS[0], OTHERS[2], OTHERS[0]],
    ];
    for order in orders {
        let dir = folder();
        let mut introduced = None;
        for (at, email) in order.iter().enumerate() {
            let is_admin = ADMINS.contains(email);
            let entered = sign_in(dir.path(), email, at);
            match (&introduced, is_admin) {
                (None, true) => {
                    all_is_there(&mut entered.unwrap());
                    introduced = Some(*email);
                }
                (None, false) => {
                    assert!(matches!(
                        entered,
                        Err(SignInError::Store(StoreError::NotAllowed(_)))
                    ));
                }
                // Files their keys, and waits for an administrator.
                (Some(admin), _) => {
                    let error = entered.unwrap_err();
                    assert!(
                        matches!(error, SignInError::Store(StoreError::Conflict(_))),
                        "{error:?}"
                    );
                    sign_in(dir.path(), admin, at).unwrap();
                }
            }
        }
        // Those who came too early sign in once more.
        let admin = introduced.unwrap();
        for email in OTHERS {
            let _ = sign_in(dir.path(), email, 20);
        }
        sign_in(dir.path(), admin, 21).unwrap();
        for email in ADMINS {
            all_is_there(&mut sign_in(dir.path(), email, 30).unwrap());
        }
        for email in OTHERS {
            let console = sign_in(dir.path(), email, 31).unwrap();
            let role = console.current_session().unwrap().developer.role;
            let holds = console.unlocked().unwrap().secrets().is_ok();
            assert_eq!(holds, role != Role::AuditUser, "{email}");
        }
    }
}

#[test]
fn a_single_developer_upgrades_with_the_recovery_key_too() {
    let dir = folder();
    let mut console = open(dir.path());
    let recovery = known().people[ADMINS[0]].recovery_key.clone().unwrap();
    let recovery = RecoveryKey::parse(&recovery).unwrap();
    let new = Secret::new("seventeen purple gondolas");
    let (_, next) = console
        .recover(ADMINS[0], &recovery, new, later(0))
        .unwrap();
    all_is_there(&mut console);
    console.lock();
    let again = console.recover(
        ADMINS[0],
        &recovery,
        Secret::new("eighteen gray gondolas"),
        later(1),
    );
    assert!(again.is_err());
    let newer = Secret::new("nineteen green gondolas");
    console.recover(ADMINS[0], &next, newer, later(2)).unwrap();
    all_is_there(&mut console);
}

/// The former shared key, which every developer knew, opens nothing in the upgraded file.
#[test]
fn nothing_is_left_that_the_shared_key_of_before_opens() {
    let dir = folder();
    let console = sign_in(dir.path(), ADMINS[0], 0).unwrap();
    for sealed in SEALED {
        let sql = format!("SELECT {} FROM {}", sealed.column, sealed.table);
        let mut query = console.db.prepare(&sql).unwrap();
        let mut rows = query.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let value: Option<Vec<u8>> = row.get(0).unwrap();
            let is_former = value.is_some_and(|value| FormerKey::is_of(&value));
            assert!(!is_former, "{}", sealed.table);
        }
    }
    // Nor does the key that signed JWT credentials sign another one.
    let former = "SELECT count(*) FROM signing_keys WHERE retired_at IS NULL AND kid IN
         (SELECT kid FROM jwt_credentials)";
    let former: i64 = console.db.query_row(former, [], |row| row.get(0)).unwrap();
    assert_eq!(former, 0);
    let private = "SELECT max(length(sealed)) FROM signing_keys WHERE retired_at IS NOT NULL";
    let private: Option<i64> = console.db.query_row(private, [], |row| row.get(0)).unwrap();
    assert_eq!(private, Some(0));
    let key = console.unlocked().unwrap().secrets().unwrap();
    let (count, closed) = opened(&console.db, key);
    assert!(count >= 5 && closed.is_empty(), "{count} {closed:?}");
    // The file from before the upgrade stays beside it.
    let copies = fs::read_dir(dir.path())
        .unwrap()
        .filter(|entry| {
            let name = entry.as_ref().unwrap().file_name();
            name.to_string_lossy().contains(".v8.backup")
        })
        .count();
    assert_eq!(copies, 1);
}

/// Every developer knew the shared key; only Dev knows her password.
#[test]
fn joining_as_a_developer_requires_their_password() {
    let dir = folder();
    let mut admin = sign_in(dir.path(), ADMINS[0], 0).unwrap();
    sign_in(dir.path(), OTHERS[0], 1).unwrap_err();
    let mut rng = vault::os_random().unwrap();
    let (developer, seat) = {
        let roster = &admin.unlocked().unwrap().verified.roster;
        let dev = roster.seats().find(|seat| seat.email == OTHERS[0]).unwrap();
        (
            dev.id.clone(),
            roster.seat(&admin.unlocked().unwrap().who).unwrap().clone(),
        )
    };
    let origin = admin.unlocked().unwrap().identity.origin;
    let forged = Identity::mint(origin, &mut rng).keys().public();
    let joiner = Joiner {
        developer: developer.as_str(),
        keys: forged,
        origin,
    };
    let guessed = WrappingKey::from_recovery_key(&RecoveryKey::mint(&mut rng));
    let own_proof = joiner
        .prove(&guessed, &seat.keys().unwrap(), &mut rng)
        .unwrap();
    for proof in [Some(own_proof), None] {
        sign_in(dir.path(), OTHERS[0], 2).unwrap_err();
        admin
            .db
            .execute(
                "UPDATE joining SET sign = ?1, wrap = ?2",
                params![forged.sign, forged.wrap],
            )
            .unwrap();
        // Dev's real proof is for the keys that she filed.
        admin
            .db
            .execute(
                "UPDATE joining_proofs SET proof = coalesce(?1, proof)",
                [proof],
            )
            .unwrap();
        admin.let_in(later(3)).unwrap();
        let roster = &admin.unlocked().unwrap().verified.roster;
        assert_eq!(roster.seat(&developer).unwrap().keys(), None);
    }
    sign_in(dir.path(), OTHERS[0], 4).unwrap_err();
    admin.let_in(later(4)).unwrap();
    sign_in(dir.path(), OTHERS[0], 5).unwrap();
}

/// A proof of the password opens the file from before the upgrade: it must not go to keys of a
/// thief, who has that file and no password.
#[test]
fn no_proof_is_made_for_a_history_that_a_thief_began() {
    let dir = folder();
    // Brings the file to this format, and changes no key.
    open(dir.path()).close().unwrap();
    let db = rusqlite::Connection::open(dir.path().join(FILE_NAME)).unwrap();
    db.execute_batch("DELETE FROM history; DELETE FROM history_end")
        .unwrap();
    db.execute("INSERT INTO history_end VALUES (1, 0, x'', NULL)", [])
        .unwrap();
    let mut rng = vault::os_random().unwrap();
    let thief = Identity::mint([0; 32], &mut rng).keys();
    let person = |email: &str| {
        let sql = "SELECT id, full_name, role, key_by_password FROM developers WHERE email = ?1";
        db.query_row(sql, [email], |row| {
            let (id, name, role): (String, String, String) =
                (row.get(0)?, row.get(1)?, row.get(2)?);
            Ok((id, name, role, row.get::<_, Vec<u8>>(3)?))
        })
        .unwrap()
    };
    let hex = |bytes: &[u8]| -> String { bytes.iter().map(|byte| format!("{byte:02x}")).collect() };
    let (ada, name, role, _) = person(ADMINS[0]);
    let key = SecretsKey::mint(1, &mut rng);
    let statement = |introduced: Option<String>| {
        let (dev, dev_name, dev_role, wrapped) = person(OTHERS[0]);
        let mut statement = json!({
            "members": [
                { "id": ada, "name": name, "email": ADMINS[0], "role": role, "state": "active",
                  "own": true, "sign": hex(&thief.public().sign), "wrap": hex(&thief.public().wrap) },
                { "id": dev, "name": dev_name, "email": OTHERS[0], "role": dev_role,
                  "state": "active", "own": false, "former": hex(&Sha256::digest(&wrapped)) },
            ],
            "secrets_key": { "epoch": 1, "check": hex(&key.check()) },
        });
        if let Some(introduced) = introduced {
            statement["introduced"] = introduced.into();
        }
        serde_json::from_value::<Statement>(statement).unwrap()
    };
    for introduced in [None, Some("00".repeat(32))] {
        db.execute_batch("DELETE FROM history; UPDATE history_end SET seq = 0, link = x''")
            .unwrap();
        let who = DeveloperId::from_stored(&*ada);
        let signer = Signer {
            who: &who,
            row: &thief,
            end: &thief,
            now: NOW,
        };
        let written = Record {
            app: None,
            subject: "Acme Corp",
            what: What::KeysIntroduced,
            changes: Vec::new(),
        };
        record_statement(&db, signer, &written, &statement(introduced)).unwrap();
        assert_eq!(check_all(&db).unwrap().1, None);
        let refused = sign_in(dir.path(), OTHERS[0], 1).unwrap_err();
        assert!(
            matches!(refused, SignInError::Store(StoreError::Tampered(_))),
            "{refused:?}"
        );
        let sql = "SELECT count(*) FROM joining_proofs";
        let proofs: i64 = db.query_row(sql, [], |row| row.get(0)).unwrap();
        assert_eq!(proofs, 0);
    }
}

#[test]
fn a_row_that_its_signer_may_not_write_prevents_no_joining() {
    let dir = folder();
    let join = |email: &str, at: usize| {
        sign_in(dir.path(), email, at).unwrap_err();
        sign_in(dir.path(), ADMINS[0], at + 1).unwrap();
        sign_in(dir.path(), email, at + 2).unwrap()
    };
    sign_in(dir.path(), ADMINS[0], 0).unwrap();
    let developer = join(OTHERS[0], 1);
    let actor = developer.unlocked().unwrap().actor(later(4));
    let refused = Record {
        app: None,
        subject: "Mine",
        what: What::OrganizationRenamed,
        changes: Vec::new(),
    };
    record(&developer.db, actor, &refused).unwrap();
    drop(developer);
    assert!(join(OTHERS[1], 5).check_history().unwrap().is_some());
}

#[test]
fn keys_that_cannot_be_read_keep_no_other_developer_out() {
    let dir = folder();
    let mut admin = sign_in(dir.path(), ADMINS[0], 0).unwrap();
    for email in OTHERS {
        sign_in(dir.path(), email, 1).unwrap_err();
    }
    let first = "developer = (SELECT min(developer) FROM joining)";
    for broken in ["sign = x'00'", "kdf_salt = x'00'"] {
        let sql = format!("UPDATE joining SET {broken} WHERE {first}");
        admin.db.execute(&sql, []).unwrap();
        admin.let_in(later(2)).unwrap();
        let left: i64 = admin
            .db
            .query_row("SELECT count(*) FROM joining", [], |row| row.get(0))
            .unwrap();
        assert_eq!(left, 0, "{broken}");
        // Developers who were not let in file their keys again.
        for email in OTHERS {
            let _ = sign_in(dir.path(), email, 3);
        }
    }
    admin.let_in(later(4)).unwrap();
    for email in OTHERS {
        sign_in(dir.path(), email, 5).unwrap();
    }
}

#[test]
fn who_never_signed_in_after_the_upgrade_could_read_what_is_older_than_it() {
    let dir = folder();
    let mut admin = sign_in(dir.path(), ADMINS[0], 0).unwrap();
    let all = admin.current_session().unwrap().developers;
    let of = |email: &str| all.iter().find(|one| one.email.as_str() == email).unwrap();
    let confidential = known()
        .apps
        .values()
        .filter(|app| app.secret.is_some())
        .count();
    // In format 8, an Audit-user held the shared key as well.
    for email in [OTHERS[0], OTHERS[2]] {
        let id = &of(email).id;
        admin.remove_developer(id, later(1)).unwrap();
        let window = admin.readable_by(id, 0, 100).unwrap();
        assert_eq!(window.lost.unwrap().what, What::KeysIntroduced, "{email}");
        assert_eq!(window.all.client_secrets, confidential as u64, "{email}");
    }
    // Developers who joined hold the current key, and lost nothing.
    assert!(sign_in(dir.path(), ADMINS[1], 2).is_err());
    sign_in(dir.path(), ADMINS[0], 3).unwrap();
    let window = admin.readable_by(&of(ADMINS[1]).id, 0, 100).unwrap();
    assert_eq!(window.lost, None);
}
