//! Which operations apps called. The local server counts in memory and hands the counts over now
//! and then, so that no request waits for the disk.

use std::time::Duration;

use rusqlite::{Connection, params};

use crate::{
    domain::{
        app::{scope::ScopeId, usage::OperationUsage},
        id::AppId,
        time::UnixMs,
    },
    store::{StoreError, Workspace, file::open::WRITE_WAIT},
};

impl Workspace {
    /// Adds to what was counted before, in one commit. An app that was deleted meanwhile is left
    /// out. Fails with `Busy` if another program writes for longer than `wait`.
    pub fn add_usage(
        &mut self,
        counted: &[(AppId, OperationUsage)],
        wait: Duration,
    ) -> Result<(), StoreError> {
        self.db.busy_timeout(wait)?;
        let added = self.add_all(counted);
        self.db.busy_timeout(WRITE_WAIT)?;
        added
    }

    fn add_all(&mut self, counted: &[(AppId, OperationUsage)]) -> Result<(), StoreError> {
        let step = self.write()?;
        let mut add = step.prepare_cached(
            "INSERT INTO operation_usage (app_id, operation, answered, not_simulated,
                 scope_missing, failed, first_at, last_at, scope)
             SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9
             WHERE EXISTS (SELECT 1 FROM apps WHERE id = ?1)
             ON CONFLICT (app_id, operation) DO UPDATE SET
                 answered = answered + excluded.answered,
                 not_simulated = not_simulated + excluded.not_simulated,
                 scope_missing = scope_missing + excluded.scope_missing,
                 failed = failed + excluded.failed,
                 first_at = min(first_at, excluded.first_at),
                 last_at = max(last_at, excluded.last_at),
                 scope = coalesce(excluded.scope, scope)",
        )?;
        for (app, usage) in counted {
            add.execute(params![
                app.as_str(),
                usage.operation.id,
                stored(usage.answered),
                stored(usage.not_simulated),
                stored(usage.scope_missing),
                stored(usage.failed),
                usage.first_at.0,
                usage.last_at.0,
                usage.allowed_by.map(ScopeId::as_str),
            ])?;
        }
        drop(add);
        Ok(step.commit()?)
    }

    /// The operations that an app called, those called last first.
    pub fn usage_of(&self, app: &AppId) -> Result<Vec<OperationUsage>, StoreError> {
        of(&self.db, app)
    }
}

/// The operations that an app called, those called last first. Operations that this version
/// does not know are left out.
pub(in crate::store) fn of(
    db: &Connection,
    app: &AppId,
) -> Result<Vec<OperationUsage>, StoreError> {
    let mut query = db.prepare_cached(
        "SELECT operation, answered, not_simulated, scope_missing, failed, first_at, last_at,
                 scope
             FROM operation_usage WHERE app_id = ?1 ORDER BY last_at DESC, operation",
    )?;
    let mut rows = query.query([app.as_str()])?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        let id: String = row.get(0)?;
        let counter = |column| Ok::<_, StoreError>(row.get::<_, i64>(column)?.unsigned_abs());
        let Some(mut usage) = OperationUsage::of(&id, UnixMs(row.get(5)?)) else {
            continue;
        };
        usage.answered = counter(1)?;
        usage.not_simulated = counter(2)?;
        usage.scope_missing = counter(3)?;
        usage.failed = counter(4)?;
        usage.last_at = UnixMs(row.get(6)?);
        let scope: Option<String> = row.get(7)?;
        usage.allowed_by = scope.as_deref().and_then(ScopeId::find);
        all.push(usage);
    }
    Ok(all)
}

fn stored(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
