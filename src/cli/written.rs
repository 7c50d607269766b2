//! A file that a command writes: private, and never over a file that is there unless told so.

use serde_json::json;

use super::output::{Exit, Output, Refusal, Text};
use crate::{domain::export, files::output};

pub fn write_result(file: &str, content: &[u8], replace: bool) -> Result<Output, Refusal> {
    match output::write(file, content, replace) {
        Ok(export::Output::Written { path, is_unignored }) => {
            let members = json!({ "path": path.to_string_lossy() });
            let lines = vec![format!("Written: {}", path.display())];
            let mut output = Output::new("written/1", members, Text::Lines(lines));
            if is_unignored {
                let hint = "This file is in a work tree of git, and no .gitignore names it.";
                output = output.warning([hint.to_owned()]);
            }
            Ok(output)
        }
        Ok(export::Output::Exists(path)) => {
            let message = format!(
                "{} exists already and is left as it is. Choose another name, or add --yes.",
                path.display()
            );
            Err(Refusal::new(Exit::Conflict, None, message))
        }
        Err(message) => Err(Refusal::failed(message)),
    }
}
