//! Tests of the workspace through its public methods, on files in temporary folders.

mod app_list;
mod apply;
mod approvals;
mod apps;
mod attacks;

mod backup;
mod bulk;
mod clock;
mod drafts;
mod jwt;
mod logs;
mod manage;

mod opening;
mod people;
mod planted;
mod readable;
mod residue;

mod restore;
mod revives;
mod roles;
mod saving;
mod seeding;
mod sessions;
mod team;
mod usage;

use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{FILE_NAME, SignUp, Workspace};
use crate::store::OwnKeys;
use crate::store::file::log::Wal;
use crate::{
    domain::{
        app::{AppSpec, Registration},
        id::{AppId, DeveloperId},
        oauth::credential::{ClientId, RecoveryKey},
        people::{
            developer::{Developer, Role, Session},
            email::EmailAddress,
        },
        secret::Secret,
        time::UnixMs,
    },
    vault::KdfCost,
};

const NOW: UnixMs = UnixMs(1_795_469_700_000);
const EMAIL: &str = "Ada@example.com";
const GRACE: &str = "grace@example.com";
const PASSWORD: &str = "correct horse battery staple";
const INITIAL: &str = "given by an administrator";

fn later(ms: i64) -> UnixMs {
    UnixMs(NOW.0 + ms)
}

fn open(dir: &Path) -> Workspace {
    Workspace::open(dir, KdfCost::TRIVIAL).unwrap().workspace
}

struct Rig {
    dir: TempDir,
    workspace: Workspace,
    session: Session,
    recovery: RecoveryKey,
}

impl Rig {
    fn new() -> Self {
        let dir = TempDir::new().unwrap();
        let mut workspace = open(dir.path());
        let (session, recovery) = workspace.sign_up(ada(), NOW).unwrap();
        Self {
            dir,
            workspace,
            session,
            recovery,
        }
    }

    fn me(&self) -> DeveloperId {
        self.session.developer.id.clone()
    }

    /// Whether a secret of that client works.
    fn works(&self, client: &ClientId, secret: &str, now: UnixMs) -> bool {
        let mut kept = self.workspace.kept_secrets(client).unwrap();
        let verified = self.workspace.verify_client_secret(&mut kept, secret, now);
        verified.unwrap()
    }

    /// Makes the app the signed-in developer's own, or another's.
    fn own(&self, app: &AppId, own: bool) {
        let stranger = "INSERT OR IGNORE INTO developers (id, email, email_key, full_name, role,
             created_at, kdf_memory_kib, kdf_passes, kdf_lanes, kdf_salt, key_by_password,
             key_by_recovery)
             VALUES ('stranger', 'x@example.com', 'x@example.com', 'X', 'developer', 0, 8, 1, 1,
             x'', x'', x'')";
        self.workspace.db.execute(stranger, []).unwrap();
        let me = self.me();
        let whose = if own { me.as_str() } else { "stranger" };
        self.workspace
            .db
            .execute(
                "UPDATE apps SET created_by = ?2, spec = json_set(spec, '$.properties.primary_contact', ?2)
                 WHERE id = ?1",
                [app.as_str(), whose],
            )
            .unwrap();
    }

    /// Another developer, who signs in with `INITIAL` and must change it.
    fn add(&mut self, full_name: &str, email: &str, role: Role) -> DeveloperId {
        let email = EmailAddress::parse(email).unwrap();
        let initial = Secret::new(INITIAL);
        let added = self
            .workspace
            .add_developer(full_name, &email, role, &initial, NOW);
        added.unwrap().developer.id
    }

    /// Another Developer Admin at another console.
    fn another_admin(&mut self) -> Workspace {
        let email = "charles@example.com";
        self.add("Charles Babbage", email, Role::DeveloperAdmin);
        let mut console = open(self.dir.path());
        console.sign_in(email, &Secret::new(INITIAL), NOW).unwrap();
        let own = Secret::new("an engine that computes by steam");
        console
            .change_password(&Secret::new(INITIAL), &own, OwnKeys::Keep, NOW)
            .unwrap();
        console
    }

    /// Done by another administrator.
    fn set_role(&mut self, role: Role) {
        let me = self.me();
        self.another_admin().set_role(&me, role, NOW).unwrap();
    }
}

/// Commits in the log without the first page, and so without a new mark.
fn unmarked_commits(rig: &Rig) -> u64 {
    let path = rig.dir.path().join(format!("{FILE_NAME}-wal"));
    let wal = Wal::read(&path, None).unwrap().unwrap_or_default();
    wal.commits - wal.commits_with_header
}

fn ada() -> SignUp {
    SignUp {
        organization: "Analytical Engines".to_owned(),
        full_name: "Ada Lovelace".to_owned(),
        email: EmailAddress::from_stored(EMAIL.to_owned()),
        password: Secret::new(PASSWORD),
    }
}

fn password() -> Secret {
    Secret::new(PASSWORD)
}

fn spec_with(name: &str, actor: &Developer, kind: &Value, scopes: &[&str]) -> AppSpec {
    serde_json::from_value(json!({
        "properties": {
            "name": name,
            "description": "Reads the call log and draws it.",
            "primary_contact": actor.id,
            "promotion": "no",
        },
        "card": { "display_name": null, "summary": null, "icon": null },
        "kind": kind,
        "scopes": scopes,
        "justifications": {},
        "access": "private",
        "interactive_messages": null,
    }))
    .unwrap()
}

/// A server-side web app: keeps a secret.
fn web_app(name: &str, actor: &Developer) -> Registration {
    let kind = json!({ "rest_api": {
        "auth": { "authorization_code": {
            "platform": "server_side_web",
            "redirect_uris": [format!("https://example.com/{}", name.replace(' ', "-"))],
        } },
        "issue_refresh_tokens": true,
    } });
    Registration {
        spec: spec_with(name, actor, &kind, &["ReadAccounts"]),
        shared_secret: None,
    }
}

/// A client-side app: keeps none.
fn browser_app(name: &str, actor: &Developer) -> Registration {
    let kind = json!({ "rest_api": {
        "auth": { "authorization_code": {
            "platform": "client_side_web",
            "redirect_uris": ["https://example.com/cb"],
        } },
        "issue_refresh_tokens": true,
    } });
    Registration {
        spec: spec_with(name, actor, &kind, &["ReadAccounts"]),
        shared_secret: None,
    }
}
