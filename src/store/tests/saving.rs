//! The pages that saving an app writes. Their number must not grow with the workspace.

use std::{collections::BTreeSet, fs, path::Path};

use super::{FILE_NAME, Rig, later, web_app};
use crate::domain::{app::Registration, time::UnixMs};

const PAGE: usize = 4096;
const HEADER_OF_LOG: usize = 32;
const HEADER_OF_FRAME: usize = 24;
const SAVES: usize = 100;

/// Each app has a client secret and a request for a scope. Their names come in no order.
fn app(rig: &Rig, nth: usize) -> Registration {
    let scattered = (nth as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mut app = web_app(&format!("{scattered:016x}"), &rig.session.developer);
    let scopes = serde_json::json!(["ReadAccounts", "CallControl"]);
    app.spec.scopes = serde_json::from_value(scopes).unwrap();
    app
}

fn at(nth: usize) -> UnixMs {
    later(nth as i64 * 1000)
}

/// The pages in the log, in the order in which they were written.
fn pages_in_log(dir: &Path) -> Vec<u32> {
    let log = fs::read(dir.join(format!("{FILE_NAME}-wal"))).unwrap();
    let frames = log.get(HEADER_OF_LOG..).unwrap_or_default();
    frames
        .chunks_exact(HEADER_OF_FRAME + PAGE)
        .map(|frame| u32::from_be_bytes(frame[..4].try_into().unwrap()))
        .collect()
}

fn empty_the_log(rig: &Rig) {
    rig.workspace
        .db
        .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
        .unwrap();
}

/// Pages that a save writes to the log, and pages that folding in `SAVES` of them writes to the file.
#[derive(Debug)]
struct Cost {
    per_save: f64,
    folded: usize,
}

fn cost(apps: usize) -> Cost {
    let mut rig = Rig::new();
    let me = rig.me();
    let all: Vec<_> = (0..apps).map(|nth| (app(&rig, nth), at(nth))).collect();
    rig.workspace.create_apps(all, &me).unwrap();
    // Otherwise SQLite folds the log in when it has 1,000 pages.
    rig.workspace
        .db
        .pragma_update(None, "wal_autocheckpoint", 0)
        .unwrap();
    empty_the_log(&rig);
    for nth in apps..apps + SAVES {
        let app = app(&rig, nth);
        rig.workspace.create_app(app, &me, None, at(nth)).unwrap();
    }
    let pages = pages_in_log(rig.dir.path());
    Cost {
        per_save: pages.len() as f64 / SAVES as f64,
        folded: pages.iter().collect::<BTreeSet<_>>().len(),
    }
}

/// Client IDs and names come in no order, so a save changes a page of each of these two indexes
/// that no other save changes.
const SCATTERED: usize = 2;

#[test]
#[expect(clippy::print_stdout, reason = "the figures, for --nocapture")]
fn a_save_writes_as_many_pages_among_many_apps_as_among_few() {
    let many = std::env::var("APPS").map_or(4_000, |apps| apps.parse().unwrap());
    let (few, many) = (cost(100), cost(many));
    println!("{few:?} {many:?}");
    assert!(many.per_save <= few.per_save * 1.3, "{few:?} {many:?}");
    // A save also splits pages, three or four at once.
    let scattered = SCATTERED * SAVES * 2;
    assert!(many.folded <= few.folded + scattered, "{few:?} {many:?}");
}
