//! Many apps in one transaction, as a manifest has them.

use super::{NOW, Rig, apps::create, later, web_app};
use crate::{
    domain::{
        app::{
            AppStatus,
            plan::{Registered as _, Step, StepKind},
        },
        id::AppId,
        oauth::credential::ClientId,
        people::developer::Role,
    },
    store::{AppQuery, Applied, StoreError, Workspace},
};

const ID: &str = "kX3vQ2mZT5yWc8Rb1LnPqA";

fn step(name: &str, what: StepKind) -> Step {
    Step {
        name: name.to_owned(),
        what,
    }
}

fn new(rig: &Rig, name: &str, client_id: Option<&str>) -> Step {
    let spec = web_app(name, &rig.session.developer).spec;
    step(
        name,
        StepKind::Create {
            spec: Box::new(spec),
            client_id: client_id.map(ClientId::from_stored),
            tags: vec!["b2b".to_owned()],
            status: AppStatus::Suspended,
        },
    )
}

fn suspend(app: &AppId) -> Step {
    step(
        "One",
        StepKind::Change {
            app: app.clone(),
            spec: None,
            tags: None,
            status: Some(AppStatus::Suspended),
        },
    )
}

fn apply(workspace: &mut Workspace, steps: Vec<Step>) -> Result<Applied, StoreError> {
    workspace.apply(later(1), |_| Ok((steps, Vec::new())))
}

fn count(rig: &Rig) -> u64 {
    rig.workspace.read_apps(|apps| apps.count()).unwrap()
}

#[test]
fn apps_are_created_changed_and_thrown_away_together() {
    let mut rig = Rig::new();
    let (one, two) = (create(&mut rig, "One").id, create(&mut rig, "Two").id);
    let steps = vec![
        new(&rig, "Three", Some(ID)),
        suspend(&one),
        step("Two", StepKind::Trash(two.clone())),
    ];
    let done = apply(&mut rig.workspace, steps).unwrap();
    assert!(matches!(done, Applied::Done), "{done:?}");
    let read = |id: &AppId| rig.workspace.app(id).unwrap();
    assert_eq!(read(&one).status, AppStatus::Suspended);
    assert!(read(&two).deleted_at.is_some());
    let three = rig.workspace.read_apps(|apps| apps.of_client_id(ID));
    let three = three.unwrap().unwrap();
    assert_eq!(
        (three.tags, three.status),
        (vec!["b2b".to_owned()], AppStatus::Suspended)
    );
    assert_eq!(three.secrets.len(), 1);
    assert_eq!(rig.workspace.check_history().unwrap(), None);
}

#[test]
fn one_app_that_may_not_be_changed_rolls_all_back_and_all_of_them_are_named() {
    let mut rig = Rig::new();
    let one = create(&mut rig, "One").id;
    let trash = create(&mut rig, "Trash").id;
    rig.workspace.delete_app(&trash, NOW).unwrap();
    rig.workspace.apps(&AppQuery::default()).unwrap();
    let before = count(&rig);
    let steps = vec![
        new(&rig, "New", Some(ID)),
        new(&rig, "Same id", Some(ID)),
        step("Trash", suspend(&trash).what),
        suspend(&one),
    ];
    let Applied::Refused(refused) = apply(&mut rig.workspace, steps).unwrap() else {
        panic!("it was applied");
    };
    let names: Vec<&str> = refused.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["Same id", "Trash"]);
    assert_eq!(count(&rig), before);
    assert_eq!(rig.workspace.app(&one).unwrap().status, AppStatus::Active);
    assert_eq!(rig.workspace.check_history().unwrap(), None);
}

#[test]
fn a_developer_changes_only_apps_of_their_own() {
    let mut rig = Rig::new();
    let one = create(&mut rig, "One").id;
    rig.set_role(Role::Developer);
    rig.own(&one, false);
    let Applied::Refused(refused) = apply(&mut rig.workspace, vec![suspend(&one)]).unwrap() else {
        panic!("it was applied");
    };
    assert!(
        matches!(refused[0].1, StoreError::NotAllowed(_)),
        "{refused:?}"
    );
}

#[test]
fn a_prune_finds_what_the_list_finds_and_never_the_trash() {
    let mut rig = Rig::new();
    let (one, two) = (create(&mut rig, "One").id, create(&mut rig, "Two").id);
    rig.workspace.delete_app(&two, NOW).unwrap();
    let found = |filter: &str| -> Vec<AppId> {
        let apps = rig.workspace.read_apps(|apps| apps.matching(filter));
        apps.unwrap().into_iter().map(|app| app.id).collect()
    };
    assert_eq!(found("one"), [one]);
    assert!(found("two").is_empty());
    assert!(found("is:deleted").is_empty());
}
