//! The permissions of every operation of the store, for every kind of developer.

use std::{collections::BTreeSet, fs, path::Path};

use super::{EMAIL, INITIAL, NOW, Rig, apps::icon, password, spec_with, unmarked_commits, web_app};
use crate::store::OwnKeys;
use crate::{
    domain::{
        app::{
            AppStatus, Environment, Issued, Registration,
            list::{Bulk, ListView},
            plan::{Step, StepKind},
        },
        history::Reading,
        id::{AppId, DeveloperId, DraftId, JwtId, TicketId},
        oauth::{
            credential::ClientId,
            jwt::{AuthorizedApps, JwtCredential, NewJwt},
        },
        people::{
            developer::Role,
            email::EmailAddress,
            readable::{Marked, Marks},
            ticket::Decision,
        },
        secret::Secret,
    },
    store::{Applied, ProofError, StoreError, file::backup::TABLES},
};

/// The state of a developer who is signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Case {
    Admin,
    OwnApp,
    OthersApp,
    Audit,
    Disabled,
    Removed,
    /// A Developer Admin whose password an administrator set.
    MustChange,
}

const CASES: [Case; 7] = [
    Case::Admin,
    Case::OwnApp,
    Case::OthersApp,
    Case::Audit,
    Case::Disabled,
    Case::Removed,
    Case::MustChange,
];

/// Who may perform an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum May {
    Admins,
    /// Also a Developer who owns an app.
    Owners,
    /// Also any other Developer: everybody but an Audit-user.
    Makers,
    /// An Audit-user too, for their own things.
    Active,
    /// Even before a first password was changed: part of signing in, or of seeing the developers.
    Incoming,
}

impl May {
    fn allows(self, case: Case) -> bool {
        match case {
            Case::Disabled | Case::Removed => false,
            Case::MustChange => self == Self::Incoming,
            Case::Admin => true,
            Case::OwnApp => self != Self::Admins,
            Case::OthersApp => !matches!(self, Self::Admins | Self::Owners),
            Case::Audit => matches!(self, Self::Active | Self::Incoming),
        }
    }
}

/// Ada's console, with another developer, their app and their request.
pub(super) struct World {
    pub(super) rig: Rig,
    pub(super) other: DeveloperId,
    pub(super) app: AppId,
    ticket: TicketId,
    pub(super) draft: DraftId,
}

impl World {
    pub(super) fn new() -> Self {
        let mut rig = Rig::new();
        let other = rig.add("Grace Hopper", "grace@example.com", Role::Developer);
        let kind = serde_json::json!({ "rest_api": {
            "auth": "jwt", "issue_refresh_tokens": true,
        } });
        let spec = spec_with("App", &rig.session.developer, &kind, &["EditAccounts"]);
        let registration = Registration {
            spec,
            shared_secret: Some(Secret::new("shared")),
        };
        let me = rig.me();
        let app = rig
            .workspace
            .create_app(registration, &me, None, NOW)
            .unwrap();
        let [ticket] = &app.tickets[..] else {
            panic!("{app:?}");
        };
        let sql = "UPDATE tickets SET requested_by = ?1";
        rig.workspace.db.execute(sql, [other.as_str()]).unwrap();
        let draft = DraftId::from_stored("draft");
        rig.workspace
            .save_draft(&draft, &me, &Secret::new("{}"), NOW)
            .unwrap();
        Self {
            other,
            app: app.id,
            ticket: ticket.id.clone(),
            draft,
            rig,
        }
    }

    fn become_one(&mut self, case: Case) {
        let me = self.rig.me();
        let mut admin = self.rig.another_admin();
        let mut set_role = |role| admin.set_role(&me, role, NOW).map(drop);
        match case {
            Case::Admin => Ok(()),
            Case::OwnApp | Case::OthersApp => set_role(Role::Developer),
            Case::Audit => set_role(Role::AuditUser),
            Case::Disabled => admin.set_enabled(&me, false, NOW).map(drop),
            Case::Removed => admin.remove_developer(&me, NOW),
            Case::MustChange => admin.reset_password(&me, &password(), NOW).map(drop),
        }
        .unwrap();
        if case == Case::MustChange {
            self.rig.workspace.sign_in(EMAIL, &password(), NOW).unwrap();
        }
        self.rig.own(&self.app, case != Case::OthersApp);
    }

    fn issued() -> Issued {
        Issued {
            environment: Environment::Production,
            server_url: Environment::Production.server_url().to_owned(),
            client_id: "abc".to_owned(),
            secret: Some(Secret::new("issued elsewhere")),
        }
    }

    /// All rows of the file, except the counted attempts.
    pub(super) fn contents(&self) -> Vec<String> {
        let db = &self.rig.workspace.db;
        let mut rows = Vec::new();
        for (_, table) in TABLES.iter().filter(|(_, name)| *name != "sign_in_delays") {
            let mut query = db.prepare(&format!("SELECT * FROM {table}")).unwrap();
            let columns = query.column_count();
            let mut found = query.query([]).unwrap();
            while let Some(row) = found.next().unwrap() {
                let cells: Vec<_> = (0..columns).map(|at| row.get_ref_unwrap(at)).collect();
                rows.push(format!("{table} {cells:?}"));
            }
        }
        rows
    }
}

/// The name, who may, what a Developer Admin does first, and the operation.
pub(super) type Operation = (
    &'static str,
    May,
    fn(&mut World),
    fn(&mut World) -> Result<(), StoreError>,
);

pub(super) fn nothing(_: &mut World) {}

pub(super) fn start_rotation(w: &mut World) {
    w.rig.workspace.rotate_secret(&w.app, 24, NOW).unwrap();
}

fn keep_issued(w: &mut World) {
    w.rig
        .workspace
        .keep_environment(&w.app, &World::issued(), NOW)
        .unwrap();
}

pub(super) fn throw_away(w: &mut World) {
    w.rig.workspace.delete_app(&w.app, NOW).unwrap();
}

pub(super) fn make_jwt(w: &mut World) -> Result<JwtCredential, StoreError> {
    let new = NewJwt {
        label: "x".to_owned(),
        apps: AuthorizedApps::Organization,
        expires_at: None,
    };
    let me = w.rig.me();
    w.rig.workspace.create_jwt(&me, &new, NOW)
}

fn jwt(w: &mut World) {
    make_jwt(w).unwrap();
}

pub(super) fn only_jwt(w: &World) -> JwtId {
    let db = &w.rig.workspace.db;
    let id = db.query_row("SELECT id FROM jwt_credentials", [], |row| {
        row.get::<_, String>(0)
    });
    JwtId::from_stored(id.unwrap())
}

fn proved<T>(result: Result<T, ProofError>) -> Result<(), StoreError> {
    match result {
        Ok(_) => Ok(()),
        Err(ProofError::Store(error)) => Err(error),
        Err(error) => panic!("{error}"),
    }
}

#[rustfmt::skip]
pub(super) const OPERATIONS: &[Operation] = &[
    // Apps
    ("create_app", May::Makers, nothing, |w| {
        let (new, me) = (web_app("New", &w.rig.session.developer), w.rig.me());
        w.rig.workspace.create_app(new, &me, None, NOW).map(drop)
    }),
    ("create_apps", May::Makers, nothing, |w| {
        let (new, me) = (web_app("New", &w.rig.session.developer), w.rig.me());
        w.rig.workspace.create_apps([(new, NOW)], &me).map(drop)
    }),
    ("app_to_edit", May::Owners, nothing, |w| {
        w.rig.workspace.app_to_edit(&w.app).map(drop)
    }),
    ("update_app", May::Owners, nothing, |w| {
        let new = web_app("Renamed", &w.rig.session.developer);
        let version = w.rig.workspace.app(&w.app).unwrap().version;
        w.rig.workspace.update_app(&w.app, version, new, None, NOW).map(drop)
    }),
    ("create_jwt", May::Makers, nothing, |w| make_jwt(w).map(drop)),
    ("apps_for_jwt", May::Active, nothing, |w| w.rig.workspace.apps_for_jwt("", &[]).map(drop)),
    ("jwt_credentials", May::Active, nothing, |w| w.rig.workspace.jwt_credentials().map(drop)),
    ("jwt_token", May::Makers, jwt, |w| w.rig.workspace.jwt_token(&only_jwt(w)).map(drop)),
    ("record_jwt_reading", May::Makers, jwt, |w| {
        w.rig.workspace.record_jwt_reading(&only_jwt(w), Reading::Revealed, NOW)
    }),
    ("set_jwt_apps", May::Makers, jwt, |w| {
        let apps = AuthorizedApps::Specific(vec![ClientId::from_stored("elsewhere")]);
        w.rig.workspace.set_jwt_apps(&only_jwt(w), &apps, NOW).map(drop)
    }),
    ("revoke_jwt", May::Makers, jwt, |w| w.rig.workspace.revoke_jwt(&only_jwt(w), NOW)),
    ("bulk", May::Owners, nothing, |w| {
        let done = w.rig.workspace.bulk(std::slice::from_ref(&w.app), &Bulk::Suspend, NOW)?;
        match done.left.into_iter().next() {
            None => Ok(()),
            Some(left) => Err(StoreError::NotAllowed(left.reason)),
        }
    }),
    ("apply", May::Owners, nothing, |w| {
        let app = w.app.clone();
        let result = w.rig.workspace.apply(NOW, |_| {
            let what = StepKind::Change {
                app,
                spec: None,
                tags: Some(vec!["x".to_owned()]),
                status: None,
            };
            let name = "App".to_owned();
            Ok((vec![Step { name, what }], Vec::new()))
        });
        match result? {
            Applied::Done => Ok(()),
            Applied::Refused(apps) => Err(apps.into_iter().next().unwrap().1),
        }
    }),
    ("set_favourite", May::Active, nothing, |w| w.rig.workspace.set_favourite(&w.app, true)),
    ("keep_list_view", May::Incoming, nothing, |w| {
        let view = ListView {
            filter: "a".to_owned(),
            ..ListView::default()
        };
        w.rig.workspace.keep_list_view(&view)
    }),
    ("list_view", May::Incoming, nothing, |w| w.rig.workspace.list_view().map(|_| ())),
    ("set_status", May::Owners, nothing, |w| {
        w.rig.workspace.set_status(&w.app, AppStatus::Suspended, NOW).map(drop)
    }),
    ("delete_app", May::Owners, nothing, |w| {
        w.rig.workspace.delete_app(&w.app, NOW).map(drop)
    }),
    ("restore_app", May::Owners, throw_away, |w| {
        w.rig.workspace.restore_app(&w.app, NOW).map(drop)
    }),
    ("purge_app", May::Owners, throw_away, |w| {
        w.rig.workspace.purge_app(&w.app, NOW)
    }),
    ("empty_trash", May::Admins, throw_away, |w| {
        w.rig.workspace.empty_trash(NOW).map(drop)
    }),
    ("rotate_secret", May::Owners, nothing, |w| {
        w.rig.workspace.rotate_secret(&w.app, 24, NOW).map(drop)
    }),
    ("finish_rotation", May::Owners, start_rotation, |w| {
        w.rig.workspace.finish_rotation(&w.app, NOW).map(drop)
    }),
    ("cancel_rotation", May::Owners, start_rotation, |w| {
        w.rig.workspace.cancel_rotation(&w.app, NOW).map(drop)
    }),
    ("keep_environment", May::Owners, nothing, |w| {
        w.rig.workspace.keep_environment(&w.app, &World::issued(), NOW).map(drop)
    }),
    ("forget_environment", May::Owners, keep_issued, |w| {
        let environment = World::issued().environment;
        w.rig.workspace.forget_environment(&w.app, environment, NOW).map(drop)
    }),
    ("end_app_sessions", May::Owners, nothing, |w| {
        w.rig.workspace.end_app_sessions(&w.app, None, NOW).map(drop)
    }),
    ("keep_icon", May::Makers, nothing, |w| {
        w.rig.workspace.keep_icon(&icon(), NOW).map(drop)
    }),
    // Secrets
    ("client_secret", May::Owners, nothing, |w| {
        w.rig.workspace.client_secret(&w.app).map(drop)
    }),
    ("retiring_secret", May::Owners, nothing, |w| {
        w.rig.workspace.retiring_secret(&w.app).map(drop)
    }),
    ("shared_secret", May::Owners, nothing, |w| {
        w.rig.workspace.shared_secret(&w.app).map(drop)
    }),
    ("environment_secret", May::Owners, nothing, |w| {
        w.rig.workspace.environment_secret(&w.app, Environment::Sandbox).map(drop)
    }),
    ("record_reading", May::Owners, nothing, |w| {
        w.rig.workspace.record_reading(&w.app, &["Client Secret"], Reading::Revealed, NOW)
    }),
    // Drafts
    ("save_draft", May::Makers, nothing, |w| {
        let me = w.rig.me();
        w.rig.workspace.save_draft(&w.draft, &me, &Secret::new("[]"), NOW)
    }),
    ("drafts", May::Active, nothing, |w| {
        w.rig.workspace.drafts(&w.rig.me()).map(drop)
    }),
    ("discard_draft", May::Active, nothing, |w| {
        w.rig.workspace.discard_draft(&w.draft)
    }),
    // People
    ("team", May::Incoming, nothing, |w| w.rig.workspace.team().map(drop)),
    ("member_details", May::Active, nothing, |w| {
        w.rig.workspace.member_details(&w.other).map(drop)
    }),
    ("current_session", May::Incoming, nothing, |w| {
        w.rig.workspace.current_session().map(drop)
    }),
    ("rename_organization", May::Admins, nothing, |w| {
        w.rig.workspace.rename_organization("Difference Engines", NOW)
    }),
    ("add_developer", May::Admins, nothing, |w| {
        let email = EmailAddress::parse("new@example.com").unwrap();
        let workspace = &mut w.rig.workspace;
        workspace.add_developer("New", &email, Role::Developer, &password(), NOW).map(drop)
    }),
    ("set_role", May::Admins, nothing, |w| {
        w.rig.workspace.set_role(&w.other, Role::AuditUser, NOW).map(drop)
    }),
    ("reset_password", May::Admins, nothing, |w| {
        w.rig.workspace.reset_password(&w.other, &password(), NOW).map(drop)
    }),
    ("set_enabled", May::Admins, nothing, |w| {
        w.rig.workspace.set_enabled(&w.other, false, NOW).map(drop)
    }),
    ("remove_developer", May::Admins, nothing, |w| {
        w.rig.workspace.remove_developer(&w.other, NOW)
    }),
    ("readable_by", May::Admins, nothing, |w| {
        w.rig.workspace.readable_by(&w.other, 0, 10).map(drop)
    }),
    ("replace_readable", May::Admins, nothing, |w| {
        let all = Marks::all_of(Marked::Everything);
        w.rig.workspace.replace_readable(&w.other, &all, 0, NOW).map(drop)
    }),
    // Own password and keys
    ("change_password", May::Incoming, nothing, |w| {
        proved(w.rig.workspace.change_password(&password(), &Secret::new(INITIAL), OwnKeys::Keep, NOW))
    }),
    ("new_recovery_key", May::Active, nothing, |w| {
        proved(w.rig.workspace.new_recovery_key(&password(), NOW))
    }),
    ("replace_unconfirmed_recovery_key", May::Incoming, nothing, |w| {
        w.rig.workspace.replace_unconfirmed_recovery_key().map(drop)
    }),
    ("confirm_recovery_key", May::Incoming, nothing, |w| {
        w.rig.workspace.confirm_recovery_key()
    }),
    // Approvals
    ("pending_requests", May::Incoming, nothing, |w| {
        w.rig.workspace.pending_requests().map(drop)
    }),
    ("decided_since", May::Incoming, nothing, |w| {
        w.rig.workspace.decided_since(NOW).map(drop)
    }),
    ("decide", May::Admins, nothing, |w| {
        w.rig.workspace.decide(&w.ticket, &Decision::Approve, NOW).map(drop)
    }),
];

/// Operations without a check of the role, each for a reason: settings, which everybody sees;
/// signing in and out; and the requests of apps.
const OPEN_TO_ALL: &[&str] = &[
    "app",
    "apps",
    "tags",
    "apps_called",
    "email_of",
    "developers",
    "read_apps",
    "icon_bytes",
    "back_up_to",
    // The local server has no signed-in developer: it demands its own proofs.
    "access",
    "begin_grants",
    "begin_proof",
    "commit_grants",
    "forget_grants",
    "beside",
    "code",
    "end_proof",
    "end_session_of_code",
    "icon",
    "introspect",
    "sign_in_mark",
    "issue_code",
    "organization_name",
    "account_id",
    "add_usage",
    "app_sessions",
    "usage_of",
    "developer_with",
    "redeem_code",
    "client",
    "end_session",
    "jwks",
    "jwt_standing",
    // Does nothing but for a Developer Admin.
    "let_in",
    "open_session",
    "person",
    "refresh_session",
    "changes_of_others",
    "check_history",
    "close",
    "history",
    "icon_preview",
    "is_unlocked",
    "lock",
    "name_taken",
    "open",
    "open_signed_up",
    "position_of",
    "read_ahead",
    "rehearsing",
    "reporting",
    "recover",
    "sign_in",
    "sign_up",
    "stage",
    "kept_secrets",
    "verify_client_secret",
];

#[test]
fn every_operation_asks_who_it_is_below_the_screens() {
    for (name, may, before, act) in OPERATIONS {
        for case in CASES {
            let mut world = World::new();
            before(&mut world);
            world.become_one(case);
            let contents = world.contents();
            let unmarked = unmarked_commits(&world.rig);
            let done = act(&mut world);
            if may.allows(case) {
                assert!(done.is_ok(), "{case:?} {name}: {done:?}");
                assert!(unmarked_commits(&world.rig) <= unmarked, "{name}");
                continue;
            }
            let is_told_why = match case {
                Case::Disabled | Case::Removed => matches!(done, Err(StoreError::AccessEnded)),
                Case::MustChange => matches!(done, Err(StoreError::MustChangePassword)),
                _ => matches!(done, Err(StoreError::NotAllowed(_))),
            };
            assert!(is_told_why, "{case:?} {name}: {done:?}");
            assert_eq!(world.contents(), contents, "{case:?} {name}");
        }
    }
}

#[test]
fn a_role_that_was_changed_elsewhere_counts_at_once() {
    let mut world = World::new();
    let mut elsewhere = super::open(world.rig.dir.path());
    elsewhere.sign_in(EMAIL, &password(), NOW).unwrap();
    elsewhere
        .set_role(&world.other, Role::DeveloperAdmin, NOW)
        .unwrap();
    let me = world.rig.me();
    elsewhere.set_role(&me, Role::AuditUser, NOW).unwrap();
    let workspace = &mut world.rig.workspace;
    let refused = workspace.client_secret(&world.app).unwrap_err();
    assert!(matches!(refused, StoreError::NotAllowed(_)), "{refused}");
    let refused = workspace.rename_organization("Mine", NOW).unwrap_err();
    assert_eq!(refused.to_string(), "Only a Developer Admin can do this.");
    let session = workspace.current_session().unwrap();
    assert_eq!(session.developer.role, Role::AuditUser);
}

/// A new operation needs a row that says who may.
#[test]
fn no_operation_is_forgotten_in_the_table() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store");
    let mut found = BTreeSet::new();
    let mut folders = vec![folder];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let into = if path.is_dir() {
                &mut folders
            } else {
                &mut files
            };
            into.push(path);
        }
    }
    for path in files {
        if path.extension().is_none_or(|end| end != "rs") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        for block in text.split("\nimpl Workspace {\n").skip(1) {
            let methods = block.split("\n}").next().unwrap_or_default();
            found.extend(methods.lines().filter_map(|line| {
                let name = line.strip_prefix("    pub fn ")?;
                Some(name.split(['(', '<']).next()?.to_owned())
            }));
        }
    }
    let listed: BTreeSet<String> = OPERATIONS
        .iter()
        .map(|(name, ..)| *name)
        .chain(OPEN_TO_ALL.iter().copied())
        .map(str::to_owned)
        .collect();
    assert_eq!(found, listed);
}
