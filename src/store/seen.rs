//! How far a developer has verified the history.

use super::roster::Verified;
use crate::vault::Link;

/// The last row that a developer has verified, with the roster after it.
pub(super) struct Seen {
    pub(super) seq: i64,
    pub(super) link: Link,
    pub(super) roster: [u8; 32],
}

impl Seen {
    pub(super) fn of(verified: &Verified) -> Self {
        Self {
            seq: verified.seq,
            link: verified.link,
            roster: verified.roster.digest(),
        }
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        [&self.seq.to_le_bytes()[..], &self.link, &self.roster].concat()
    }

    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let (seq, rest) = bytes.split_first_chunk::<8>()?;
        let (link, roster) = rest.split_first_chunk::<32>()?;
        Some(Self {
            seq: i64::from_le_bytes(*seq),
            link: *link,
            roster: roster.try_into().ok()?,
        })
    }
}
