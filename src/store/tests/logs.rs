//! Which log belongs to which file. A refused workspace is left unchanged.

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use proptest::prelude::*;
use rand::{SeedableRng as _, rngs::StdRng};
use rusqlite::{Connection, types::Value};
use tempfile::TempDir;

use super::{
    EMAIL, NOW,
    backup::{closed, rig as with_an_app},
    later, open, password, unmarked_commits, web_app,
};
use crate::{
    domain::{id::DraftId, secret::Secret},
    store::{
        Access, CodeGrant, FILE_NAME, Lifetimes, OpenError, Refreshed, Replaced, Replay, Restore,
        Revoked, Stage, Terms, Workspace,
        file::{
            backup::{TABLES, back_up, verify},
            header::Header,
            locks::Presence,
            log::{Journal, Wal},
            migrate::{APPLICATION_ID, MIGRATIONS},
            preflight::Preflight,
        },
        inspect,
    },
    vault::KdfCost,
};

fn beside(folder: &Path, end: &str) -> PathBuf {
    folder.join(format!("{FILE_NAME}{end}"))
}

/// The bytes of every file, and the modification times of files and folder.
fn traces(folder: &Path) -> BTreeMap<PathBuf, (Vec<u8>, std::time::SystemTime, u32)> {
    let entries = fs::read_dir(folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    std::iter::once(folder.to_owned())
        .chain(paths)
        .map(|path| {
            let about = fs::metadata(&path).unwrap();
            let bytes = fs::read(&path).unwrap_or_default();
            let seen = (bytes, about.modified().unwrap(), about.permissions().mode());
            (path, seen)
        })
        .collect()
}

/// The file and its log at one moment.
#[derive(Clone)]
struct Moment {
    file: Vec<u8>,
    wal: Vec<u8>,
}

impl Moment {
    fn of(folder: &Path) -> Self {
        Self {
            file: fs::read(beside(folder, "")).unwrap(),
            wal: fs::read(beside(folder, "-wal")).unwrap_or_default(),
        }
    }

    /// Changes when a log begins again.
    fn generation(&self) -> Option<&[u8]> {
        self.wal.get(16..24)
    }

    fn put_into(file: &[u8], wal: &[u8]) -> TempDir {
        let dir = TempDir::new().unwrap();
        for (end, bytes) in [("", file), ("-wal", wal)] {
            let path = beside(dir.path(), end);
            if end.is_empty() || !bytes.is_empty() {
                fs::write(&path, bytes).unwrap();
                fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
            }
        }
        dir
    }

    /// All rows, as SQLite reads them from a file and a log. `None` if it cannot.
    fn rows(file: &[u8], wal: &[u8]) -> Option<Vec<Vec<Value>>> {
        let dir = Self::put_into(file, wal);
        let db = Connection::open(beside(dir.path(), "")).unwrap();
        let check: rusqlite::Result<String> =
            db.query_row("PRAGMA integrity_check", [], |row| row.get(0));
        if check.ok()? != "ok" {
            return None;
        }
        let mut all = Vec::new();
        for (_, table) in TABLES {
            let mut query = db.prepare(&format!("SELECT * FROM {table}")).ok()?;
            let width = query.column_count();
            let mut found = query.query([]).ok()?;
            while let Some(row) = found.next().ok()? {
                all.push((0..width).map(|at| row.get(at).unwrap()).collect());
            }
        }
        Some(all)
    }

    /// Whether they open in their own folder. If they are refused, nothing may have changed.
    fn opens(file: &[u8], wal: &[u8]) -> bool {
        let dir = Self::put_into(file, wal);
        let before = traces(dir.path());
        match Workspace::open(dir.path(), KdfCost::TRIVIAL) {
            Ok(_) => true,
            Err(OpenError::ForeignLog { .. }) => {
                assert!(traces(dir.path()) == before, "a refused start left a trace");
                false
            }
            Err(other) => panic!("{other}"),
        }
    }
}

/// A workspace in ordinary use, and its files after each step.
fn life(seed: u64, steps: usize) -> Vec<Moment> {
    let mut rng = StdRng::seed_from_u64(seed);
    let mut rig = with_an_app();
    let mut moments = vec![Moment::of(rig.dir.path())];
    for step in 0..steps {
        let at = i64::try_from(step).unwrap();
        let me = rig.me();
        match rng.random_range(0..9) {
            0..=2 => {
                let app = web_app(&format!("App {step}"), &rig.session.developer);
                rig.workspace.create_app(app, &me, None, later(at)).unwrap();
            }
            3 => {
                let draft = DraftId::from_stored(format!("draft {}", step % 3));
                let body = Secret::new("x".repeat(step * 50));
                rig.workspace
                    .save_draft(&draft, &me, &body, later(at))
                    .unwrap();
            }
            4 => rig
                .workspace
                .rename_organization(&format!("Engines {step}"), later(at))
                .unwrap(),
            5 => checkpoint(&rig.workspace.db, "PASSIVE"),
            6 => {
                // A reader of an older state keeps the log from being folded in whole.
                let reader = Connection::open(beside(rig.dir.path(), "")).unwrap();
                reader.execute_batch("BEGIN; SELECT * FROM apps;").unwrap();
                rig.workspace
                    .rename_organization(&format!("Engines {step}"), later(at))
                    .unwrap();
                checkpoint(&rig.workspace.db, "PASSIVE");
                moments.push(Moment::of(rig.dir.path()));
            }
            7 => checkpoint(&rig.workspace.db, "TRUNCATE"),
            _ => {
                let closed = std::mem::replace(&mut rig.workspace, open(rig.dir.path()));
                drop(closed);
                let signed_in = rig.workspace.sign_in(EMAIL, &password(), later(at));
                rig.session = signed_in.unwrap();
            }
        }
        moments.push(Moment::of(rig.dir.path()));
    }
    moments
}

fn checkpoint(db: &Connection, how: &str) {
    let sql = format!("PRAGMA wal_checkpoint({how})");
    db.query_row(&sql, [], |_| Ok(())).unwrap();
}

#[test]
fn a_crash_loses_nothing_and_a_file_of_another_time_is_not_mixed_with_the_log() {
    let (mut own, mut foreign) = (0, 0);
    for seed in 0..2 {
        let moments = life(seed, 12);
        let states: Vec<_> = moments
            .iter()
            .map(|then| Moment::rows(&then.file, &then.wal).unwrap())
            .collect();
        // A file whose folding stopped half-way is incomplete without its log. Next to an older log
        // it can have that log's mark: copying a file in use is not safe.
        let is_half_folded = |copy: &Moment| {
            Moment::rows(&copy.file, &[]).is_none_or(|alone| !states.contains(&alone))
        };
        for (at, then) in moments.iter().enumerate() {
            let Some(generation) = then.generation() else {
                continue;
            };
            for (copied_at, copy) in moments.iter().enumerate() {
                let opens = Moment::opens(&copy.file, &then.wal);
                let what = format!("seed {seed}: the file of {copied_at}, the log of {at}");
                if copy.generation() == Some(generation) && copied_at <= at {
                    assert!(opens, "{what}: its own log");
                }
                if opens {
                    let mixed = Moment::rows(&copy.file, &then.wal);
                    let is_whole = mixed.as_ref() == Some(&states[at]);
                    let is_excused = copied_at > at && is_half_folded(copy);
                    assert!(is_whole || is_excused, "{what}: a mixture");
                    own += 1;
                } else {
                    foreign += 1;
                }
            }
        }
    }
    assert!(own > 30 && foreign > 30, "{own} and {foreign}");
}

#[test]
fn a_backup_that_was_copied_over_a_crashed_workspace_is_told_from_its_file() {
    let rig = with_an_app();
    let folder = TempDir::new().unwrap();
    let saved = folder.path().join("saved.db");
    // Nothing has changed between the two, yet it is another file.
    rig.workspace.back_up_to(&saved).unwrap();
    let now = Moment::of(rig.dir.path());
    assert!(Moment::opens(&now.file, &now.wal));
    assert!(!Moment::opens(&fs::read(&saved).unwrap(), &now.wal));
}

#[test]
fn every_commit_has_a_mark_those_of_the_local_server_too() {
    let mut rig = with_an_app();
    let client = super::apps::create(&mut rig, "Robot").client_id;
    let workspace = &mut rig.workspace;
    let proof = workspace.begin_proof(EMAIL).unwrap();
    let (owner, _) = workspace
        .end_proof(proof.judge(&password()).unwrap())
        .unwrap();
    let grant = CodeGrant {
        client: client.clone(),
        owner,
        redirect_uri: "https://example.com/cb".to_owned(),
        redirect_sent: true,
        challenge: None,
        scope: "ReadAccounts".to_owned(),
        nonce: None,
        signed_in_at: NOW,
    };
    let terms = Terms {
        lifetimes: Lifetimes {
            access_s: 3600,
            refresh_s: Some(604_800),
        },
        endpoint: None,
    };
    let code = workspace.issue_code(&grant, NOW).unwrap();
    workspace.begin_grants().unwrap();
    let tokens = workspace
        .redeem_code(code.expose(), &grant, terms, NOW)
        .unwrap();
    workspace.commit_grants(NOW).unwrap();
    workspace.forget_grants();
    workspace.begin_grants().unwrap();
    let refresh = tokens.refresh.unwrap();
    let grace = super::sessions::renewal(Replay::Grace);
    let refreshed = workspace.refresh_session(refresh.expose(), &client, terms, &grace, NOW);
    let Refreshed::Tokens(next) = refreshed.unwrap() else {
        panic!("refused");
    };
    workspace.commit_grants(NOW).unwrap();
    workspace.forget_grants();
    let used = workspace.access(next.access.expose(), NOW).unwrap();
    assert!(matches!(used, Access::Speaks(_)));
    let secret = workspace.kept_secrets(&client).unwrap();
    assert_eq!(secret.len(), 1);
    let revoked = workspace.end_session(next.access.expose(), &client, NOW);
    assert_eq!(revoked.unwrap(), Revoked::Ended);
    workspace.end_session_of_code(code.expose(), NOW).unwrap();
    // Also during grants.
    workspace.begin_grants().unwrap();
    workspace.end_session_of_code(code.expose(), NOW).unwrap();
    workspace.commit_grants(NOW).unwrap();
    workspace.forget_grants();

    let wal = Wal::read(&beside(rig.dir.path(), "-wal"), None).unwrap();
    let wal = wal.unwrap();
    assert!(wal.commits >= 8, "{wal:?}");
    assert_eq!(unmarked_commits(&rig), 0);
}

#[test]
fn no_operation_writes_without_a_mark() {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store")];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                // Tests write past the operations on purpose.
                folders.extend((!path.ends_with("tests")).then_some(path));
                continue;
            }
            let text: String = fs::read_to_string(&path)
                .unwrap()
                .split_whitespace()
                .collect();
            assert!(!text.contains("self.db.execute("), "{}", path.display());
            files += 1;
        }
    }
    assert!(files > 30, "{files}");
}

/// A workspace after a kill, with an older copy of the file in its place.
fn copied_over() -> (TempDir, Vec<u8>, Vec<u8>) {
    let rig = with_an_app();
    checkpoint(&rig.workspace.db, "TRUNCATE");
    let older = Moment::of(rig.dir.path()).file;
    let mut rig = rig;
    let app = web_app("Second", &rig.session.developer);
    let me = rig.me();
    rig.workspace.create_app(app, &me, None, NOW).unwrap();
    checkpoint(&rig.workspace.db, "TRUNCATE");
    let app = web_app("Third", &rig.session.developer);
    rig.workspace.create_app(app, &me, None, NOW).unwrap();
    let wal = Moment::of(rig.dir.path()).wal;
    (Moment::put_into(&older, &wal), older, wal)
}

#[test]
fn an_older_file_over_a_crashed_workspace_is_refused_by_all_and_restored_over() {
    let (dir, older, wal) = copied_over();
    let data = dir.path();
    let folder = TempDir::new().unwrap();
    let saved = folder.path().join("saved.db");
    let before = traces(data);
    let message = Workspace::open(data, KdfCost::TRIVIAL).unwrap_err();
    assert!(matches!(message, OpenError::ForeignLog { .. }), "{message}");
    let message = message.to_string();
    for part in [
        "workspace.db-wal",
        "Nothing was changed",
        "devconsole restore FILE",
    ] {
        assert!(message.contains(part), "{message}");
    }
    let refused = Workspace::open_signed_up(data, KdfCost::TRIVIAL).unwrap_err();
    assert_eq!(refused.to_string(), message);
    assert_eq!(back_up(data, &saved).unwrap_err().to_string(), message);
    assert_eq!(inspect(data).unwrap_err().to_string(), message);
    assert!(traces(data) == before);
    assert!(!saved.exists());

    with_an_app().workspace.back_up_to(&saved).unwrap();
    let restore = Restore::prepare(data, &saved).unwrap();
    let Replaced::Unreadable(why) = restore.replaces() else {
        panic!("{:?}", restore.replaces());
    };
    assert_eq!(why, &message);
    let done = restore.replace(NOW).unwrap();
    let (kept, log) = (done.kept.unwrap(), done.kept_log.unwrap());
    assert_eq!(fs::read(&kept).unwrap(), older);
    assert_eq!(fs::read(&log).unwrap(), wal);
    assert!(
        log.ends_with("workspace.db-wal.before-restore-20261123T213500Z"),
        "{log:?}"
    );
    open(data).sign_in(EMAIL, &password(), NOW).unwrap();
    // Apart from its log, the copy is a backup like any other.
    assert_eq!(verify(&kept, &kept).unwrap().apps, 1);
    Restore::prepare(data, &kept).unwrap();
}

/// Network file systems lock no folders, and are where homes are.
#[test]
fn an_older_file_over_a_crashed_workspace_is_refused_where_no_folder_can_be_locked() {
    let (dir, ..) = copied_over();
    let file = dir.path().join(FILE_NAME);
    let message = Preflight::run(dir.path(), &file, &Presence::unknown()).unwrap_err();
    assert!(matches!(message, OpenError::ForeignLog { .. }), "{message}");
    let sound = with_an_app();
    sound.workspace.close().unwrap();
    let file = sound.dir.path().join(FILE_NAME);
    let found = Preflight::run(sound.dir.path(), &file, &Presence::unknown()).unwrap();
    assert_eq!(found.is_signed_up, Some(true));
}

#[test]
fn changes_whose_file_is_gone_are_not_thrown_away() {
    let (dir, _, wal) = copied_over();
    let data = dir.path();
    for empty in [false, true] {
        if empty {
            fs::write(beside(data, ""), "").unwrap();
        } else {
            fs::remove_file(beside(data, "")).unwrap();
        }
        let before = traces(data);
        let message = Workspace::open(data, KdfCost::TRIVIAL).unwrap_err();
        assert!(matches!(message, OpenError::LostFile { .. }), "{message}");
        let refused = Workspace::open_signed_up(data, KdfCost::TRIVIAL).unwrap_err();
        assert!(matches!(refused, OpenError::LostFile { .. }), "{refused}");
        let refused = inspect(data).unwrap_err();
        assert!(matches!(refused, OpenError::LostFile { .. }), "{refused}");
        let refused = back_up(data, &data.join("x.db")).unwrap_err();
        assert_eq!(refused.to_string(), message.to_string());
        assert!(traces(data) == before);
    }
    let folder = TempDir::new().unwrap();
    let saved = folder.path().join("saved.db");
    with_an_app().workspace.back_up_to(&saved).unwrap();
    let done = Restore::prepare(data, &saved).unwrap().replace(NOW);
    let log = done.unwrap().kept_log.unwrap();
    assert_eq!(fs::read(log).unwrap(), wal);
    open(data).sign_in(EMAIL, &password(), NOW).unwrap();
}

/// As an older version leaves it, without a mark.
fn unmarked(bytes: &mut [u8]) {
    bytes[48..52].fill(0);
}

#[test]
fn without_marks_the_whole_of_it_is_looked_at() {
    let rig = with_an_app();
    checkpoint(&rig.workspace.db, "TRUNCATE");
    let mut older = Moment::of(rig.dir.path()).file;
    // More than fits into the existing pages: the log of another file that breaks the trees.
    let other = Connection::open(beside(rig.dir.path(), "")).unwrap();
    let grow = |from: u32| {
        let sql = format!(
            "INSERT INTO sign_in_delays
             WITH RECURSIVE n (x) AS (SELECT {from} UNION ALL SELECT x + 1 FROM n LIMIT 400)
             SELECT randomblob(32), x, x FROM n"
        );
        other.execute_batch(&sql).unwrap();
    };
    grow(0);
    checkpoint(&other, "TRUNCATE");
    let mut file = Moment::of(rig.dir.path()).file;
    grow(400);
    let wal = Moment::of(rig.dir.path()).wal;
    unmarked(&mut older);
    unmarked(&mut file);
    assert!(Moment::rows(&older, &wal).is_none(), "a mixture breaks");
    assert!(Moment::opens(&file, &wal));
    assert!(!Moment::opens(&older, &wal));
}

#[test]
fn a_file_of_before_there_were_marks_gets_one_at_the_first_start() {
    let dir = super::backup::closed(with_an_app());
    let path = beside(dir.path(), "");
    let mut bytes = fs::read(&path).unwrap();
    unmarked(&mut bytes);
    fs::write(&path, bytes).unwrap();
    let header = || Header::of_page(&fs::read(&path).unwrap()).unwrap();
    assert_eq!(header().mark(), None);
    let workspace = open(dir.path());
    let first = header().mark().unwrap();
    workspace.close().unwrap();
    // A start that changes nothing leaves the file unchanged.
    open(dir.path()).close().unwrap();
    assert_eq!(header().mark(), Some(first));
}

/// A change that was cut off after it had reached the file, as on a file system without write-ahead
/// logging. Returns the file before and after it, and the journal.
fn cut_off(path: &Path, sql: &str) -> (Vec<u8>, Vec<u8>, Vec<u8>) {
    let db = Connection::open(path).unwrap();
    db.execute_batch("PRAGMA journal_mode = DELETE; BEGIN IMMEDIATE;")
        .unwrap();
    let before = fs::read(path).unwrap();
    db.execute_batch(sql).unwrap();
    db.cache_flush().unwrap();
    let journal = fs::read(path.with_file_name("workspace.db-journal")).unwrap();
    (before, fs::read(path).unwrap(), journal)
}

fn with_journal(file: &[u8], journal: &[u8]) -> TempDir {
    let dir = Moment::put_into(file, &[]);
    let path = beside(dir.path(), "-journal");
    fs::write(&path, journal).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    dir
}

const RENAME: &str = "UPDATE organization SET name = 'Half a change';";
/// The last statement of each commit.
const MARK: &str = "PRAGMA default_cache_size = ";

#[test]
fn a_change_that_was_cut_off_is_undone_in_its_own_file_and_in_no_other() {
    let dir = super::backup::closed(with_an_app());
    let path = beside(dir.path(), "");
    let older = fs::read(&path).unwrap();
    let mut workspace = open(dir.path());
    workspace.sign_in(EMAIL, &password(), NOW).unwrap();
    workspace.rename_organization("Engines", NOW).unwrap();
    workspace.close().unwrap();
    let now = fs::read(&path).unwrap();
    let header = Header::of_page(&now).unwrap();
    let next = i32::from_be_bytes(*now[48..].first_chunk().unwrap()) + 1;

    let saved = dir.path().join("saved.db");
    back_up(dir.path(), &saved).unwrap();
    let saved = fs::read(saved).unwrap();
    for sql in [format!("{RENAME}{MARK}{next}"), RENAME.to_owned()] {
        fs::write(&path, &now).unwrap();
        let (before, file, journal) = cut_off(&path, &sql);
        assert_ne!(file, before);
        let own = with_journal(&file, &journal);
        assert_eq!(
            open(own.path()).organization_name().unwrap().as_deref(),
            Some("Engines"),
        );
        // The first page may be the last one that changes.
        let own = with_journal(&before, &journal);
        open(own.path());
        for other in [&saved, &older] {
            if sql == RENAME && Header::of_page(other).unwrap().pages() == header.pages() {
                continue;
            }
            let dir = with_journal(other, &journal);
            let before = traces(dir.path());
            let message = Workspace::open(dir.path(), KdfCost::TRIVIAL).unwrap_err();
            assert!(matches!(message, OpenError::ForeignLog { .. }), "{message}");
            assert!(
                message.to_string().contains("workspace.db-journal"),
                "{message}"
            );
            let refused = back_up(dir.path(), &dir.path().join("x.db")).unwrap_err();
            assert_eq!(refused.to_string(), message.to_string());
            let refused = inspect(dir.path()).unwrap_err();
            assert_eq!(refused.to_string(), message.to_string());
            assert!(traces(dir.path()) == before);
        }
        let lost = with_journal(&[], &journal);
        let message = Workspace::open(lost.path(), KdfCost::TRIVIAL).unwrap_err();
        assert!(matches!(message, OpenError::LostFile { .. }), "{message}");
    }
}

#[test]
fn a_report_tells_a_change_that_was_cut_off_from_what_is_none() {
    let data = closed(with_an_app());
    let file = fs::read(beside(data.path(), "")).unwrap();
    let none = with_journal(&file, &[0xa5; 4096]);
    let found = inspect(none.path()).unwrap().unwrap();
    assert!(found.damage.is_empty(), "{found:?}");
    let (_, file, journal) = cut_off(&beside(data.path(), ""), RENAME);
    let cut = with_journal(&file, &journal);
    let message = inspect(cut.path()).unwrap_err().to_string();
    assert!(message.contains("was interrupted"), "{message}");
}

#[test]
fn a_first_start_that_was_cut_off_begins_anew_but_not_over_a_workspace() {
    let dir = TempDir::new().unwrap();
    let path = beside(dir.path(), "");
    let ours = format!("{}PRAGMA application_id = {APPLICATION_ID};", MIGRATIONS[0]);
    let (_, _, journal) = cut_off(&path, &ours);
    let made = Connection::open(&path).unwrap();
    made.execute_batch(&format!("BEGIN; {ours} COMMIT;"))
        .unwrap();
    let file = fs::read(&path).unwrap();
    for half in [file.as_slice(), file.get(..8192).unwrap(), &[]] {
        let dir = with_journal(half, &journal);
        assert_eq!(open(dir.path()).stage().unwrap(), Stage::Empty);
    }
    let closed = super::backup::closed(with_an_app());
    let whole = fs::read(beside(closed.path(), "")).unwrap();
    let dir = with_journal(&whole, &journal);
    let before = traces(dir.path());
    let message = Workspace::open(dir.path(), KdfCost::TRIVIAL).unwrap_err();
    assert!(matches!(message, OpenError::ForeignLog { .. }), "{message}");
    assert!(traces(dir.path()) == before);
}

#[test]
fn a_log_is_read_as_far_as_sqlite_reads_it_wherever_it_is_cut_or_spoilt() {
    let mut rig = with_an_app();
    checkpoint(&rig.workspace.db, "TRUNCATE");
    let file = Moment::of(rig.dir.path()).file;
    let mut states = vec![Moment::rows(&file, &[]).unwrap()];
    for nth in 0..6 {
        rig.workspace
            .rename_organization(&format!("Engines {nth}"), NOW)
            .unwrap();
        let now = Moment::of(rig.dir.path());
        states.push(Moment::rows(&file, &now.wal).unwrap());
    }
    let wal = Moment::of(rig.dir.path()).wal;
    let mut rng = StdRng::seed_from_u64(7);
    let mut seen = std::collections::BTreeSet::new();
    for nth in 0..40 {
        let at = rng.random_range(0..wal.len());
        let mut bytes = wal.clone();
        if nth % 2 == 0 {
            bytes.truncate(at);
        } else {
            bytes[at] ^= 0x40;
        }
        let dir = Moment::put_into(&file, &bytes);
        let read = Wal::read(&beside(dir.path(), "-wal"), None).unwrap();
        let commits = usize::try_from(read.map_or(0, |wal| wal.commits)).unwrap();
        assert!(Moment::rows(&file, &bytes).as_ref() == Some(&states[commits]));
        seen.insert(commits);
    }
    assert!(seen.len() > 3, "{seen:?}");
}

proptest! {
    #[test]
    fn any_bytes_beside_a_file_are_read_without_a_panic(
        start in prop::sample::select(vec![
            vec![], vec![0x37, 0x7f, 0x06, 0x82, 0, 0x2d, 0xe2, 0x18, 0, 0, 2, 0],
            vec![0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7],
        ]),
        rest in prop::collection::vec(any::<u8>(), 0..4096),
    ) {
        let dir = TempDir::new().unwrap();
        let path = dir.path().join("log");
        fs::write(&path, [start, rest].concat()).unwrap();
        let _ = Wal::read(&path, None).unwrap();
        let _ = Journal::read(&path).unwrap();
    }
}
