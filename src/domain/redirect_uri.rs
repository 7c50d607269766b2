//! Redirect URIs.
use serde::{Deserialize, Serialize};
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RedirectPolicy {
    Confidential,
    BrowserBased,
    Native,
}
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RedirectUri(String);
impl RedirectUri {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
