//! Files that a person asks for, from any page.

use crate::{
    desk::{Answer, Ask, Cx, Question, Typed},
    domain::{app::list::count_of_apps, export::Output, problem::Problem},
    request::{FileContent, WriteFile},
};

/// Asks where the file goes, and proposes a path. A folder that a shell would quote is left out of
/// the proposal, because a typed path may be quoted.
pub fn ask(content: FileContent, name: &str, cx: &mut Cx<'_>) {
    let folder = &cx.settings.folder;
    let is_plain = |c: char| !c.is_control() && !matches!(c, '\'' | '"' | '\\');
    let proposed = if folder.chars().all(is_plain) {
        std::path::Path::new(folder)
            .join(name)
            .display()
            .to_string()
    } else {
        name.to_owned()
    };
    cx.ask(Path(content), &proposed);
}

/// The path of the file.
#[derive(Debug)]
struct Path(FileContent);

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
                "The settings of {} as a manifest: TOML, or JSON if the name ends in .json. It holds no secret.",
                count_of_apps(apps.len())
            ),
            FileContent::Handoff { what, .. } if !what.is_secret() => {
                format!("The {}. It holds no secret.", what.label())
            }
            FileContent::Handoff { what, .. } => format!(
                "The {}. It holds secrets in clear text; only you can read the file.",
                what.label()
            ),
        }
    }

    fn verb(&self) -> &'static str {
        match self.0 {
            FileContent::Export(_) => "export",
            FileContent::Handoff { .. } => "write file",
        }
    }

    fn answer(&self, typed: &Typed<'_>) -> Result<Answer, String> {
        if typed.text.is_empty() {
            return Err("Enter a file name.".to_owned());
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
        Some(Output::Written { path, is_unignored }) => {
            let path = path.display();
            if is_unignored && request.content.is_secret() {
                cx.warn(format!(
                    "Written to {path}. Git may commit it: no .gitignore names it."
                ));
            } else {
                cx.notify(format!("Written to {path}. Only you can read it."));
            }
            Some(())
        }
        Some(Output::Exists(path)) => {
            let replace = WriteFile {
                replace: true,
                ..request
            };
            cx.confirm(Question {
                title: "Replace the file",
                text: format!("{} already exists. Replace it?", path.display()),
                yes: "replace",
                then: replace.into(),
                other: None,
            });
            None
        }
        None => None,
    }
}
