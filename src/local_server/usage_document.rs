//! `/__devconsole/usage`: which operations the apps called, as JSON.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    domain::{
        app::{
            scope::{ScopeId, ScopeSet},
            scope_fit::waiting,
            usage::OperationUsage,
        },
        time::UnixMs,
    },
    store::{StoreError, Workspace},
};

const SCHEMA: &str = "serve.usage/1";

#[derive(Debug, Serialize, Deserialize)]
pub struct UsageDocument {
    schema: String,
    pub apps: Vec<AppUsage>,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct AppUsage {
    pub name: String,
    pub client_id: String,
    /// The requested ones.
    pub scopes: ScopeSet,
    /// Those of them that are not granted.
    #[serde(default)]
    pub waiting: ScopeSet,
    calls: Vec<CallUsage>,
}

#[derive(Debug, Serialize, Deserialize)]
struct CallUsage {
    operation: String,
    method: String,
    path: String,
    scope: Option<ScopeId>,
    allowed_by: Option<ScopeId>,
    answered: u64,
    not_simulated: u64,
    scope_missing: u64,
    failed: u64,
    first_at: String,
    last_at: String,
}

impl UsageDocument {
    pub(super) fn of(workspace: &mut Workspace, names: &[&str]) -> Result<Self, StoreError> {
        let mut apps = Vec::with_capacity(names.len());
        for name in names {
            for id in workspace.apps_called(name)? {
                let app = workspace.app(&id)?;
                let calls = workspace.usage_of(&id)?;
                apps.push(AppUsage {
                    waiting: waiting(&app),
                    name: app.spec.properties.name,
                    client_id: app.client_id.as_str().to_owned(),
                    scopes: app.spec.scopes,
                    calls: calls.iter().map(CallUsage::from).collect(),
                });
            }
        }
        Ok(Self {
            schema: SCHEMA.to_owned(),
            apps,
        })
    }

    /// `None` if this is not such a document.
    pub fn read(text: &str) -> Option<Self> {
        let document: Self = serde_json::from_str(text).ok()?;
        (document.schema == SCHEMA).then_some(document)
    }
}

impl AppUsage {
    /// Without operations that this version does not know.
    pub fn usage(&self) -> Vec<OperationUsage> {
        self.calls.iter().filter_map(CallUsage::usage).collect()
    }
}

impl From<&OperationUsage> for CallUsage {
    fn from(usage: &OperationUsage) -> Self {
        let operation = usage.operation;
        Self {
            operation: operation.id.to_owned(),
            method: operation.method.to_owned(),
            path: operation.path.to_owned(),
            scope: operation.scope,
            allowed_by: usage.allowed_by,
            answered: usage.answered,
            not_simulated: usage.not_simulated,
            scope_missing: usage.scope_missing,
            failed: usage.failed,
            first_at: usage.first_at.rfc3339(),
            last_at: usage.last_at.rfc3339(),
        }
    }
}

impl CallUsage {
    fn usage(&self) -> Option<OperationUsage> {
        let at = |text: &str| {
            text.parse::<Timestamp>()
                .ok()
                .map(|at| UnixMs(at.as_millisecond()))
        };
        let mut usage = OperationUsage::of(&self.operation, at(&self.first_at)?)?;
        usage.last_at = at(&self.last_at)?;
        usage.answered = self.answered;
        usage.not_simulated = self.not_simulated;
        usage.scope_missing = self.scope_missing;
        usage.failed = self.failed;
        usage.allowed_by = self.allowed_by;
        Some(usage)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::app::usage::Outcome;

    #[test]
    fn what_is_written_is_read_again() {
        let scope = ScopeId::find("ReadAccounts");
        let mut usage = OperationUsage::of("readExtension", UnixMs(1_000)).unwrap();
        usage.count(Outcome::Answered, scope, UnixMs(3_000));
        usage.count(Outcome::Failed, None, UnixMs(2_000));
        let document = UsageDocument {
            schema: SCHEMA.to_owned(),
            apps: vec![AppUsage {
                waiting: ScopeSet::default(),
                name: "Shop".to_owned(),
                client_id: "id".to_owned(),
                scopes: scope.into_iter().collect(),
                calls: vec![CallUsage::from(&usage)],
            }],
        };
        let text = serde_json::to_string(&document).unwrap();
        let read = UsageDocument::read(&text).unwrap();
        assert_eq!(read.apps[0].usage(), [usage]);
        let newer = text.replace("readExtension", "newer");
        assert_eq!(UsageDocument::read(&newer).unwrap().apps[0].usage(), []);
        let other = text.replace(SCHEMA, "serve.usage/2");
        assert!(UsageDocument::read(&other).is_none());
    }
}
