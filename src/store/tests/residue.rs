//! No file holds a secret, or what opens one, in clear text, deleted or not.

use std::fs;

use rand::{SeedableRng as _, rngs::StdRng};

use super::{Rig, web_app, *};
use crate::domain::id::DraftId;

fn found_in(dir: &Path, canary: &str) -> Vec<String> {
    fs::read_dir(dir)
        .unwrap()
        .map(Result::unwrap)
        .filter(|file| {
            let bytes = fs::read(file.path()).unwrap();
            bytes
                .windows(canary.len())
                .any(|window| window == canary.as_bytes())
        })
        .map(|file| file.file_name().to_string_lossy().into_owned())
        .collect()
}

#[test]
fn no_file_holds_a_secret_in_clear_neither_while_open_nor_after() {
    let mut rig = Rig::new();
    let me = rig.me();
    let mut canaries = vec![PASSWORD.to_owned(), rig.recovery.expose().to_owned()];
    canaries.extend(rig.recovery.groups().map(|group| format!("{group}-")));
    for number in 0..20 {
        let shared = format!("shared-canary-{number:03}");
        let draft = format!("draft-canary-{number:03}");
        let id = DraftId::mint(&mut StdRng::seed_from_u64(number));
        rig.workspace
            .save_draft(&id, &me, &Secret::new(draft.clone()), NOW)
            .unwrap();
        let mut app = web_app(&format!("visible {number:03}"), &rig.session.developer);
        app.shared_secret = Some(Secret::new(shared.clone()));
        let ended = number.is_multiple_of(2).then_some(&id);
        let app = rig.workspace.create_app(app, &me, ended, NOW).unwrap();
        let secret = rig.workspace.client_secret(&app.id).unwrap().unwrap();
        canaries.extend([shared, draft, secret.expose().to_owned()]);
    }
    let (_, next) = rig
        .workspace
        .recover(EMAIL, &rig.recovery, Secret::new("another password"), NOW)
        .unwrap();
    canaries.extend([next.expose().to_owned(), "another password".to_owned()]);

    let dir = rig.dir.path();
    assert!(!found_in(dir, "visible 007").is_empty());
    for canary in &canaries {
        assert!(found_in(dir, canary).is_empty(), "open: {canary}");
    }
    rig.workspace.close().unwrap();
    assert_eq!(found_in(dir, "visible 007"), ["workspace.db"]);
    for canary in &canaries {
        assert!(found_in(dir, canary).is_empty(), "closed: {canary}");
    }
}

#[test]
fn a_deleted_app_leaves_nothing_but_its_name_in_the_history_after_closing() {
    let mut rig = Rig::new();
    let me = rig.me();
    for number in 0..50 {
        let app = web_app(&format!("residue {number}"), &rig.session.developer);
        rig.workspace.create_app(app, &me, None, NOW).unwrap();
    }
    rig.workspace.db.execute("DELETE FROM apps", []).unwrap();
    rig.workspace.close().unwrap();
    assert!(found_in(rig.dir.path(), "example.com/residue").is_empty());
}
