//! `devconsole app`. What reads no secret and changes nothing needs no sign-in.

mod change;
mod fields;
mod find;
mod form;
mod handoff;
mod kept;
mod list;
mod manifest;
mod rotate;
mod show;

use clap::{Args, Subcommand};

pub use self::find::{find, find_id};
use self::{
    find::Which,
    form::{CloneApp, Create, Edit},
    handoff::{Link, Snippet},
    kept::{Forget, Keep},
    manifest::{Apply, Diff, Export},
    rotate::Rotate,
    show::Show,
};
use super::{
    done::Changing,
    global::Global,
    output::{Format, Output, Refusal},
    sign_in::{open, sign_in},
};
use crate::domain::app::{
    list::{Bulk, Column, Sort},
    tag,
};

/// The apps of the workspace.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum Apps {
    /// List apps; piped, a line for each with full values between tabs
    List {
        /// Words and facets, as in the list of the console, e.g. "type:bot is:active"
        #[arg(
            long,
            value_name = "QUERY",
            default_value = "",
            hide_default_value = true
        )]
        filter: String,

        /// Column to sort by
        #[arg(long, value_enum, default_value_t)]
        sort: Column,

        /// Sort from Z to A, or the newest first
        #[arg(long)]
        reverse: bool,

        /// Most apps to list [default: all]
        #[arg(long, value_name = "N")]
        limit: Option<u32>,

        #[command(flatten)]
        format: Format,
    },
    /// Show the settings of an app, the state of its scopes and the dates of its secrets
    Show(Show),
    /// Create an app from flags, a manifest, or RingCentral's prefilled link
    Create(Box<Create>),
    /// Change the settings of an app
    Edit(Box<Edit>),
    /// Create another app with the settings of one
    Clone(Box<CloneApp>),
    /// Suspend apps: their credentials stop working until they are resumed
    Suspend(Several),
    /// Resume suspended apps
    Resume(Several),
    /// Move apps to the trash, where they stay for 30 days
    Delete(Asked),
    /// Restore apps from the trash
    Restore(Several),
    /// Delete apps of the trash permanently, with their credentials
    Purge(Asked),
    /// Add tags to apps, and remove tags from them
    Tag {
        #[command(flatten)]
        which: Which,

        #[command(flatten)]
        tags: Tags,

        #[command(flatten)]
        changing: Changing,
    },
    /// Rotate the Client Secret of an app
    Rotate(Rotate),
    /// Save the credentials that RingCentral issued for an app
    Keep(Keep),
    /// Remove the credentials that RingCentral issued for an app
    Forget(Forget),
    /// Print a link that opens RingCentral's form, filled in with the settings of an app
    Link(Link),
    /// Print code for a first call
    Snippet(Snippet),
    Export(Export),
    Diff(Diff),
    Apply(Apply),
}

/// Several apps, changed without a question.
#[derive(Clone, Debug, PartialEq, Eq, clap::Args)]
pub struct Several {
    #[command(flatten)]
    which: Which,

    #[command(flatten)]
    changing: Changing,
}

/// Several apps, changed after a question.
#[derive(Clone, Debug, PartialEq, Eq, clap::Args)]
pub struct Asked {
    #[command(flatten)]
    which: Which,

    /// Do not ask
    #[arg(long)]
    yes: bool,

    #[command(flatten)]
    changing: Changing,
}

/// Which tags change.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
#[group(required = true, multiple = true)]
pub struct Tags {
    /// Tag to add; may be repeated
    #[arg(long, value_name = "TAG")]
    add: Vec<String>,

    /// Tag to remove; may be repeated
    #[arg(long, value_name = "TAG")]
    remove: Vec<String>,
}

impl Apps {
    pub fn format(&self) -> Format {
        match self {
            Self::List { format, .. } => *format,
            Self::Show(show) => show.format,
            Self::Create(create) => create.changing.format,
            Self::Edit(edit) => edit.changing.format,
            Self::Clone(clone) => clone.changing.format,
            Self::Suspend(several) | Self::Resume(several) | Self::Restore(several) => {
                several.changing.format
            }
            Self::Delete(asked) | Self::Purge(asked) => asked.changing.format,
            Self::Tag { changing, .. } => changing.format,
            Self::Rotate(rotate) => rotate.changing.format,
            Self::Keep(keep) => keep.changing.format,
            Self::Forget(forget) => forget.changing.format,
            Self::Link(link) => link.format,
            Self::Snippet(snippet) => snippet.format,
            Self::Export(export) => export.json,
            Self::Diff(diff) => diff.format,
            Self::Apply(apply) => apply.changing.format,
        }
    }

    #[expect(clippy::too_many_lines, reason = "one match: a command each")]
    pub fn run(&self, global: &Global) -> Result<Output, Refusal> {
        match self {
            Self::List {
                filter,
                sort,
                reverse,
                limit,
                ..
            } => {
                let sort = Sort {
                    column: *sort,
                    reversed: *reverse,
                };
                let limit = limit.map_or(u64::from(u32::MAX), u64::from);
                list::list(&mut open(global)?, filter, sort, limit)
            }
            Self::Show(show) => show.run(global),
            Self::Create(create) => create.run(sign_in(global, create.changing.dry_run)?),
            Self::Edit(edit) => edit.run(sign_in(global, edit.changing.dry_run)?),
            Self::Clone(clone) => clone.run(sign_in(global, clone.changing.dry_run)?),
            Self::Suspend(several) => several.run(global, &Bulk::Suspend),
            Self::Resume(several) => several.run(global, &Bulk::Resume),
            Self::Restore(several) => several.run(global, &Bulk::Restore),
            Self::Delete(asked) => {
                let is_rehearsal = asked.changing.dry_run;
                let signed_in = sign_in(global, is_rehearsal)?;
                change::change(
                    signed_in,
                    &asked.which,
                    &Bulk::Delete,
                    asked.yes,
                    is_rehearsal,
                )
            }
            Self::Purge(asked) => {
                let is_rehearsal = asked.changing.dry_run;
                let signed_in = sign_in(global, is_rehearsal)?;
                change::purge(signed_in, &asked.which, asked.yes, is_rehearsal)
            }
            Self::Tag {
                which,
                tags: Tags { add, remove },
                changing,
            } => {
                let tags = |flag: &str, typed: &[String]| {
                    tag::parse(&typed.join(" "))
                        .map_err(|problem| Refusal::failed(problem).about(flag))
                };
                let (add, remove) = (tags("--add", add)?, tags("--remove", remove)?);
                let bulk = Bulk::ChangeTags { add, remove };
                let signed_in = sign_in(global, changing.dry_run)?;
                change::change(signed_in, which, &bulk, true, changing.dry_run)
            }
            Self::Rotate(rotate) => rotate.run(sign_in(global, rotate.changing.dry_run)?),
            Self::Keep(keep) => keep.run(sign_in(global, keep.changing.dry_run)?),
            Self::Forget(forget) => forget.run(sign_in(global, forget.changing.dry_run)?),
            Self::Link(link) => link.run(global),
            Self::Snippet(snippet) => snippet.run(global),
            Self::Export(export) => export.run(global),
            Self::Diff(diff) => diff.run(global),
            Self::Apply(apply) => apply.run(global),
        }
    }
}

impl Several {
    fn run(&self, global: &Global, bulk: &Bulk) -> Result<Output, Refusal> {
        let is_rehearsal = self.changing.dry_run;
        let signed_in = sign_in(global, is_rehearsal)?;
        change::change(signed_in, &self.which, bulk, true, is_rehearsal)
    }
}
