//! A developer's view of the list: favorites, sort and filter.

use rusqlite::{OptionalExtension as _, params};

use crate::domain::{app::list::ListView, id::AppId};
use crate::store::{StoreError, Workspace, acting_role, current_role, must_change_one};

impl Workspace {
    /// The signed-in developer's last sort and filter.
    pub fn list_view(&self) -> Result<ListView, StoreError> {
        let who = &self.unlocked()?.who;
        current_role(&self.db, who)?;
        let stored: Option<String> = self
            .db
            .query_row(
                "SELECT view FROM views WHERE developer_id = ?1",
                [who.as_str()],
                |row| row.get(0),
            )
            .optional()?;
        // A view of another version that cannot be read must not prevent the sign-in.
        Ok(stored
            .and_then(|stored| serde_json::from_str(&stored).ok())
            .unwrap_or_default())
    }

    pub fn keep_list_view(&mut self, view: &ListView) -> Result<(), StoreError> {
        let who = &self.unlocked()?.who;
        current_role(&self.db, who)?;
        let view = serde_json::to_string(view)
            .map_err(|_| StoreError::Other("the view cannot be written".to_owned()))?;
        let changed = self.execute(
            "INSERT INTO views (developer_id, view) VALUES (?1, ?2)
             ON CONFLICT (developer_id) DO UPDATE SET view = excluded.view",
            params![who.as_str(), view],
        )?;
        must_change_one(changed)?;
        Ok(())
    }

    /// Favorites are personal: every role may set them, and the history does not mention them.
    pub fn set_favourite(&mut self, app: &AppId, on: bool) -> Result<(), StoreError> {
        let who = &self.unlocked()?.who;
        acting_role(&self.db, who)?;
        let sql = if on {
            "INSERT OR IGNORE INTO favourites (developer_id, app_id)
             SELECT ?1, id FROM apps WHERE id = ?2"
        } else {
            "DELETE FROM favourites WHERE developer_id = ?1 AND app_id = ?2"
        };
        self.execute(sql, params![who.as_str(), app.as_str()])?;
        let is_on: bool = self.db.query_row(
            "SELECT EXISTS (SELECT 1 FROM favourites WHERE developer_id = ?1 AND app_id = ?2)",
            params![who.as_str(), app.as_str()],
            |row| row.get(0),
        )?;
        if is_on == on {
            return Ok(());
        }
        Err(StoreError::NotWritten)
    }
}
