//! Checks passwords of the login page: one at a time, because each takes 64 MiB and most of a second,
//! and few may wait. Guessing is slowed here, apart from the console: a program that polls the page
//! must not keep a developer out of the console, and made-up addresses leave no rows.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Semaphore;

use super::{Server, now, throttle::Throttle};
use crate::{
    domain::{id::DeveloperId, secret::Secret, text},
    store::SignInError,
};

const WAITING_MAX: usize = 4;
/// Wrong passwords of an address before the first wait.
const FREE_TRIES: u32 = 5;

#[derive(Debug)]
pub(super) struct Door {
    /// For the password that is being checked and those that wait.
    places: Arc<Semaphore>,
    turn: Semaphore,
    throttle: Mutex<Throttle>,
}

/// Why there is no answer.
pub(super) enum Refused {
    /// Too many are waiting.
    Busy,
    SignIn(SignInError),
}

impl Default for Door {
    fn default() -> Self {
        Self {
            places: Arc::new(Semaphore::new(1 + WAITING_MAX)),
            turn: Semaphore::new(1),
            throttle: Mutex::new(Throttle::after(FREE_TRIES)),
        }
    }
}

impl Door {
    fn throttle(&self) -> MutexGuard<'_, Throttle> {
        self.throttle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn must_not_wait(&self, name: &str) -> Result<(), SignInError> {
        match self.throttle().wait_s(name, now()) {
            Some(wait_s) => Err(SignInError::Wait {
                wait_ms: wait_s * 1000,
            }),
            None => Ok(()),
        }
    }
}

/// The developer of a right password, with their sign-in mark.
pub(super) async fn sign_in(
    server: &Server,
    email: &str,
    password: Secret,
) -> Result<(DeveloperId, [u8; 32]), Refused> {
    let name = text::key(email).to_string();
    server.door.must_not_wait(&name).map_err(Refused::SignIn)?;
    let places = Arc::clone(&server.door.places);
    let place = places.try_acquire_owned().map_err(|_| Refused::Busy)?;
    let server = Arc::clone(server);
    // In its own task: a client that disconnects must not make room for another one while its
    // password is being checked.
    let checking = tokio::spawn(async move {
        let _place = place;
        let _turn = server.door.turn.acquire().await;
        checked(&server, &name, password).await
    });
    let nobody = Err(SignInError::Refused { wait_ms: 0 });
    checking.await.unwrap_or(nobody).map_err(Refused::SignIn)
}

async fn checked(
    server: &Server,
    name: &str,
    password: Secret,
) -> Result<(DeveloperId, [u8; 32]), SignInError> {
    // Others of the same address may have failed since it began to wait.
    server.door.must_not_wait(name)?;
    let proof = server.cache().workspace.begin_proof(name)?;
    let judged = tokio::task::spawn_blocking(move || proof.judge(&password)).await;
    let judged = judged.unwrap_or(Err(SignInError::Refused { wait_ms: 0 }));
    let found = judged.and_then(|held| server.cache().workspace.end_proof(held));
    match &found {
        Ok(_) => server.door.throttle().was_right(name),
        Err(SignInError::Refused { .. }) => {
            server.door.throttle().was_wrong(name, now());
        }
        Err(_) => {}
    }
    found
}
