//! The folders of the operating system for programs.

use std::path::{Path, PathBuf};

use crate::{environment, files::path::resolve_os};

/// The folder for the data of programs.
pub fn data_home() -> Option<PathBuf> {
    base_dir("XDG_DATA_HOME", |dirs| dirs.data_dir())
}

/// The folder for the settings of programs.
pub fn config_home() -> Option<PathBuf> {
    base_dir("XDG_CONFIG_HOME", |dirs| dirs.config_dir())
}

/// The XDG specification ignores relative paths; a path that begins with `~` becomes absolute.
fn base_dir(name: &str, of: impl Fn(&directories::BaseDirs) -> &Path) -> Option<PathBuf> {
    let dirs = directories::BaseDirs::new();
    let default = || dirs.as_ref().map(|dirs| of(dirs).to_owned());
    if cfg!(target_os = "macos") {
        return default();
    }
    let given = environment::var_os(name).map(|given| path_of(Path::new(&given)));
    given.filter(|path| path.is_absolute()).or_else(default)
}

/// A path from the command line or from a variable.
pub fn path_of(given: &Path) -> PathBuf {
    resolve_os(given.as_os_str(), environment::home().as_deref())
}
