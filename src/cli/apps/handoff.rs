//! What an app is handed over as: a link for RingCentral's form, and code for a first call. Neither
//! holds a secret.

use clap::{Args, ValueEnum, builder::PossibleValue};
use serde_json::json;

use super::find::find;
use crate::{
    cli::{
        global::Global,
        output::{Exit, Format, Output, Refusal, Text},
        sign_in::open,
        written::write_result,
    },
    domain::export::{
        new_app_link,
        snippet::{Language, snippet},
    },
};

#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct Link {
    /// Its Client ID, or its exact name
    #[arg(value_name = "APP")]
    app: String,

    #[command(flatten)]
    pub format: Format,
}

#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct Snippet {
    /// Its Client ID, or its exact name
    #[arg(value_name = "APP")]
    app: String,

    #[arg(value_name = "LANGUAGE", value_enum)]
    language: Language,

    /// Write it to this file
    #[arg(short, long, value_name = "FILE")]
    output: Option<String>,

    /// Replace the file if it exists
    #[arg(long, requires = "output")]
    yes: bool,

    #[command(flatten)]
    pub format: Format,
}

impl ValueEnum for Language {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::Curl, Self::JavaScript, Self::Python]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(match self {
            Self::Curl => "curl",
            Self::JavaScript => "javascript",
            Self::Python => "python",
        }))
    }
}

impl Link {
    pub fn run(&self, global: &Global) -> Result<Output, Refusal> {
        let app = find(&mut open(global)?, &self.app)?;
        let link = new_app_link(&app).ok_or_else(|| {
            let message = "RingCentral's link has no word for a Notification Add-in.";
            Refusal::new(Exit::Failed, Some("APP"), message)
        })?;
        let lines = Text::Lines(vec![link.clone()]);
        Ok(Output::new("app.link/1", json!({ "link": link }), lines))
    }
}

impl Snippet {
    pub fn run(&self, global: &Global) -> Result<Output, Refusal> {
        let app = find(&mut open(global)?, &self.app)?;
        let code = snippet(&app, self.language).ok_or_else(|| {
            let message = "This type of app cannot log in by itself.";
            Refusal::new(Exit::Failed, Some("APP"), message)
        })?;
        if let Some(file) = &self.output {
            return write_result(file, code.as_bytes(), self.yes);
        }
        let lines = code.lines().map(str::to_owned).collect();
        let members = json!({ "code": code });
        Ok(Output::new("app.snippet/1", members, Text::Lines(lines)))
    }
}
