//! An upgrade from format 8 in a file that was changed without a password, or without the shared
//! key of format 8.

use std::fs;

use rusqlite::{Connection, params};

use crate::{
    domain::{
        history::What,
        id::DeveloperId,
        people::{
            developer::{MemberState, Role},
            recovery_key::RecoveryKey,
        },
        secret::Secret,
    },
    store::{
        FILE_NAME, StoreError, Workspace,
        history::{Record, Signer, record_statement},
        people::identity::Prepared,
        roster::{Hex, Seat, StatedKey, Statement},
        tests::{NOW, later, open},
    },
    vault::{
        self, FormerKey, FormerPlace, Identity, Joiner, KdfCost, Link, PublicKeys, SecretsKey,
    },
};

const FILE: &[u8] = include_bytes!("../../../../tests/data/workspace-0.1.db");
const KNOWN: &str = include_str!("../../../../tests/data/workspace-0.1.json");
const ADA: &str = "ada@example.com";
const DEV: &str = "dev@example.com";

fn former() -> (tempfile::TempDir, Workspace) {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join(FILE_NAME), FILE).unwrap();
    let console = open(dir.path());
    (dir, console)
}

fn their_password(email: &str) -> Secret {
    let known: serde_json::Value = serde_json::from_str(KNOWN).unwrap();
    Secret::new(known["people"][email]["password"].as_str().unwrap())
}

/// A valid history that the thief made.
fn plant_history(db: &Connection, founder: &DeveloperId) -> Identity {
    let mut rng = vault::os_random().unwrap();
    let identity = Identity::mint(Link::default(), &mut rng);
    let keys = identity.keys();
    db.execute_batch(
        "DELETE FROM history; UPDATE history_end SET seq = 0, link = x'', signature = NULL",
    )
    .unwrap();
    let seat = Seat {
        id: founder.clone(),
        name: "Thief".to_owned(),
        email: "thief@example.com".to_owned(),
        role: Role::DeveloperAdmin,
        state: MemberState::Active,
        own: true,
        sign: Some(Hex(keys.public().sign)),
        wrap: Some(Hex(keys.public().wrap)),
        former: None,
    };
    let statement = Statement {
        members: vec![seat],
        secrets_key: Some(StatedKey::of(&SecretsKey::mint(1, &mut rng))),
        ..Statement::default()
    };
    let signer = Signer {
        who: founder,
        row: &keys,
        end: &keys,
        now: NOW,
    };
    let row = Record {
        app: None,
        subject: "Thief",
        what: What::KeysIntroduced,
        changes: Vec::new(),
    };
    let origin = record_statement(db, signer, &row, &statement).unwrap();
    identity.at_origin(origin)
}

/// The thief knows no password and no key. Ada's console must not prove her password to a history
/// that the thief made up.
#[test]
fn a_password_is_proved_only_to_the_admin_who_introduced_the_keys() {
    let (dir, mut console) = former();
    let (ada, other): (String, String) = console
        .db
        .query_row(
            "SELECT (SELECT id FROM developers WHERE email_key = ?1),
                 (SELECT id FROM developers WHERE email_key <> ?1 LIMIT 1)",
            [ADA],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .unwrap();
    let thief = plant_history(&console.db, &DeveloperId::from_stored(other));
    let tried = console.sign_in(ADA, &their_password(ADA), NOW);
    assert!(tried.is_err());
    let db = Connection::open(dir.path().join(FILE_NAME)).unwrap();
    let filed = db.query_row(
        "SELECT sign, wrap, proof FROM joining JOIN joining_proofs USING (developer)
         WHERE developer = ?1",
        [&ada],
        |row| {
            let keys = PublicKeys {
                sign: row.get(0)?,
                wrap: row.get(1)?,
            };
            Ok((keys, row.get::<_, Vec<u8>>(2)?))
        },
    );
    let Ok((keys, proof)) = filed else {
        return;
    };
    let joiner = Joiner {
        developer: &ada,
        keys,
        origin: thief.origin,
    };
    let under = joiner.open(&proof, &thief.keys()).unwrap();
    let wrapped: Vec<u8> = db
        .query_row(
            "SELECT key_by_password FROM developers WHERE id = ?1",
            [&ada],
            |row| row.get(0),
        )
        .unwrap();
    let place = FormerPlace {
        table: "developers",
        row: &ada,
        column: "key_by_password",
    };
    let key = FormerKey::unwrap_from(&wrapped, &under, &place).unwrap();
    let (id, sealed): (String, Vec<u8>) = db
        .query_row("SELECT id, sealed FROM client_secrets LIMIT 1", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .unwrap();
    let place = FormerPlace {
        table: "client_secrets",
        row: &id,
        column: "sealed",
    };
    let secret = key.open_text(&sealed, &place).unwrap();
    panic!("the thief reads {} characters", secret.expose().len());
}

/// A row that was planted without the shared key before the upgrade is not let in.
#[test]
fn a_developer_without_the_shared_key_is_not_let_in() {
    let (dir, mut admin) = former();
    // Their own wrapped key, which holds anything.
    let mut rng = vault::os_random().unwrap();
    let password = Secret::new("a password of the thief");
    let salt = vault::Salt::mint(&mut rng);
    let under = KdfCost::TRIVIAL.derive(&password, &salt).unwrap();
    let blob = FormerKey::forged(&under, &former_place_of("thief"), &mut rng);
    admin
        .db
        .execute(
            "INSERT INTO developers (id, email, email_key, full_name, role, created_at,
                 kdf_memory_kib, kdf_passes, kdf_lanes, kdf_salt, key_by_password, key_by_recovery)
             VALUES ('thief', 't@example.com', 't@example.com', 'T', 'developer_admin', 0,
                 8, 1, 1, ?1, ?2, x'')",
            params![salt.0, blob],
        )
        .unwrap();
    admin.sign_in(ADA, &their_password(ADA), NOW).unwrap();
    let mut thief = open(dir.path());
    assert!(thief.sign_in("t@example.com", &password, NOW).is_err());
    // With their own program.
    file_by_hand(&admin, "thief", &password, &under);
    admin.let_in(later(9)).unwrap();
    let roster = &admin.unlocked().unwrap().verified.roster;
    let seat = roster.seat(&DeveloperId::from_stored("thief")).unwrap();
    assert_eq!(seat.keys(), None);
    // Others still are.
    let mut dev = open(dir.path());
    dev.sign_in(DEV, &their_password(DEV), later(20))
        .unwrap_err();
    admin.let_in(later(21)).unwrap();
    dev.sign_in(DEV, &their_password(DEV), later(22)).unwrap();
}

fn file_by_hand(admin: &Workspace, who: &str, password: &Secret, under: &vault::WrappingKey) {
    let mut rng = vault::os_random().unwrap();
    let (db, unlocked) = (&admin.db, admin.unlocked().unwrap());
    let identity = Identity::mint(unlocked.identity.origin, &mut rng);
    let prepared = Prepared::make(password, KdfCost::TRIVIAL, &mut rng).unwrap();
    let id = DeveloperId::from_stored(who);
    let by_password = prepared.seal(&identity, &id, &mut rng).unwrap();
    let joiner = Joiner {
        developer: who,
        keys: identity.keys().public(),
        origin: identity.origin,
    };
    let proof = joiner
        .prove(under, &unlocked.keys.public(), &mut rng)
        .unwrap();
    db.execute(
        "INSERT INTO joining (developer, sign, wrap, kdf_memory_kib, kdf_passes, kdf_lanes,
             kdf_salt, key_by_password, page_salt, page_check, seen)
         VALUES (?1, ?2, ?3, 8, 1, 1, ?4, ?5, ?6, ?7, x'')",
        params![
            who,
            joiner.keys.sign,
            joiner.keys.wrap,
            by_password.salt.0,
            by_password.sealed,
            by_password.page.salt.0,
            by_password.page.check,
        ],
    )
    .unwrap();
    db.execute(
        "INSERT INTO joining_proofs (developer, admin, proof) VALUES (?1, ?2, ?3)",
        params![who, unlocked.who.as_str(), proof],
    )
    .unwrap();
}

fn former_place_of(row: &str) -> FormerPlace<'_> {
    FormerPlace {
        table: "developers",
        row,
        column: "key_by_password",
    }
}

/// The only administrator who has keys cannot be demoted.
#[test]
fn an_administrator_who_has_not_signed_in_since_the_upgrade_is_not_another_one() {
    let (_dir, mut admin) = former();
    admin.sign_in(ADA, &their_password(ADA), NOW).unwrap();
    let me = admin.unlocked().unwrap().who.clone();
    let demoted = admin.set_role(&me, Role::Developer, later(9));
    assert!(
        matches!(demoted, Err(StoreError::Conflict(_))),
        "{demoted:?}"
    );
    assert_eq!(admin.check_history().unwrap(), None);
}

/// Removed before they signed in again, and filed by hand since.
#[test]
fn who_was_removed_since_the_upgrade_is_not_let_in() {
    let (dir, mut admin) = former();
    admin.sign_in(ADA, &their_password(ADA), NOW).unwrap();
    let mut dev = open(dir.path());
    dev.sign_in(DEV, &their_password(DEV), later(1))
        .unwrap_err();
    let db = &admin.db;
    db.execute_batch(
        "CREATE TEMP TABLE a AS SELECT * FROM joining;
         CREATE TEMP TABLE b AS SELECT * FROM joining_proofs;
         CREATE TEMP TABLE c AS SELECT id, key_by_password FROM developers",
    )
    .unwrap();
    let id: String = db
        .query_row("SELECT developer FROM joining", [], |row| row.get(0))
        .unwrap();
    let id = DeveloperId::from_stored(id);
    admin.remove_developer(&id, later(2)).unwrap();
    admin
        .db
        .execute_batch(
            "INSERT INTO joining SELECT * FROM temp.a;
             INSERT INTO joining_proofs SELECT * FROM temp.b;
             UPDATE developers SET key_by_password =
                 (SELECT key_by_password FROM temp.c WHERE c.id = developers.id)
             WHERE state = 'removed'",
        )
        .unwrap();
    let _ = admin.let_in(later(3));
    assert_eq!(admin.check_history().unwrap(), None);
    admin.rename_organization("Still works", later(4)).unwrap();
}

#[test]
fn the_password_of_an_upgrade_is_a_strong_one() {
    let (_dir, mut console) = former();
    let known: serde_json::Value = serde_json::from_str(KNOWN).unwrap();
    let recovery = known["people"][ADA]["recovery_key"].as_str().unwrap();
    let recovery = RecoveryKey::parse(recovery).unwrap();
    assert!(
        console
            .recover(ADA, &recovery, Secret::new("a"), NOW)
            .is_err()
    );
}

/// The statement of the real introduction, in a row that no check reaches, vouches for nothing.
#[test]
fn a_real_introduction_before_the_first_row_vouches_for_no_other_developer() {
    let (dir, mut admin) = former();
    admin.sign_in(ADA, &their_password(ADA), NOW).unwrap();
    let founder = admin.unlocked().unwrap().who.clone();
    admin.close().unwrap();
    let db = Connection::open(dir.path().join(FILE_NAME)).unwrap();
    let real = "SELECT statement FROM history WHERE statement IS NOT NULL LIMIT 1";
    let real: String = db.query_row(real, [], |row| row.get(0)).unwrap();
    plant_history(&db, &founder);
    for seq in [0, -5, i64::MIN] {
        db.execute("DELETE FROM history WHERE seq < 1", []).unwrap();
        db.execute(
            "INSERT INTO history (seq, at, who, subject, what, changes, link, statement)
             SELECT ?1, at, who, subject, what, changes, zeroblob(32), ?2 FROM history LIMIT 1",
            params![seq, real],
        )
        .unwrap();
        let mut dev = open(dir.path());
        let tried = dev.sign_in(DEV, &their_password(DEV), later(3_600_000));
        assert!(tried.is_err());
        let filed: i64 = db
            .query_row("SELECT count(*) FROM joining_proofs", [], |row| row.get(0))
            .unwrap();
        assert_eq!(filed, 0, "{seq}");
    }
}
