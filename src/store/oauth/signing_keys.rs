//! The keys that sign JWT credentials. A retired key verifies the credentials that it signed, and no
//! other: a developer who left may know it. Its private half is deleted, so that it cannot be used
//! again.

use rand::rngs::StdRng;
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::{
    domain::time::UnixMs,
    store::{StoreError, must_change_one, unlocked::Actor},
    vault::{self, JwtSigner, Place, SecretsKey},
};

fn key_at<'a>(of: &'a [&'a str; 1]) -> Place<'a> {
    Place {
        table: "signing_keys",
        column: "sealed",
        of,
    }
}

/// The newest signing key, created when it is first needed.
pub(in crate::store) fn signer(
    step: &Connection,
    actor: Actor<'_>,
    rng: &mut StdRng,
) -> Result<(String, JwtSigner), StoreError> {
    let newest: Option<(String, Vec<u8>)> = step
        .query_row(
            "SELECT kid, sealed FROM signing_keys WHERE retired_at IS NULL
             ORDER BY created_at DESC, kid LIMIT 1",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    let Some((kid, sealed)) = newest else {
        return mint_signer(step, actor.secrets()?, actor.now, rng);
    };
    let opened = vault::open(actor.secrets()?, &sealed, &key_at(&[&kid]))?;
    let signer = JwtSigner::from_bytes(&opened)?;
    if kid_of(&signer) != kid {
        return Err(StoreError::Corrupt(
            "a signing key has another name".to_owned(),
        ));
    }
    Ok((kid, signer))
}

fn mint_signer(
    step: &Connection,
    key: &SecretsKey,
    now: UnixMs,
    rng: &mut StdRng,
) -> Result<(String, JwtSigner), StoreError> {
    let signer = JwtSigner::mint(rng);
    let kid = kid_of(&signer);
    let sealed = vault::seal(key, rng, &signer.to_bytes(), &key_at(&[&kid]))?;
    let changed = step.execute(
        "INSERT INTO signing_keys (kid, sealed, jwk, created_at) VALUES (?1, ?2, ?3, ?4)",
        params![kid, sealed, signer.jwk().to_string(), now.0],
    )?;
    must_change_one(changed)?;
    Ok((kid, signer))
}

/// The thumbprint of the public half.
fn kid_of(signer: &JwtSigner) -> String {
    let jwk = signer.jwk();
    let kid = jwk.get("kid").and_then(|kid| kid.as_str());
    kid.unwrap_or_default().to_owned()
}

/// Retires the signing keys and makes another, if the workspace has any.
pub(in crate::store) fn replace_signing_key(
    step: &Connection,
    key: &SecretsKey,
    now: UnixMs,
    rng: &mut StdRng,
) -> Result<(), StoreError> {
    let retired = step.execute(
        "UPDATE signing_keys SET retired_at = ?1, sealed = x'' WHERE retired_at IS NULL",
        [now.0],
    )?;
    if retired > 0 {
        mint_signer(step, key, now, rng)?;
    }
    Ok(())
}
