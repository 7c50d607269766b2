//! What was read of apps, keys and credentials, for as long as nobody changes the workspace.

use std::{collections::HashMap, hash::Hash, sync::Arc};

use serde_json::Value;

use crate::{
    domain::{app::App, credential::ClientId, id::JwtId},
    store::{JwtStanding, StoreError, Workspace},
};

/// Of each kind; a workspace has more apps than the few that log in again and again.
const REMEMBERED_MAX: usize = 1024;

/// Read once and not at each login. The platform's own connection writes none of it; whatever
/// another one commits, in this process or in another, is seen at the next question.
#[derive(Debug, Default)]
pub struct Known {
    as_of: Option<i64>,
    apps: HashMap<ClientId, Arc<App>>,
    keys: Option<Arc<Vec<Value>>>,
    credentials: HashMap<JwtId, Arc<JwtStanding>>,
}

impl Known {
    fn of_now(&mut self, workspace: &Workspace) -> Result<&mut Self, StoreError> {
        let now = Some(workspace.changes_of_others()?);
        let too_many = self.apps.len().max(self.credentials.len()) >= REMEMBERED_MAX;
        if self.as_of != now || too_many {
            *self = Self {
                as_of: now,
                ..Self::default()
            };
        }
        Ok(self)
    }

    pub fn app(
        &mut self,
        workspace: &Workspace,
        id: &ClientId,
    ) -> Result<Option<Arc<App>>, StoreError> {
        let apps = &mut self.of_now(workspace)?.apps;
        remembered(apps, id, || workspace.client(id))
    }

    pub fn keys(&mut self, workspace: &Workspace) -> Result<Arc<Vec<Value>>, StoreError> {
        let known = self.of_now(workspace)?;
        if let Some(keys) = &known.keys {
            return Ok(Arc::clone(keys));
        }
        let keys = Arc::new(workspace.jwks()?);
        known.keys = Some(Arc::clone(&keys));
        Ok(keys)
    }

    pub fn credential(
        &mut self,
        workspace: &Workspace,
        id: &JwtId,
    ) -> Result<Option<Arc<JwtStanding>>, StoreError> {
        let credentials = &mut self.of_now(workspace)?.credentials;
        remembered(credentials, id, || workspace.jwt_standing(id))
    }
}

fn remembered<K: Clone + Eq + Hash, V>(
    known: &mut HashMap<K, Arc<V>>,
    key: &K,
    read: impl FnOnce() -> Result<Option<V>, StoreError>,
) -> Result<Option<Arc<V>>, StoreError> {
    if let Some(value) = known.get(key) {
        return Ok(Some(Arc::clone(value)));
    }
    let found = read()?.map(Arc::new);
    if let Some(value) = &found {
        known.insert(key.clone(), Arc::clone(value));
    }
    Ok(found)
}
