//! Files that a person asks for, from any page.

use crate::{
    desk::{Answer, Ask, Cx, Question, Typed},
    domain::{app::list::count_of_apps, export::Output, problem::Problem},
    request::{FileContent, WriteFile},
};

/// Asks for the path of the file.
#[derive(Debug)]
pub struct Path(pub FileContent);

impl Ask for Path {
    fn title(&self) -> &'static str {
        match self.0 {
            FileContent::Export(_) => "Export settings",
            FileContent::Handoff { .. } => "Write to a file",
        }
    }

    fn question(&self) -> String {
        match &self.0 {
            FileContent::Export(apps) => format!(
                "The settings of {} as JSON, without any secret. To which file?",
                count_of_apps(apps.len())
            ),
            FileContent::Handoff { what, .. } if !what.is_secret() => {
                format!("The {}. To which file?", what.label())
            }
            FileContent::Handoff { what, .. } => format!(
                "The {}, with the secret in clear, in a file that only you can read. To which one?",
                what.label()
            ),
        }
    }

    fn answer(&self, typed: &Typed<'_>) -> Result<Answer, String> {
        if typed.text.is_empty() {
            return Err("Type the name of a file.".to_owned());
        }
        let request = WriteFile {
            content: self.0.clone(),
            path: typed.text.to_owned(),
            replace: false,
        };
        Ok(Answer::Request(request.into(), "Writing the file"))
    }
}

/// `Some` once the file is written; the person may have to confirm first that it replaces another.
pub fn written(request: WriteFile, result: Result<Output, Problem>, cx: &mut Cx<'_>) -> Option<()> {
    match cx.or_warn(result) {
        Some(Output::Written(path)) => {
            cx.notify(format!(
                "Written to {}; only you can read it.",
                path.display()
            ));
            Some(())
        }
        Some(Output::Exists(path)) => {
            let replace = WriteFile {
                replace: true,
                ..request
            };
            cx.confirm(Question {
                title: "Replace the file",
                text: format!("There is a {} already. Replace it?", path.display()),
                yes: "replace",
                then: replace.into(),
            });
            None
        }
        None => None,
    }
}
