//! Names of rows: opaque, random, never reused.

use rand::CryptoRng;
use serde::{Deserialize, Serialize};

use crate::domain::oauth::credential::mint_id;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Wraps an identifier that exists already, e.g. one from the workspace.
            pub fn from_stored(id: impl Into<String>) -> Self {
                Self(id.into())
            }

            pub fn mint(rng: &mut impl CryptoRng) -> Self {
                Self(mint_id(rng))
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
    )+};
}

ids! {
    /// A registered app in the workspace. Not the Client ID.
    AppId,
    /// A developer of the organization.
    DeveloperId,
    /// A draft of the create-app form.
    DraftId,
    /// A request for a scope that requires approval.
    TicketId,
    /// A JWT credential; the `jti` of its token.
    JwtId,
}
