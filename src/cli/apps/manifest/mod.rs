//! Apps as a file: `export`, `diff` and `apply`.

mod diff;
mod export;
mod read;

pub use self::{
    diff::{Apply, Diff},
    export::Export,
    read::{finding, read},
};
