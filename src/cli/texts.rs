//! Texts that a person gives: as an argument, or on standard input.

use std::io::Read as _;

use super::output::Refusal;

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
