//! A draft as it is kept. What is inside is the create-app screen's business.

use super::{id::DraftId, secret::Secret, time::UnixMs};

#[derive(Clone, Debug)]
pub struct StoredDraft {
    pub id: DraftId,
    /// JSON, as it was handed in; `None` when it cannot be opened.
    pub body: Option<Secret>,
    pub updated_at: UnixMs,
}
