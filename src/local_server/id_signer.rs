//! The key that ID tokens are signed with: of this run, since the workspace's own is sealed, and
//! one for all local servers of the process. Minting it takes longer than starting a server, so it
//! is minted aside, once something asks for what leads to an ID token.

use std::{
    sync::{Once, OnceLock},
    thread,
};

use super::answer::Refusal;
use crate::{
    store::StoreError,
    vault::{self, RsaSigner, VaultError},
};

static SIGNER: OnceLock<Result<RsaSigner, VaultError>> = OnceLock::new();

/// Begins to mint the key, unless it is there or on its way.
pub fn prepare() {
    static BEGUN: Once = Once::new();
    BEGUN.call_once(|| {
        // Where no thread can be had, the first who needs the key mints it.
        let _ = thread::Builder::new()
            .name("id-key".to_owned())
            .spawn(minted);
    });
}

/// Waits for the key without keeping other requests waiting.
pub async fn ready() {
    if SIGNER.get().is_none() {
        // A panic while minting is met again, and told, by who needs the key.
        let _ = tokio::task::spawn_blocking(minted).await;
    }
}

fn minted() -> &'static Result<RsaSigner, VaultError> {
    SIGNER.get_or_init(|| RsaSigner::mint(&mut vault::os_random()?))
}

/// The key; waits for it.
pub fn signer() -> Result<&'static RsaSigner, Refusal> {
    minted()
        .as_ref()
        .map_err(|error| StoreError::from(*error).into())
}
