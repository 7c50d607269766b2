//! `devconsole explain`: causes of a failed login or call, from what came back.

use std::io::{self, IsTerminal as _, Read as _};

use clap::Args;
use serde_json::{Value, json};

use super::output::{Exit, Format, Output, Refusal, Text};
use crate::domain::oauth::{
    diagnosis::Diagnosis,
    explain::{Explained, explain},
};

/// Far more than a response or a redirect has.
const READ_MAX: u64 = 1 << 20;

#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct Explain {
    /// The response, the error code or the URL that the browser returned to. A token belongs into
    /// standard input (-), where other users of this machine do not see it
    #[arg(value_name = "TEXT")]
    text: Option<String>,

    #[command(flatten)]
    pub format: Format,
}

impl Explain {
    pub fn run(&self) -> Result<Output, Refusal> {
        let text = match self.text.as_deref() {
            Some("-") | None => read()?,
            Some(text) => text.to_owned(),
        };
        match explain(&text) {
            Explained::Unknown => Err(Refusal::new(
                Exit::NotFound,
                Some("TEXT"),
                "No error code, HTTP status, OAuth error or token response was found. Give the whole response body, or the URL that the browser returned to.",
            )),
            Explained::Fine(sentence) => {
                let members = json!({ "causes": [], "note": sentence });
                Ok(Output::new(
                    "explain/1",
                    members,
                    Text::Lines(vec![sentence]),
                ))
            }
            Explained::Causes(causes) => {
                let members: Vec<Value> = causes.iter().map(as_json).collect();
                let several =
                    (causes.len() > 1).then(|| "Possible causes, most likely first.".to_owned());
                let lines = several
                    .into_iter()
                    .chain(causes.iter().flat_map(lines))
                    .collect();
                Ok(Output::new(
                    "explain/1",
                    json!({ "causes": members, "note": null }),
                    Text::Lines(lines),
                ))
            }
        }
    }
}

fn read() -> Result<String, Refusal> {
    let stdin = io::stdin();
    if stdin.is_terminal() {
        let message = "Give the text as an argument, or pipe it in.";
        return Err(Refusal::new(Exit::Failed, Some("TEXT"), message));
    }
    let mut bytes = Vec::new();
    let read = stdin.lock().take(READ_MAX + 1).read_to_end(&mut bytes);
    read.map_err(|error| Refusal::failed(format_args!("Standard input cannot be read: {error}.")))?;
    if bytes.len() as u64 > READ_MAX {
        let message = "The text is longer than 1 MiB. Give one response.";
        return Err(Refusal::new(Exit::Failed, Some("TEXT"), message));
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn lines(why: &Diagnosis) -> Vec<String> {
    let row = why.row();
    let setting = row
        .setting
        .map(|setting| format!("Setting: {}", setting.label()));
    [
        Some(format!("Cause: {}", row.what)),
        why.detail.clone(),
        Some(format!("Fix: {}", row.remedy)),
        setting,
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn as_json(why: &Diagnosis) -> Value {
    let row = why.row();
    json!({
        "what": row.what,
        "detail": why.detail,
        "remedy": row.remedy,
        "setting": row.setting.map(|setting| setting.label()),
    })
}
