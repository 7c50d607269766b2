//! `devconsole people`: the developers of the organization. Adding one is left to the console: the
//! first password is seen once and handed over.

use clap::{Subcommand, ValueEnum, builder::PossibleValue};
use serde_json::{Value, json};

use super::{
    ask::confirm,
    done::{Changing, Done, Subject},
    global::Global,
    output::{Exit, Format, Output, Refusal, Text},
    sign_in::{SignedIn, sign_in},
    table::{Cell, Table},
};
use crate::domain::{
    people::developer::{Developer, Role},
    text,
    time::UnixMs,
};

/// The developers of the organization.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum People {
    /// List developers
    List {
        #[command(flatten)]
        format: Format,
    },
    /// Change the role of a developer
    Role {
        /// Their e-mail
        #[arg(value_name = "EMAIL")]
        email: String,

        #[arg(value_name = "ROLE", value_enum)]
        role: Role,

        #[command(flatten)]
        changing: Changing,
    },
    /// Disable a developer: they can no longer sign in
    Disable(Asked),
    /// Enable a developer again
    Enable {
        /// Their e-mail
        #[arg(value_name = "EMAIL")]
        email: String,

        #[command(flatten)]
        changing: Changing,
    },
    /// Remove a developer permanently; their apps stay
    Remove(Asked),
}

#[derive(Clone, Debug, PartialEq, Eq, clap::Args)]
pub struct Asked {
    /// Their e-mail
    #[arg(value_name = "EMAIL")]
    email: String,

    /// Do not ask
    #[arg(long)]
    yes: bool,

    #[command(flatten)]
    changing: Changing,
}

impl ValueEnum for Role {
    fn value_variants<'a>() -> &'a [Self] {
        Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.as_str()).help(self.label()))
    }
}

/// What happens to the developer.
#[derive(Clone, Copy)]
enum Deed {
    Role(Role),
    Disable,
    Enable,
    Remove,
}

impl People {
    pub fn format(&self) -> Format {
        match self {
            Self::List { format } => *format,
            Self::Role { changing, .. } | Self::Enable { changing, .. } => changing.format,
            Self::Disable(asked) | Self::Remove(asked) => asked.changing.format,
        }
    }

    pub fn run(&self, global: &Global) -> Result<Output, Refusal> {
        let (email, deed, is_agreed, changing) = match self {
            Self::List { .. } => return list(&sign_in(global, false)?),
            Self::Role {
                email,
                role,
                changing,
            } => (email, Deed::Role(*role), true, changing),
            Self::Enable { email, changing } => (email, Deed::Enable, true, changing),
            Self::Disable(asked) => (&asked.email, Deed::Disable, asked.yes, &asked.changing),
            Self::Remove(asked) => (&asked.email, Deed::Remove, asked.yes, &asked.changing),
        };
        let is_rehearsal = changing.dry_run;
        let signed_in = sign_in(global, is_rehearsal)?;
        change(
            signed_in,
            email,
            deed,
            is_agreed || is_rehearsal,
            is_rehearsal,
        )
    }
}

fn list(signed_in: &SignedIn) -> Result<Output, Refusal> {
    let team = signed_in.workspace.team()?;
    let mut rows = Vec::new();
    let mut people: Vec<Value> = Vec::new();
    for member in &team.members {
        let one = &member.developer;
        let last = member.last_sign_in_at;
        rows.push(vec![
            one.full_name.as_str().into(),
            one.email.as_str().into(),
            one.role.label().into(),
            one.state.label().into(),
            last.map_or_else(|| "never".into(), Cell::day),
        ]);
        people.push(json!({
            "name": one.full_name,
            "email": one.email.as_str(),
            "role": one.role.as_str(),
            "state": one.state.as_str(),
            "last_sign_in_at": last.map(UnixMs::rfc3339),
            "must_change_password": member.must_change_password,
        }));
    }
    let table = Table {
        heads: vec!["NAME", "E-MAIL", "ROLE", "STATE", "LAST SIGN-IN"],
        rows,
        flexible: 0,
        none: "There is no developer.",
    };
    let members = json!({ "people": people });
    let output = Output::new("people/1", members, Text::Table(table));
    Ok(output.warning(signed_in.warnings.clone()))
}

fn find(signed_in: &SignedIn, email: &str) -> Result<Developer, Refusal> {
    let key = text::key(email);
    let mut all = signed_in.session.developers.iter();
    let found = all.find(|one| text::key(one.email.as_str()) == key);
    found.cloned().ok_or_else(|| {
        let message = format!("No developer has the e-mail {email}.");
        Refusal::new(Exit::NotFound, Some("EMAIL"), message)
    })
}

fn change(
    mut signed_in: SignedIn,
    email: &str,
    deed: Deed,
    is_agreed: bool,
    is_rehearsal: bool,
) -> Result<Output, Refusal> {
    let who = find(&signed_in, email)?;
    let name = &who.full_name;
    let is_agreed = is_agreed || is_rehearsal;
    match deed {
        Deed::Disable => confirm(is_agreed, &format!("This ends the access of {name}."))?,
        Deed::Remove => confirm(
            is_agreed,
            &format!("This removes {name} permanently. Their apps stay."),
        )?,
        Deed::Role(_) | Deed::Enable => {}
    }
    let (workspace, now) = (&mut signed_in.workspace, signed_in.now);
    let participle = match deed {
        Deed::Role(role) => {
            workspace.set_role(&who.id, role, now)?;
            format!("now {}", role.label())
        }
        Deed::Disable => {
            workspace.set_enabled(&who.id, false, now)?;
            "disabled".to_owned()
        }
        Deed::Enable => {
            workspace.set_enabled(&who.id, true, now)?;
            "enabled".to_owned()
        }
        Deed::Remove => {
            workspace.remove_developer(&who.id, now)?;
            "removed".to_owned()
        }
    };
    let loses_secrets = match deed {
        Deed::Role(Role::AuditUser) => who.role != Role::AuditUser,
        Deed::Disable | Deed::Remove => who.role != Role::AuditUser,
        Deed::Role(_) | Deed::Enable => false,
    };
    let done = Done {
        participle,
        id: "email",
        done: vec![Subject {
            name: name.clone(),
            id: who.email.as_str().to_owned(),
        }],
        skipped: Vec::new(),
    };
    let mut output = done.output(is_rehearsal).warning(signed_in.warnings);
    if loses_secrets && !is_rehearsal {
        output.notes.push(format!(
            "{name} may have copied Client Secrets. The console lists them: p, then R."
        ));
    }
    Ok(output)
}
