//! For `tests/outside/env_readers.py`: reads a JSON list of values and prints, for each, its `.env`
//! line or the program that would misread it.

use std::io::{Read as _, Write as _};

use devconsole::domain::export::env_file::line;
use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    let values: Vec<String> = serde_json::from_str(&text)?;
    let answers: Vec<Value> = values
        .iter()
        .map(|value| match line("V", value) {
            Ok(line) => json!({ "line": line }),
            Err(refused) => json!({ "reader": refused.reader(), "why": refused.to_string() }),
        })
        .collect();
    writeln!(std::io::stdout(), "{}", serde_json::to_string(&answers)?)?;
    Ok(())
}
