//! What a role may not do is off before a question is asked, not refused after the answer.

use std::{collections::BTreeSet, fs};

use devconsole::{
    console::Screen,
    domain::people::{
        developer::Role,
        permission::{self, CHANGE_JWT, CREATE_JWT},
    },
    keymap::{self, Action, Key},
};
use tempfile::TempDir;

use crate::harness::{
    driver::{Driver, PASSWORD},
    form::app,
};

const OTHERS: &str = "Only the app's creator, its primary contact or a Developer Admin";
const AUDIT: &str = "Your role, Audit-user, cannot";

/// Ada with this role, at two apps of her own and two of Grace, one of each in the trash. Both have
/// a JWT credential, and both wait for an approval.
fn workspace(role: Role) -> TempDir {
    let mut driver = Driver::signed_up();
    for name in ["Atlas", "Old atlas", "Garden", "Old garden"] {
        let reason = "We sync our directory.";
        let hooked = app(name).jwt().scope("edit acc").reason(reason);
        driver.register(hooked.webhook("https://example.com/events"));
        driver.press("<esc>");
    }
    driver.press("Jn");
    driver.answer(devconsole::screens::jwt::form::LABEL, "Night export");
    driver.press("<ctrl-s><esc>");
    driver.lose_role(role);
    driver.sql(
        "UPDATE apps SET created_by = (SELECT id FROM developers WHERE full_name = 'Grace Hopper')
         WHERE name LIKE '%atlas';
         UPDATE apps SET contact = created_by,
             spec = json_set(spec, '$.properties.primary_contact', created_by);
         UPDATE apps SET deleted_at = 1795424400000 WHERE name LIKE 'Old%';
         UPDATE tickets SET requested_by = (SELECT created_by FROM apps WHERE id = app_id)",
    );
    driver.dir
}

fn signed_in(folder: &TempDir) -> Driver {
    let copy = TempDir::new().unwrap();
    for entry in fs::read_dir(folder.path()).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_file() {
            fs::copy(entry.path(), copy.path().join(entry.file_name())).unwrap();
        }
    }
    let mut driver = Driver::on(copy);
    driver.sign_in();
    assert!(driver.is_on_list(), "{}", driver.text());
    driver
}

/// Every page with keys for it, from the list.
const PLACES: &[&str] = &[
    "/atlas<enter>",
    "/garden<enter>",
    "/atlas<enter><space>",
    "/garden<enter><space>",
    "/is:deleted<enter>",
    "/is:deleted<enter><end>",
    "/atlas<enter><enter>",
    "/garden<enter><enter>",
    "/atlas<enter><enter>3",
    "/atlas<enter><enter>3<down>",
    "/atlas<enter><enter>3<down><down><down>",
    "/garden<enter><enter>3<down><down><down>",
    "/is:deleted<enter><enter>",
    "/is:deleted<enter><end><enter>",
    "p",
    "p<down>",
    "p<down>R",
    "J",
    "a",
    "a<end>",
    "H",
    "b",
];

/// What a refusal for a role says.
fn refusals() -> Vec<String> {
    let roles = [Role::DeveloperAdmin, Role::Developer, Role::AuditUser];
    let mut all = BTreeSet::new();
    for role in roles {
        let mut keep = |why: Result<(), permission::Denied>| {
            all.extend(why.err().map(|why| why.to_string()));
        };
        keep(permission::may_administer(role));
        for what in ["create apps", CREATE_JWT, CHANGE_JWT] {
            keep(permission::may_write(role, what));
        }
        for is_own in [true, false] {
            keep(permission::may_manage(role, is_own));
            keep(permission::may_see_secrets(role, is_own));
            keep(permission::may_manage_credential(role, is_own, CHANGE_JWT));
        }
    }
    all.insert("You cannot decide your own request. Ask another Developer Admin.".to_owned());
    all.into_iter().collect()
}

/// The keys, in the notation of the table, of the actions that are offered and may ask something.
fn offered(driver: &Driver) -> Vec<(&'static str, Action)> {
    let stack = driver.console.modes();
    let moves = |action| keymap::synonyms(action).is_empty() || action == Action::Quit;
    let key_of = |keys: &'static [&'static str], action| {
        let mut keys = keys.iter().copied();
        let reaches = |key: &&str| {
            let key = Key::parse(key);
            key.and_then(|key| keymap::action(&stack, key)) == Some(action)
        };
        keys.find(reaches)
    };
    keymap::active(&stack)
        .into_iter()
        .filter(|one| !moves(one.action))
        .filter(|one| driver.console.can(one.action).why_off().is_none())
        .filter_map(|one| Some((key_of(one.keys, one.action)?, one.action)))
        .collect()
}

fn is_asked(driver: &Driver) -> bool {
    driver.console.desk.prompt().is_some() || driver.console.desk.question().is_some()
}

/// Answers as a person does who means it.
fn answer(driver: &mut Driver) {
    driver.press("<enter>");
    let names = ["Old atlas", "Old garden", "Atlas", "Garden", "1", PASSWORD];
    for text in names {
        if !is_asked(driver) {
            return;
        }
        driver.press("<ctrl-u>");
        driver.type_text(text);
        driver.press("<enter>");
    }
    assert!(!is_asked(driver), "{}", driver.text());
}

fn walk(role: Role) -> usize {
    let folder = workspace(role);
    let refusals = refusals();
    let mut asked = 0;
    for place in PLACES {
        let there = || {
            let mut driver = signed_in(&folder);
            driver.press(place);
            driver
        };
        let mut driver = there();
        for (key, action) in offered(&driver) {
            driver.press(&format!("<{key}>"));
            if is_asked(&driver) {
                asked += 1;
                answer(&mut driver);
                let notice = driver.notice();
                let refused = refusals.iter().find(|why| notice.contains(*why));
                assert_eq!(refused, None, "{role:?} {place} {action:?}");
            }
            driver = there();
        }
    }
    asked
}

#[test]
fn an_offered_question_is_not_refused_for_an_administrator() {
    assert!(walk(Role::DeveloperAdmin) > 40);
}

#[test]
fn an_offered_question_is_not_refused_for_a_developer() {
    assert!(walk(Role::Developer) > 20);
}

#[test]
fn an_offered_question_is_not_refused_for_an_audit_user() {
    assert!(walk(Role::AuditUser) > 4);
}

#[test]
fn the_list_says_before_a_question_what_a_role_may_not_do() {
    for (role, why) in [(Role::Developer, OTHERS), (Role::AuditUser, AUDIT)] {
        let folder = workspace(role);
        let mut driver = signed_in(&folder);
        driver.press("/atlas<enter>");
        let footer = |driver: &Driver| driver.text().lines().last().unwrap().to_owned();
        assert!(!footer(&driver).contains("edit"), "{}", driver.text());
        assert!(!footer(&driver).contains("copy secret"));
        for key in ["z", "d", "t", "R", "e", "s"] {
            driver.console.desk.notice = None;
            driver.press(key);
            assert!(!is_asked(&driver), "{role:?} {key}: {}", driver.text());
            assert!(driver.is_on_list(), "{role:?} {key}: {}", driver.text());
            let notice = driver.notice();
            assert!(notice.contains(why), "{role:?} {key}: {notice}");
        }
        driver.press("<esc>/is:deleted<enter>u");
        assert!(driver.notice().contains(why), "{}", driver.notice());
    }
}

#[test]
fn marked_apps_are_changed_if_one_of_them_may_be() {
    let folder = workspace(Role::Developer);
    let mut driver = signed_in(&folder);
    driver.press("<home><space>z");
    assert!(driver.notice().contains(OTHERS), "{}", driver.notice());
    driver.press("<space>z");
    assert!(is_asked(&driver), "{}", driver.text());
    driver.press("<enter>");
    let notice = driver.notice();
    assert!(notice.contains("Skipped \"Atlas\""), "{notice}");
}

#[test]
fn a_developer_creates_no_credential_for_another_one() {
    let folder = workspace(Role::Developer);
    let mut driver = signed_in(&folder);
    driver.press("p<down>J");
    assert!(matches!(driver.console.screen(), Screen::Organization(_)));
    assert_eq!(
        driver.notice(),
        "This credential belongs to another developer."
    );
}

/// The texts of the page of an app, not only its footer.
#[test]
fn the_page_of_another_developers_app_offers_no_key_that_refuses() {
    let folder = workspace(Role::Developer);
    for (name, hidden, there) in [
        ("atlas", true, &["c copy"][..]),
        (
            "garden",
            false,
            &[
                "c copy",
                "s copy",
                "T tests",
                "z resumes it",
                "F ends it now",
            ],
        ),
    ] {
        let mut driver = signed_in(&folder);
        driver.sql(
            "UPDATE apps SET status = 'suspended';
             INSERT INTO client_secrets (app_id, state, id, sealed, sha256, created_at, ends_at)
             SELECT app_id, 'retiring', 'old' || id, sealed, randomblob(32), created_at,
                 created_at + 864000000 FROM client_secrets",
        );
        driver.press("/");
        driver.type_text(name);
        driver.press("<enter><enter>");
        driver.resize(100, 60);
        for shown in there {
            assert!(driver.shows(shown), "{shown}: {}", driver.text());
        }
        for offer in [
            "s copy",
            "S copy",
            "T tests",
            "z resumes it",
            "F ends it now",
        ] {
            assert_ne!(driver.shows(offer), hidden, "{offer}: {}", driver.text());
        }
    }
}
