//! Compares saving an app with the least that SQLite can do: one row of the same size, equally
//! durable, on the same disk, in turns. Prints JSON for `benches/outside`.

#[path = "support/apps.rs"]
mod apps;
#[path = "support/people.rs"]
mod people;

use std::{
    io::Write as _,
    path::PathBuf,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use anyhow::Result;
use clap::Parser;
use devconsole::{
    domain::time::UnixMs,
    files::icon,
    store::{FILE_NAME, Workspace},
    vault::KdfCost,
};
use rusqlite::Connection;

const ICON: &[u8] = include_bytes!("../tests/data/icons/square.png");

/// Time the saving of an app beside a bare commit.
#[derive(Parser)]
struct Args {
    /// A workspace that fill made; apps are added to it
    #[arg(long, value_name = "DIR")]
    data_dir: PathBuf,
    /// How many of each
    #[arg(long, value_name = "N", default_value_t = 300)]
    samples: u32,
}

fn main() -> Result<()> {
    let args = Args::parse();
    let unix = SystemTime::now().duration_since(UNIX_EPOCH)?;
    let now = UnixMs(i64::try_from(unix.as_millis())?);
    let mut workspace = Workspace::open(&args.data_dir, KdfCost::default())?.workspace;
    let me = people::enter(&mut workspace, now)?.developer.id;
    let icon = workspace.keep_icon(&icon::from_bytes(ICON.to_vec())?, now)?;
    let mut apps = apps::Apps::new(2, me.clone(), icon);
    let look = Connection::open(args.data_dir.join(FILE_NAME))?;
    let bare = Bare::new(&args.data_dir)?;

    let mut timed = Vec::new();
    for _ in 0..args.samples {
        let app = apps.next()?;
        let since = Instant::now();
        let app = workspace.create_app(app, &me, None, now)?;
        let save = since.elapsed();
        let row = vec![b'x'; row_bytes(&look, app.id.as_str())?];
        let commit = bare.commit(&row)?;
        timed.push((save.as_nanos(), commit.as_nanos(), row.len()));
    }
    bare.remove()?;
    workspace.close()?;
    serde_json::to_writer(std::io::stdout(), &timed)?;
    writeln!(std::io::stdout())?;
    Ok(())
}

/// The size of the app's row and of the rows that belong to it.
fn row_bytes(db: &Connection, id: &str) -> Result<usize> {
    let bytes: i64 = db.query_row(
        "SELECT length(id) + length(client_id) + length(name) * 2 + length(search) + length(spec)
             + (SELECT coalesce(sum(length(id) + length(app_id) + length(sealed) + length(sha256)), 0)
                FROM client_secrets WHERE app_id = ?1)
             + (SELECT coalesce(sum(length(app_id) + length(sealed)), 0)
                FROM shared_secrets WHERE app_id = ?1)
             + (SELECT coalesce(sum(length(id) + length(app_id) + length(scope)
                    + length(justification)), 0)
                FROM tickets WHERE app_id = ?1)
         FROM apps WHERE id = ?1",
        [id],
        |row| row.get(0),
    )?;
    Ok(usize::try_from(bytes)?)
}

struct Bare {
    db: Connection,
    path: PathBuf,
}

impl Bare {
    fn new(dir: &std::path::Path) -> Result<Self> {
        let path = dir.join("bare.db");
        let db = Connection::open(&path)?;
        db.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE rows (bytes BLOB)",
        )?;
        Ok(Self { db, path })
    }

    fn commit(&self, row: &[u8]) -> Result<Duration> {
        let since = Instant::now();
        self.db
            .prepare_cached("INSERT INTO rows (bytes) VALUES (?1)")?
            .execute([row])?;
        Ok(since.elapsed())
    }

    fn remove(self) -> Result<()> {
        self.db.close().map_err(|(_, error)| error)?;
        Ok(std::fs::remove_file(self.path)?)
    }
}
