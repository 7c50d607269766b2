//! The people of a file, and the organization that they found.

use super::seed::of_store;
use crate::{
    domain::{
        people::{developer::Role, email::EmailAddress},
        time::UnixMs,
    },
    manifest::{Finding, PersonEntry},
    store::{NewPerson, Seeding},
};

/// The organization's name on the login page.
const ORGANIZATION: &str = "CI";
/// The one person of a file that names none.
const FOUNDER: (&str, &str) = ("Developer Admin", "admin@example.com");

/// The people, each with its place in the file.
pub(super) fn people(
    entries: Option<&[PersonEntry]>,
    found: &mut Vec<Finding>,
) -> Vec<(String, NewPerson)> {
    let mut people = Vec::new();
    for (nth, entry) in entries.unwrap_or_default().iter().enumerate() {
        let at = format!("people[{nth}]");
        let email = EmailAddress::parse(&entry.email).map_err(|error| {
            found.push(Finding::error(format!("{at}.email"), format!("{error}.")))
        });
        let role = Role::from_stored(&entry.role);
        if role.is_none() {
            let words: Vec<&str> = Role::ALL.iter().map(|role| role.as_str()).collect();
            let message = format!("Use one of {}.", words.join(", "));
            found.push(Finding::error(format!("{at}.role"), message));
        }
        if let (Ok(email), Some(role)) = (email, role) {
            let full_name = entry.name.clone();
            people.push((
                at,
                NewPerson {
                    full_name,
                    email,
                    role,
                },
            ));
        }
    }
    if let Some(admin) = people
        .iter()
        .position(|(_, one)| one.role == Role::DeveloperAdmin)
    {
        // The founder.
        let founder = people.remove(admin);
        people.insert(0, founder);
        return people;
    }
    if entries.is_some() {
        let message = "At least one person must have the role developer_admin.";
        found.push(Finding::error("people", message));
    }
    let (full_name, email) = FOUNDER;
    let founder = NewPerson {
        full_name: full_name.to_owned(),
        email: EmailAddress::from_stored(email),
        role: Role::DeveloperAdmin,
    };
    people.insert(0, (String::new(), founder));
    people
}

/// What is wrong with a person is found by the store.
pub(super) fn founded(
    people: Vec<(String, NewPerson)>,
    now: UnixMs,
    found: &mut Vec<Finding>,
) -> Result<Seeding, Vec<Finding>> {
    let mut people = people.into_iter();
    let Some((at, founder)) = people.next() else {
        return Err(std::mem::take(found));
    };
    let begun = Seeding::begin(ORGANIZATION, founder, now);
    let mut seeding = begun.map_err(|error| {
        found.extend(of_store(&at, &error));
        std::mem::take(found)
    })?;
    for (at, person) in people {
        if let Err(error) = seeding.add(person) {
            found.extend(of_store(&at, &error));
        }
    }
    Ok(seeding)
}
