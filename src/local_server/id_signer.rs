//! The key that signs ID tokens. It is new in each run, because the workspace's key is sealed, and
//! shared by all local servers of the process. Minting it takes longer than starting a server, so a
//! thread mints it once a request may lead to an ID token.

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

/// Starts to mint the key, unless that has been done.
pub fn prepare() {
    static BEGUN: Once = Once::new();
    BEGUN.call_once(|| {
        // Without a thread, the first token request mints it.
        let _ = thread::Builder::new()
            .name("id-key".to_owned())
            .spawn(minted);
    });
}

/// Waits for the key without blocking other requests.
pub async fn ready() {
    if SIGNER.get().is_none() {
        // After a panic, the request that needs the key mints it again and reports the error.
        let _ = tokio::task::spawn_blocking(minted).await;
    }
}

fn minted() -> &'static Result<RsaSigner, VaultError> {
    SIGNER.get_or_init(|| RsaSigner::mint(&mut vault::os_random()?))
}

/// The key. Blocks until it exists.
pub fn signer() -> Result<&'static RsaSigner, Refusal> {
    minted()
        .as_ref()
        .map_err(|error| StoreError::from(*error).into())
}
