//! URLs that are not redirect URIs.
use serde::{Deserialize, Serialize};
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebUrl(String);
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DialogUrl(String);
