//! The accounts whose credentials can sign in to an app.

use serde::{Deserialize, Serialize};

use super::partner::PartnerId;

/// Who will be authorized to access the app?
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    Public(Partners),
    Private,
}

impl Access {
    pub fn label(&self) -> &'static str {
        match self {
            Self::Public(_) => "public",
            Self::Private => "private",
        }
    }

    /// The label, and the accounts that it stands for.
    pub fn summary(&self) -> String {
        match self {
            Self::Private => "private: credentials of your own account".to_owned(),
            Self::Public(Partners::All) => "public, all current and future partners".to_owned(),
            Self::Public(Partners::Only(partners)) => {
                let names: Vec<&str> = partners.iter().map(|id| id.partner().label).collect();
                format!("public: {}", names.join(", "))
            }
        }
    }
}

/// What brand partners are available?
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Partners {
    /// All current and future carrier and brand partners.
    All,
    /// The forced RingCentral entry is always among them.
    Only(Vec<PartnerId>),
}
