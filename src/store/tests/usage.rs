//! The counted calls of an app.

use std::time::Duration;

use super::{NOW, Rig, later, open, web_app};
use crate::{
    domain::{
        app::{
            scope::ScopeId,
            usage::{OperationUsage, Outcome},
        },
        id::AppId,
        time::UnixMs,
    },
    store::StoreError,
};

fn once(id: &str, outcome: Outcome, by: Option<&str>, at: UnixMs) -> OperationUsage {
    let mut usage = OperationUsage::of(id, at).unwrap();
    usage.count(outcome, by.and_then(ScopeId::find), at);
    usage
}

fn app(rig: &mut Rig) -> AppId {
    let (new, me) = (web_app("Shop", &rig.session.developer), rig.me());
    rig.workspace.create_app(new, &me, None, NOW).unwrap().id
}

#[test]
fn counts_add_up_and_end_with_their_app() {
    let mut rig = Rig::new();
    let shop = app(&mut rig);
    let add = |rig: &mut Rig, usage: OperationUsage| {
        let counted = [(shop.clone(), usage)];
        rig.workspace.add_usage(&counted, Duration::ZERO).unwrap();
    };
    add(
        &mut rig,
        once(
            "readExtension",
            Outcome::Answered,
            Some("EditAccounts"),
            later(5),
        ),
    );
    add(
        &mut rig,
        once("readExtension", Outcome::ScopeMissing, None, later(9)),
    );
    add(
        &mut rig,
        once(
            "readExtension",
            Outcome::Answered,
            Some("ReadAccounts"),
            later(7),
        ),
    );
    add(
        &mut rig,
        once(
            "createSMSMessage",
            Outcome::NotSimulated,
            Some("SMS"),
            later(8),
        ),
    );
    let found = rig.workspace.usage_of(&shop).unwrap();
    let ids: Vec<&str> = found.iter().map(|one| one.operation.id).collect();
    assert_eq!(ids, ["readExtension", "createSMSMessage"]);
    let one = &found[0];
    assert_eq!((one.answered, one.scope_missing, one.calls()), (2, 1, 3));
    assert_eq!((one.first_at, one.last_at), (later(5), later(9)));
    assert_eq!(one.allowed_by, ScopeId::find("ReadAccounts"));
    // Of a newer version: kept, and not listed.
    let newer = "UPDATE operation_usage SET operation = 'newer' WHERE operation LIKE 'create%'";
    rig.workspace.db.execute(newer, []).unwrap();
    assert_eq!(rig.workspace.usage_of(&shop).unwrap().len(), 1);
    rig.workspace.delete_app(&shop, NOW).unwrap();
    rig.workspace.purge_app(&shop, NOW).unwrap();
    assert_eq!(rig.workspace.usage_of(&shop).unwrap(), []);
    // A call that was counted before the app was deleted.
    add(
        &mut rig,
        once("readExtension", Outcome::Answered, None, later(9)),
    );
    assert_eq!(rig.workspace.usage_of(&shop).unwrap(), []);
}

#[test]
fn nothing_waits_for_another_program_that_writes() {
    let mut rig = Rig::new();
    let shop = app(&mut rig);
    let other = open(rig.dir.path());
    other.db.execute_batch("BEGIN IMMEDIATE").unwrap();
    let counted = [(shop, once("readExtension", Outcome::Answered, None, NOW))];
    let since = std::time::Instant::now();
    let refused = rig.workspace.add_usage(&counted, Duration::ZERO);
    assert!(matches!(refused, Err(StoreError::Busy)), "{refused:?}");
    assert!(since.elapsed() < Duration::from_secs(1));
    other.db.execute_batch("ROLLBACK").unwrap();
    rig.workspace.add_usage(&counted, Duration::ZERO).unwrap();
}
