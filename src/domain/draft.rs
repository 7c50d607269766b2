//! A draft as the store keeps it. Only the create-app screen knows its contents.

use super::{id::DraftId, secret::Secret, time::UnixMs};

#[derive(Clone, Debug)]
pub struct StoredDraft {
    pub id: DraftId,
    /// JSON, as the form wrote it. `None` if it cannot be opened.
    pub body: Option<Secret>,
    pub updated_at: UnixMs,
}
