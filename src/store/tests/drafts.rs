//! Drafts: kept sealed, ended by the app they become.

use rand::{SeedableRng as _, rngs::StdRng};

use super::{Rig, later, open, password, web_app, *};
use crate::{domain::id::DraftId, store::StoreError};

fn draft_id(seed: u64) -> DraftId {
    DraftId::mint(&mut StdRng::seed_from_u64(seed))
}

fn save(rig: &mut Rig, id: &DraftId, body: &str, now: UnixMs) {
    let me = rig.me();
    rig.workspace
        .save_draft(id, &me, &Secret::new(body), now)
        .unwrap();
}

fn bodies(workspace: &mut Workspace, me: &DeveloperId) -> Vec<String> {
    let drafts = workspace.drafts(me).unwrap();
    drafts
        .iter()
        .map(|draft| draft.body.as_ref().map_or("", Secret::expose).to_owned())
        .collect()
}

#[test]
fn a_draft_outlives_the_program_and_the_newest_comes_first() {
    let mut rig = Rig::new();
    let (one, two) = (draft_id(1), draft_id(2));
    save(&mut rig, &one, "one", NOW);
    save(&mut rig, &two, "two", later(1));
    save(&mut rig, &one, "one again", later(2));
    let me = rig.me();
    drop(rig.workspace);
    let mut again = open(rig.dir.path());
    assert!(matches!(again.drafts(&me), Err(StoreError::VaultLocked)));
    again.sign_in(EMAIL, &password(), later(3)).unwrap();
    assert_eq!(bodies(&mut again, &me), ["one again", "two"]);
    again.discard_draft(&one).unwrap();
    again.discard_draft(&one).unwrap();
    assert_eq!(bodies(&mut again, &me), ["two"]);
}

#[test]
fn the_app_and_the_end_of_its_draft_are_one_transaction() {
    let mut rig = Rig::new();
    let me = rig.me();
    let id = draft_id(1);
    save(&mut rig, &id, "typed", NOW);

    rig.workspace
        .db
        .execute_batch(
            "CREATE TEMP TRIGGER fails BEFORE DELETE ON main.drafts
             BEGIN SELECT RAISE(ABORT, 'planned'); END",
        )
        .unwrap();
    let app = web_app("Call log", &rig.session.developer);
    let failed = rig.workspace.create_app(app.clone(), &me, Some(&id), NOW);
    assert!(failed.is_err());
    assert!(!rig.workspace.name_taken("Call log").unwrap());
    assert_eq!(bodies(&mut rig.workspace, &me), ["typed"]);

    rig.workspace
        .db
        .execute_batch("DROP TRIGGER fails")
        .unwrap();
    rig.workspace.create_app(app, &me, Some(&id), NOW).unwrap();
    assert!(bodies(&mut rig.workspace, &me).is_empty());
}

#[test]
fn a_draft_is_saved_and_read_only_by_its_owner() {
    let mut rig = Rig::new();
    let stranger = DeveloperId::from_stored("stranger");
    let refused = rig
        .workspace
        .save_draft(&draft_id(1), &stranger, &Secret::new("x"), NOW);
    assert!(matches!(refused, Err(StoreError::NotAllowed(_))));
    let refused = rig.workspace.drafts(&stranger);
    assert!(matches!(refused, Err(StoreError::NotAllowed(_))));
}
