//! Keeps apps, secrets, keys and credentials of the workspace in memory until they change.

use std::{collections::HashMap, hash::Hash, sync::Arc};

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::{
    answer::Refusal,
    verify::{Assertion, verify},
};
use crate::{
    domain::{app::App, id::JwtId, oauth::credential::ClientId, time::UnixMs},
    store::{JwtStanding, KeptSecret, StoreError, Workspace},
};

/// Most entries of each kind. Few of a workspace's apps log in again and again.
const REMEMBERED_MAX: usize = 1024;

/// The workspace, and what was read from it.
#[derive(Debug)]
pub struct Cache {
    pub workspace: Workspace,
    entries: Entries,
}

/// Read once instead of at each login. This connection changes none of it; a commit of another one,
/// in any process, empties the cache at the next read.
#[derive(Debug, Default)]
struct Entries {
    as_of: Option<i64>,
    apps: HashMap<ClientId, Arc<App>>,
    secrets: HashMap<ClientId, Vec<KeptSecret>>,
    keys: Option<Vec<Value>>,
    /// By the SHA-256 of the whole token. An app presents the same token at every login, and
    /// checking its signature is most of the work. The signature stays valid as long as its key
    /// exists.
    assertions: HashMap<[u8; 32], Arc<Assertion>>,
    credentials: HashMap<JwtId, Arc<JwtStanding>>,
}

impl Entries {
    fn is_full(&self) -> bool {
        let sizes = [
            self.apps.len(),
            self.secrets.len(),
            self.assertions.len(),
            self.credentials.len(),
        ];
        sizes.iter().any(|size| *size >= REMEMBERED_MAX)
    }
}

impl Cache {
    pub fn new(workspace: Workspace) -> Self {
        Self {
            workspace,
            entries: Entries::default(),
        }
    }

    fn of_now(&mut self) -> Result<(&mut Entries, &mut Workspace), StoreError> {
        let now = Some(self.workspace.changes_of_others()?);
        if self.entries.as_of != now || self.entries.is_full() {
            self.entries = Entries {
                as_of: now,
                ..Entries::default()
            };
        }
        Ok((&mut self.entries, &mut self.workspace))
    }

    pub fn app(&mut self, id: &ClientId) -> Result<Option<Arc<App>>, StoreError> {
        let (entries, workspace) = self.of_now()?;
        remembered(&mut entries.apps, id, || workspace.client(id))
    }

    /// Whether this is a live secret of the client. Its use is noted.
    pub fn verify_secret(
        &mut self,
        client: &ClientId,
        presented: &str,
        now: UnixMs,
    ) -> Result<bool, StoreError> {
        let (entries, workspace) = self.of_now()?;
        let secrets = &mut entries.secrets;
        if !secrets.contains_key(client) {
            secrets.insert(client.clone(), workspace.kept_secrets(client)?);
        }
        let kept = secrets
            .get_mut(client)
            .map_or(&mut [][..], Vec::as_mut_slice);
        workspace.verify_client_secret(kept, presented, now)
    }

    /// The claims of an assertion, if its signature is valid.
    pub fn assertion(&mut self, token: &str) -> Result<Arc<Assertion>, Refusal> {
        let (entries, workspace) = self.of_now()?;
        let sha256: [u8; 32] = Sha256::digest(token.as_bytes()).into();
        if let Some(assertion) = entries.assertions.get(&sha256) {
            return Ok(Arc::clone(assertion));
        }
        let keys = match entries.keys.take() {
            Some(keys) => keys,
            None => workspace.jwks()?,
        };
        let assertion = Arc::new(verify(token, entries.keys.insert(keys))?);
        entries.assertions.insert(sha256, Arc::clone(&assertion));
        Ok(assertion)
    }

    pub fn credential(&mut self, id: &JwtId) -> Result<Option<Arc<JwtStanding>>, StoreError> {
        let (entries, workspace) = self.of_now()?;
        remembered(&mut entries.credentials, id, || workspace.jwt_standing(id))
    }
}

fn remembered<K: Clone + Eq + Hash, V>(
    entries: &mut HashMap<K, Arc<V>>,
    key: &K,
    read: impl FnOnce() -> Result<Option<V>, StoreError>,
) -> Result<Option<Arc<V>>, StoreError> {
    if let Some(value) = entries.get(key) {
        return Ok(Some(Arc::clone(value)));
    }
    let found = read()?.map(Arc::new);
    if let Some(value) = &found {
        entries.insert(key.clone(), Arc::clone(value));
    }
    Ok(found)
}
