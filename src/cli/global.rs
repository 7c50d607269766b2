//! The flags that every command has.

use std::path::PathBuf;

use clap::Args;

use super::{
    colored::Color,
    folders::{self, path_of},
};
use crate::environment::{DATA_DIR, PERSON};

/// Their heading in the help.
const GLOBAL: &str = "Global options";

/// Where the workspace is, who works on it, and how much is said.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct Global {
    /// Folder of the workspace [default: the user's data folder]
    #[arg(
        long,
        global = true,
        help_heading = GLOBAL,
        value_name = "DIR",
        env = DATA_DIR,
        hide_env_values = true
    )]
    data_dir: Option<PathBuf>,

    /// Developer who runs the command [default: the last one who signed in]
    #[arg(
        long = "as",
        global = true,
        help_heading = GLOBAL,
        value_name = "EMAIL",
        env = PERSON,
        hide_env_values = true
    )]
    person: Option<String>,

    /// Print no notes, only results and errors
    #[arg(short, long, global = true, help_heading = GLOBAL)]
    quiet: bool,

    /// When text is in color
    #[arg(
        long,
        global = true,
        help_heading = GLOBAL,
        value_name = "WHEN",
        value_enum,
        default_value_t
    )]
    color: Color,
}

/// Neither `--data-dir` nor a home folder says where the workspace is.
#[derive(Debug, thiserror::Error)]
#[error("No home folder found. Set the folder of the workspace with --data-dir DIR.")]
pub struct NoDataDir;

impl Global {
    /// The developer who was named for this command.
    pub fn person(&self) -> Option<&str> {
        self.person.as_deref()
    }

    pub fn is_quiet(&self) -> bool {
        self.quiet
    }

    pub fn color(&self) -> Color {
        self.color
    }

    /// The folder of the workspace, if it is not the usual one. Absolute, because folders above a
    /// relative one are not known by name.
    pub fn given_folder(&self) -> Option<PathBuf> {
        let given = self.data_dir.as_deref().map(path_of)?;
        Some(std::path::absolute(&given).unwrap_or(given))
    }

    /// The folder that holds the workspace; it need not exist yet.
    pub fn data_dir(&self) -> Result<PathBuf, NoDataDir> {
        if let Some(folder) = self.given_folder() {
            return Ok(folder);
        }
        let folder = folders::data_home().ok_or(NoDataDir)?;
        Ok(folder.join("devconsole"))
    }
}
