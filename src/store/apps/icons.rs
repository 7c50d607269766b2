//! Icons, stored once for all apps that use them. `files::icon` decodes them.

use rusqlite::{Connection, OptionalExtension as _, params};

use crate::domain::{
    app::icon::{Icon, IconFormat, IconRef, PREVIEW_SIDE, Preview},
    time::UnixMs,
};
use crate::store::{StoreError, Unlocked, Workspace, must_change_one, require_writer};

/// Red, green, blue, and 0 for transparent pixels.
const PIXEL: usize = 4;
const PREVIEW_BYTES: usize = PREVIEW_SIDE * PREVIEW_SIDE * PIXEL;

impl Workspace {
    pub fn keep_icon(&mut self, icon: &Icon, now: UnixMs) -> Result<IconRef, StoreError> {
        let Unlocked { who, .. } = self.unlocked()?;
        require_writer(&self.db, who, "add icons")?;
        let step = self.write()?;
        keep(&step, icon, now)?;
        step.commit()?;
        Ok(icon.about.clone())
    }

    /// The file of an icon.
    pub fn icon_bytes(&self, sha256: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let mut query = self
            .db
            .prepare_cached("SELECT bytes FROM icons WHERE sha256 = ?1")?;
        Ok(query.query_row([sha256], |row| row.get(0)).optional()?)
    }

    /// `None` when the icon is not in the workspace.
    pub fn icon_preview(&self, sha256: &str) -> Result<Option<Preview>, StoreError> {
        let packed: Option<Vec<u8>> = self
            .db
            .query_row(
                "SELECT preview FROM icons WHERE sha256 = ?1",
                [sha256],
                |row| row.get(0),
            )
            .optional()?;
        packed.as_deref().map(unpacked).transpose()
    }
}

pub(in crate::store) fn keep(
    step: &Connection,
    icon: &Icon,
    now: UnixMs,
) -> Result<(), StoreError> {
    let changed = step
        .prepare_cached(
            "INSERT INTO icons (sha256, format, side, preview, bytes, kept_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (sha256) DO UPDATE SET kept_at = ?6",
        )?
        .execute(params![
            icon.about.sha256,
            icon.about.format.as_str(),
            icon.about.side,
            packed(&icon.preview),
            icon.bytes,
            now.0
        ])?;
    must_change_one(changed)
}

/// The facts about an icon of the workspace.
pub(in crate::store) fn about(
    db: &Connection,
    sha256: &str,
) -> Result<Option<IconRef>, StoreError> {
    let mut query = db.prepare_cached("SELECT format, side FROM icons WHERE sha256 = ?1")?;
    let found: Option<(String, u32)> = query
        .query_row([sha256], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((format, side)) = found else {
        return Ok(None);
    };
    let format = IconFormat::from_stored(&format)
        .ok_or_else(|| StoreError::Corrupt(format!("unknown picture format \"{format}\"")))?;
    Ok(Some(IconRef {
        sha256: sha256.to_owned(),
        format,
        side,
    }))
}

pub(in crate::store) fn is_kept(db: &Connection, sha256: &str) -> Result<bool, StoreError> {
    let mut query = db.prepare_cached("SELECT EXISTS (SELECT 1 FROM icons WHERE sha256 = ?1)")?;
    Ok(query.query_row([sha256], |row| row.get(0))?)
}

fn packed(preview: &Preview) -> Vec<u8> {
    preview
        .pixels
        .iter()
        .flat_map(|pixel| pixel.map_or([0; PIXEL], |[red, green, blue]| [red, green, blue, 255]))
        .collect()
}

fn unpacked(bytes: &[u8]) -> Result<Preview, StoreError> {
    if bytes.len() != PREVIEW_BYTES {
        return Err(StoreError::Corrupt("an icon's preview is cut".to_owned()));
    }
    let (pixels, _) = bytes.as_chunks::<PIXEL>();
    Ok(Preview {
        pixels: pixels
            .iter()
            .map(|&[red, green, blue, seen]| (seen > 0).then_some([red, green, blue]))
            .collect(),
    })
}
