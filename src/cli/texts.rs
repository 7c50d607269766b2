//! Texts that a person gives: as an argument, in a file, or on standard input.

use std::{
    fmt::Display,
    fs::File,
    io::{self, Read as _},
    path::Path,
};

use super::{
    folders::path_of,
    output::{Exit, Refusal},
};

/// More than any text of a setting has.
const BYTES_MAX: u64 = 1024 * 1024;

/// `-` is standard input.
pub fn argument_or_input(given: &str) -> Result<String, Refusal> {
    if given != "-" {
        return Ok(given.to_owned());
    }
    let mut text = String::new();
    std::io::stdin()
        .lock()
        .take(BYTES_MAX)
        .read_to_string(&mut text)
        .map_err(|error| {
            Refusal::failed(format_args!("Standard input cannot be read: {error}."))
        })?;
    Ok(text)
}

pub fn text_of_file(given: &str) -> Result<String, Refusal> {
    let mut text = String::new();
    File::open(path_of(Path::new(given)))
        .and_then(|file| file.take(BYTES_MAX).read_to_string(&mut text))
        .map_err(|error| unreadable(given, &error))?;
    Ok(text)
}

/// Why a file cannot be read, and what to do where that is known.
pub fn unreadable(file: impl Display, error: &io::Error) -> Refusal {
    let (exit, message) = match error.kind() {
        io::ErrorKind::NotFound => (
            Exit::NotFound,
            format!("{file} does not exist. Check the path."),
        ),
        io::ErrorKind::IsADirectory => (
            Exit::Failed,
            format!("{file} is a folder. Enter a file name."),
        ),
        io::ErrorKind::PermissionDenied => (
            Exit::Failed,
            format!("You have no permission to read {file}. Check who owns it and its folder."),
        ),
        _ => (Exit::Failed, format!("{file} cannot be read: {error}.")),
    };
    Refusal::new(exit, None, message)
}
