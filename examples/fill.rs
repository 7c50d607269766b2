//! Fills a workspace with realistic apps through the real store, for measurements and experiments:
//! `cargo run --release --example fill -- --data-dir DIR --apps 100000`.

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
use devconsole::{domain::time::UnixMs, files::icon, store::Workspace, vault::KdfCost};

/// A commit costs as much as many apps, so apps are saved in batches. The log is checkpointed in
/// between.
const BATCH: u64 = 2_000;
const ICON: &[u8] = include_bytes!("../tests/data/icons/square.png");
/// Apps are spread over the two years before now.
const SINCE: Duration = Duration::from_secs(2 * 365 * 24 * 60 * 60);

/// Fill a workspace with realistic apps.
#[derive(Parser)]
struct Args {
    /// Where the workspace is, or is to be made
    #[arg(long, value_name = "DIR")]
    data_dir: PathBuf,
    /// How many apps to add
    #[arg(long, value_name = "N", default_value_t = 100)]
    apps: u64,
    /// Another number gives other apps
    #[arg(long, value_name = "SEED", default_value_t = 1)]
    seed: u64,
}

fn main() -> Result<()> {
    let args = Args::parse();
    let started = Instant::now();
    let now = millis(SystemTime::now().duration_since(UNIX_EPOCH)?);
    let mut workspace = Workspace::open(&args.data_dir, KdfCost::default())?.workspace;
    let me = people::enter(&mut workspace, UnixMs(now))?.developer.id;
    let icon = icon::from_bytes(ICON.to_vec())?;
    let icon = workspace.keep_icon(&icon, UnixMs(now))?;

    let mut apps = apps::Apps::new(args.seed, me.clone(), icon);
    let (first, span) = (now - millis(SINCE), millis(SINCE));
    let mut made = 0;
    while made < args.apps {
        let batch = (made..args.apps.min(made + BATCH))
            .map(|nth| {
                let share = i64::try_from(nth)? * span / i64::try_from(args.apps)?;
                Ok((apps.next()?, UnixMs(first + share)))
            })
            .collect::<Result<Vec<_>>>()?;
        made += workspace.create_apps(batch, &me)?.len() as u64;
    }
    workspace.close()?;
    writeln!(
        std::io::stdout(),
        "{made} apps in {:.2} s\nE-mail: {}\nPassword: {}",
        started.elapsed().as_secs_f64(),
        people::EMAIL,
        people::PASSWORD,
    )?;
    Ok(())
}

fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}
