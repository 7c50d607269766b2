//! Approvals of scopes: who sees the requests, who decides them, and the results.

use super::{INITIAL, NOW, PASSWORD, Rig, apps::create, later, open, password, spec_with};
use rusqlite::{params, params_from_iter};

use crate::store::OwnKeys;
use crate::{
    domain::{
        app::{
            App, Registration,
            effective_scopes::{Standing, effective_scopes},
            scope::ScopeId,
        },
        history::{Entry, What},
        id::{DeveloperId, TicketId},
        people::{
            developer::Role,
            ticket::{Decision, Request, TicketState},
        },
        secret::Secret,
        time::UnixMs,
    },
    store::{
        HistoryQuery, Saved, StoreError, Workspace,
        people::approvals::{DECIDED, WAITING, requests_that},
    },
};

fn asking(name: &str, owner: &DeveloperId, rig: &Rig, scopes: &[&str]) -> Registration {
    let kind = serde_json::json!({ "rest_api": { "auth": "jwt", "issue_refresh_tokens": true } });
    let mut spec = spec_with(name, &rig.session.developer, &kind, scopes);
    spec.properties.primary_contact = owner.clone();
    for scope in scopes {
        let scope = ScopeId::find(scope).unwrap();
        let words = format!("Because of {}", scope.as_str());
        spec.justifications.insert(scope, words);
    }
    Registration {
        spec,
        shared_secret: None,
    }
}

/// Grace, a developer, in her own console, after she has chosen her own password.
fn grace(rig: &mut Rig) -> (Workspace, DeveloperId) {
    let id = rig.add("Grace Hopper", "grace@example.com", Role::Developer);
    let mut console = open(rig.dir.path());
    let initial = Secret::new(INITIAL);
    console.sign_in("grace@example.com", &initial, NOW).unwrap();
    console
        .change_password(&initial, &password(), OwnKeys::Keep, NOW)
        .unwrap();
    (console, id)
}

fn asks(console: &mut Workspace, who: &DeveloperId, rig: &Rig, name: &str, at: UnixMs) -> App {
    let new = asking(name, who, rig, &["EditAccounts", "ReadAccounts"]);
    console.create_app(new, who, None, at).unwrap()
}

fn only_ticket(app: &App) -> TicketId {
    let [ticket] = &app.tickets[..] else {
        panic!("{app:?}");
    };
    ticket.id.clone()
}

fn no(reason: &str) -> Decision {
    Decision::Reject {
        reason: reason.to_owned(),
    }
}

fn names(requests: &[Request]) -> Vec<&str> {
    requests.iter().map(|one| one.app_name.as_str()).collect()
}

fn last_entry(workspace: &Workspace) -> Entry {
    let query = HistoryQuery {
        limit: 1,
        ..HistoryQuery::default()
    };
    workspace.history(&query).unwrap().entries.remove(0)
}

#[test]
fn an_administrator_sees_all_requests_and_a_developer_those_of_own_apps() {
    let mut rig = Rig::new();
    let (mut grace, id) = grace(&mut rig);
    asks(&mut grace, &id, &rig, "Second", later(2));
    asks(&mut grace, &id, &rig, "First", later(1));
    let me = rig.me();
    let mine = asking("Mine", &me, &rig, &["CallControl"]);
    rig.workspace.create_app(mine, &me, None, later(3)).unwrap();
    create(&mut rig, "Asks nothing");
    let gone = asks(&mut grace, &id, &rig, "In the trash", NOW);
    grace.delete_app(&gone.id, NOW).unwrap();

    let all = rig.workspace.pending_requests().unwrap();
    assert_eq!(names(&all), ["First", "Second", "Mine"]);
    let first = &all[0];
    assert_eq!(first.asked_by, "Grace Hopper");
    assert_eq!(first.ticket.created_at, later(1));
    assert_eq!(first.ticket.scope, ScopeId::find("EditAccounts").unwrap());
    assert_eq!(first.ticket.justification, "Because of EditAccounts");
    let own = grace.pending_requests().unwrap();
    assert_eq!(names(&own), ["First", "Second"]);
    assert_eq!(rig.workspace.current_session().unwrap().waiting, 3);
    assert_eq!(grace.current_session().unwrap().waiting, 0);
}

#[test]
fn an_approved_scope_is_the_apps_and_its_version_stays() {
    let mut rig = Rig::new();
    let (mut grace, id) = grace(&mut rig);
    let app = asks(&mut grace, &id, &rig, "App", NOW);
    let scope = ScopeId::find("EditAccounts").unwrap();
    assert!(effective_scopes(&app).contains(&(scope, Standing::Pending)));
    let decided = rig
        .workspace
        .decide(&only_ticket(&app), &Decision::Approve, later(5))
        .unwrap();
    assert_eq!(decided.version, app.version);
    let ticket = &decided.tickets[0];
    assert_eq!(ticket.state, TicketState::Approved);
    assert_eq!(ticket.decided_by, Some(rig.me()));
    assert_eq!(ticket.decided_at, Some(later(5)));
    assert!(effective_scopes(&decided).contains(&(scope, Standing::Granted)));
    assert!(rig.workspace.pending_requests().unwrap().is_empty());

    let entry = last_entry(&rig.workspace);
    assert_eq!(entry.what, What::ScopeApproved);
    assert_eq!(entry.app, Some(app.id.clone()));
    assert_eq!(entry.changes[0].after.as_deref(), Some("Edit Accounts"));

    // Changing other settings keeps the approval.
    let new = asking("Renamed", &id, &rig, &["EditAccounts", "ReadAccounts"]);
    let saved = grace.update_app(&app.id, app.version, new, None, NOW);
    let Ok(Saved::Done(renamed)) = saved else {
        panic!("{saved:?}");
    };
    assert_eq!(renamed.tickets[0].state, TicketState::Approved);
}

#[test]
fn a_rejection_needs_a_reason_and_is_told_at_the_next_sign_in() {
    let mut rig = Rig::new();
    let (mut grace, id) = grace(&mut rig);
    let app = asks(&mut grace, &id, &rig, "App", NOW);
    let ticket = only_ticket(&app);
    for reason in ["", " \n\t ", &"x".repeat(501)] {
        let refused = rig.workspace.decide(&ticket, &no(reason), NOW);
        assert!(matches!(refused, Err(StoreError::Conflict(_))), "{reason}");
    }
    let reason = "Say which accounts,\nand why.";
    let rejected = rig
        .workspace
        .decide(&ticket, &no(reason), later(1000))
        .unwrap();
    assert_eq!(rejected.tickets[0].reason.as_deref(), Some(reason));
    let scope = ScopeId::find("EditAccounts").unwrap();
    let standing = Standing::Rejected(reason.to_owned());
    assert!(effective_scopes(&rejected).contains(&(scope, standing)));
    let entry = last_entry(&rig.workspace);
    assert_eq!(entry.what, What::ScopeRejected);
    assert_eq!(entry.changes[1].field, "Reason");
    assert_eq!(entry.changes[1].after.as_deref(), Some(reason));

    let mut sign_in = |at| grace.sign_in("grace@example.com", &password(), at).unwrap();
    let told = sign_in(later(2000)).decided;
    assert_eq!(names(&told), ["App"]);
    assert_eq!(told[0].ticket.reason.as_deref(), Some(reason));
    assert!(sign_in(later(3000)).decided.is_empty());
    assert_eq!(names(&grace.decided_since(NOW).unwrap()), ["App"]);

    // A new justification makes a new request.
    let mut again = asking("App", &id, &rig, &["EditAccounts"]);
    again.spec.justifications.insert(scope, "All".to_owned());
    let saved = grace.update_app(&app.id, app.version, again, None, later(4000));
    let Ok(Saved::Done(app)) = saved else {
        panic!("{saved:?}");
    };
    assert_eq!(app.tickets[0].state, TicketState::Pending);
    assert_eq!(app.tickets[0].reason, None);
    let late = rig.workspace.decide(&ticket, &Decision::Approve, NOW);
    assert_eq!(
        late.unwrap_err().to_string(),
        "This request was withdrawn or replaced: it no longer exists."
    );
}

#[test]
fn a_request_is_decided_once_and_not_in_the_trash() {
    let mut rig = Rig::new();
    let (mut grace, id) = grace(&mut rig);
    let app = asks(&mut grace, &id, &rig, "App", NOW);
    let ticket = only_ticket(&app);
    grace.delete_app(&app.id, NOW).unwrap();
    let approve = |rig: &mut Rig| rig.workspace.decide(&ticket, &Decision::Approve, NOW);
    let refused = approve(&mut rig).unwrap_err();
    assert!(matches!(refused, StoreError::Conflict(_)), "{refused}");
    grace.restore_app(&app.id, NOW).unwrap();
    approve(&mut rig).unwrap();
    let refused = rig.workspace.decide(&ticket, &no("Too late"), NOW);
    assert_eq!(
        refused.unwrap_err().to_string(),
        "This request was already approved."
    );
    let unknown = TicketId::from_stored("unknown");
    let refused = rig.workspace.decide(&unknown, &Decision::Approve, NOW);
    assert!(matches!(refused, Err(StoreError::NotFound(_))));
    assert_eq!(rig.workspace.check_history().unwrap(), None);
}

#[test]
fn ones_own_request_is_for_another_administrator_where_there_is_one() {
    let mut rig = Rig::new();
    let me = rig.me();
    let mine = |rig: &mut Rig, name| {
        let new = asking(name, &me, rig, &["CallControl"]);
        let app = rig.workspace.create_app(new, &me, None, NOW).unwrap();
        only_ticket(&app)
    };
    let alone = mine(&mut rig, "Alone");
    assert_eq!(rig.workspace.current_session().unwrap().waiting, 1);
    rig.workspace
        .decide(&alone, &Decision::Approve, NOW)
        .unwrap();

    let (_, grace) = grace(&mut rig);
    let ticket = mine(&mut rig, "Not alone");
    rig.workspace
        .set_role(&grace, Role::DeveloperAdmin, NOW)
        .unwrap();
    let refused = rig.workspace.decide(&ticket, &Decision::Approve, NOW);
    assert_eq!(
        refused.unwrap_err().to_string(),
        "You cannot decide your own request. Ask another Developer Admin."
    );
    let session = rig.workspace.current_session().unwrap();
    assert_eq!(session.waiting, 0);
    let requests = rig.workspace.pending_requests().unwrap();
    assert!(session.why_not_decide(&requests[0]).is_some());

    // A disabled administrator does not count as another one.
    rig.workspace.set_enabled(&grace, false, NOW).unwrap();
    assert_eq!(rig.workspace.current_session().unwrap().waiting, 1);
    rig.workspace
        .decide(&ticket, &Decision::Approve, NOW)
        .unwrap();
    // Developers are not notified of their own decisions.
    let mut again = open(rig.dir.path());
    let session = again
        .sign_in(super::EMAIL, &Secret::new(PASSWORD), later(9))
        .unwrap();
    assert!(session.decided.is_empty());
}

#[test]
fn waiting_requests_are_counted_up_to_a_limit_and_not_in_the_trash() {
    let mut rig = Rig::new();
    let me = rig.me();
    let mut ids = Vec::new();
    for name in ["One", "Two", "Three"] {
        let new = asking(name, &me, &rig, &["CallControl"]);
        let app = rig.workspace.create_app(new, &me, None, NOW).unwrap();
        ids.push(app.id);
    }
    let count = |rig: &Rig, limit: i64| -> i64 {
        let db = &rig.workspace.db;
        db.query_row(WAITING, params![me.as_str(), false, limit], |row| {
            row.get(0)
        })
        .unwrap()
    };
    assert_eq!([1, 2, 3, 9].map(|limit| count(&rig, limit)), [1, 2, 3, 3]);
    rig.workspace.delete_app(&ids[0], NOW).unwrap();
    assert_eq!([1, 2, 3].map(|limit| count(&rig, limit)), [1, 2, 2]);
}

#[test]
fn what_a_sign_in_asks_of_requests_reads_no_more_of_them_than_it_counts() {
    let rig = Rig::new();
    let plan = |sql: &str, bound: &[&str]| -> String {
        let mut plan = rig
            .workspace
            .db
            .prepare(&format!("EXPLAIN QUERY PLAN {sql}"))
            .unwrap();
        let steps = plan
            .query_map(params_from_iter(bound), |row| row.get::<_, String>(3))
            .unwrap();
        steps.map(Result::unwrap).collect::<Vec<_>>().join("\n")
    };
    let waiting = plan(WAITING, &["me", "0", "9"]);
    assert!(
        waiting.contains("tickets USING COVERING INDEX tickets_pending"),
        "{waiting}"
    );
    assert!(waiting.contains("(app_id=?)"), "{waiting}");
    let decided = plan(&requests_that(DECIDED), &["me", "0"]);
    assert!(
        decided.contains("tickets USING INDEX tickets_decided (requested_by=? AND decided_at>?)"),
        "{decided}"
    );
}
