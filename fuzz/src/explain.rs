//! What is pasted to be explained: any text is survived, and nothing of it is told again but the
//! label of a scope and a count.

use devconsole::domain::{
    explain::{Explained, explain},
    scope,
};

pub fn explained(text: &str) {
    match explain(text) {
        Explained::Unknown => {}
        Explained::Fine(said) => assert!(said.len() < 160, "{said}"),
        Explained::Causes(all) => {
            assert!(!all.is_empty());
            for why in all {
                if let Some(detail) = &why.detail {
                    let is_scope = scope::catalogue()
                        .iter()
                        .any(|scope| detail.contains(scope.label));
                    assert!(is_scope, "{detail}");
                }
            }
        }
    }
}
