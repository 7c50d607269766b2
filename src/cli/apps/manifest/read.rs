//! Reads a manifest, and reports what is wrong with it.

use std::io;

use crate::{
    cli::{
        output::{Exit, Finding, Refusal},
        texts::unreadable,
    },
    manifest,
    runtime::manifest::{ManifestFile, Unfit},
};

/// `-` is standard input.
pub fn read(given: &str) -> Result<ManifestFile, Refusal> {
    let read = match given {
        "-" => ManifestFile::of_input(io::stdin().lock()),
        path => ManifestFile::read(path),
    };
    read.map_err(|unfit| match unfit {
        Unfit::Unreadable(error) => unreadable(given, &error).about("FILE"),
        Unfit::Refused(found) => refused(&found),
    })
}

/// All errors of a manifest at once.
pub fn refused(found: &[manifest::Finding]) -> Refusal {
    let errors = found.iter().filter(|finding| !finding.is_warning);
    Refusal {
        exit: Exit::Failed,
        findings: errors.map(finding).collect(),
        retry_after_s: None,
    }
}

pub fn finding(found: &manifest::Finding) -> Finding {
    found.clone().into()
}

/// `warning:` is added where they are printed.
pub fn warnings(found: &[manifest::Finding]) -> Vec<String> {
    let warnings = found.iter().filter(|finding| finding.is_warning);
    warnings.map(|one| finding(one).line()).collect()
}
