//! Managing apps: edit, rotate, suspend, clone, delete, undo, and the history of it.

use crate::harness::driver::Driver;
use crate::harness::form::app;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use devconsole::{
    console::Screen,
    domain::{
        app::{AppStatus, AppType, Environment, Issuer, Registration},
        time::UnixMs,
    },
    request::Copyable,
    screens::{
        app::{PageTab, issued},
        create_app::{
            Tab,
            sections::{app_type::TYPE, auth, properties::NAME, security},
        },
    },
    store::Workspace,
};

/// A JWT app, and its page.
fn with_app(name: &str) -> Driver {
    Driver::on_page_of(app(name).jwt())
}

#[test]
fn an_ambiguous_env_file_is_neither_copied_nor_written() {
    let mut driver = with_app("Shop");
    driver.sql(
        r#"UPDATE apps SET spec = json_set(spec, '$.kind.rest_api.auth', json(
            '{"authorization_code": {"platform": "server_side_web",
              "redirect_uris": ["https://example.com/cb?a=1&b=2"]}}'))"#,
    );
    driver.press("<esc><enter><tab><tab><down><down>");
    let before = driver.clipboard();
    let why = "RC_REDIRECT_URL cannot be written to a .env file: sh ends the value at “&”.";
    driver.press("<enter>");
    assert!(driver.notice().starts_with(why), "{}", driver.notice());
    assert_eq!(driver.clipboard(), before);
    let path = driver.dir.path().join("shop.env");
    driver.press("w<ctrl-u>");
    driver.press(path.to_str().unwrap());
    driver.press("<enter>");
    assert!(driver.notice().starts_with(why), "{}", driver.notice());
    assert!(!path.exists());
}

/// Walks to a row of the tab Credentials and copies it.
fn copied(driver: &mut Driver, what: Copyable) -> String {
    let rows = driver.page().copyables();
    let at = rows.iter().position(|one| *one == what);
    let at = at.unwrap_or_else(|| panic!("no {what:?}"));
    let up = "<up>".repeat(driver.page().cursor);
    driver.press(&(up + &"<down>".repeat(at) + "<enter>"));
    driver.clipboard().unwrap()
}

#[test]
fn credentials_of_ringcentral_are_handed_over_with_their_own_server() {
    let mut driver = with_app("Shop");
    let own_id = driver.app().client_id.as_str().to_owned();
    driver.press("E");
    driver.answer(issued::CLIENT_ID, "abcDEF123ghiJKL456mno");
    driver.answer(issued::CLIENT_SECRET, "their-secret");
    driver.press("<ctrl-s>");
    assert_eq!(driver.page().tab, PageTab::Credentials);
    let theirs = Issuer::RingCentral(Environment::Production);
    let header = |id: &str, secret: &str| STANDARD.encode(format!("{id}:{secret}"));
    let server = "https://platform.ringcentral.com";

    let env = copied(&mut driver, Copyable::EnvFile(theirs));
    assert!(env.contains(&format!("RC_SERVER_URL={server}\n")), "{env}");
    assert!(env.contains("RC_CLIENT_ID=abcDEF123ghiJKL456mno\n"));
    assert!(env.contains("RC_CLIENT_SECRET=their-secret\n"));
    assert!(env.contains("RC_USER_JWT=\n") && !env.contains(&own_id));
    let json = copied(&mut driver, Copyable::CredentialsJson(theirs));
    assert!(json.contains(server) && json.contains("their-secret"));
    let basic = copied(&mut driver, Copyable::BasicHeader(theirs));
    assert!(basic.ends_with(&header("abcDEF123ghiJKL456mno", "their-secret")));

    let secret = copied(&mut driver, Copyable::ClientSecret);
    let local = Issuer::LocalServer;
    let env = copied(&mut driver, Copyable::EnvFile(local));
    let json = copied(&mut driver, Copyable::CredentialsJson(local));
    for text in [&env, &json] {
        assert!(text.contains("http://127.0.0.1:8228") && text.contains(&own_id));
        assert!(text.contains(&secret) && !text.contains(server), "{text}");
    }
    let basic = copied(&mut driver, Copyable::BasicHeader(local));
    assert!(basic.ends_with(&header(&own_id, &secret)));
}

#[test]
fn customers_of_a_public_jwt_app_get_a_link_with_the_client_id_that_they_know() {
    let public = app("Export").jwt().with(security::ACCESS, "Public");
    let mut driver = Driver::on_page_of(public);
    assert!(!driver.page().copyables().contains(&Copyable::JwtLink));
    driver.press("E");
    driver.answer(issued::CLIENT_ID, "abcDEF123ghiJKL456mno");
    driver.press("<ctrl-s>");
    assert_eq!(
        copied(&mut driver, Copyable::JwtLink),
        "https://developers.ringcentral.com/console/my-credentials/create?client_id=abcDEF123ghiJKL456mno"
    );
}

#[test]
fn credentials_of_the_wrong_server_are_not_kept() {
    const NOT_A_CLIENT_ID: &str = "A Client ID has no spaces, colons or slashes.";
    let mut driver = with_app("Shop");
    let own_id = driver.app().client_id.as_str().to_owned();
    driver.press("L");
    for (field, value, why) in [
        (issued::CLIENT_ID, own_id.as_str(), "the local server's"),
        (issued::CLIENT_ID, "two words", NOT_A_CLIENT_ID),
        (
            issued::CLIENT_ID,
            "https://app.example.com/callback",
            NOT_A_CLIENT_ID,
        ),
        (issued::CLIENT_ID, "client_id:abc", NOT_A_CLIENT_ID),
        (
            issued::SERVER,
            "https://platform.ringcentral.com",
            "press Esc, then E",
        ),
    ] {
        driver.answer(field, value);
        driver.press("<ctrl-s>");
        assert!(driver.shows(why), "{}", driver.text());
    }
    driver.press("<esc><enter>");
    assert!(driver.page().app.environments.is_empty());
}

#[test]
fn an_edit_shows_what_changes_and_saves_it_at_the_second_confirmation() {
    let mut driver = with_app("Night Export");
    let before = driver.app().version;
    driver.press("e");
    assert_eq!(driver.form().tab, Tab::Review);
    driver.go_to(NAME);
    driver.press(" 2<ctrl-s>");
    assert_eq!(driver.form().tab, Tab::Review);
    assert!(driver.shows("- Night Export"), "{}", driver.text());
    assert!(driver.shows("+ Night Export 2"));
    assert!(driver.shows("All other settings stay the same"));
    driver.press("<enter>");
    assert_eq!(driver.app().spec.properties.name, "Night Export 2");
    assert_eq!(driver.app().version, before + 1);
    assert_eq!(driver.notice(), "Saved.");
    driver.press("4");
    assert_eq!(driver.page().tab, PageTab::History);
    assert!(
        driver.shows("App Name: Night Export → Night Export 2"),
        "{}",
        driver.text()
    );
}

#[test]
fn an_edit_without_changes_is_not_saved_and_leaves_no_draft() {
    let mut driver = with_app("Night Export");
    driver.press("e<ctrl-s>");
    assert!(driver.notice().contains("No changes to save"));
    driver.go_to(NAME);
    driver.press("x<backspace><esc>");
    assert_eq!(driver.page().tab, PageTab::Overview);
    driver.press("<esc>");
    assert!(driver.apps().drafts.is_empty(), "{}", driver.text());
}

#[test]
fn a_fixed_field_says_so_and_stays() {
    let mut driver = with_app("Night Export");
    driver.press("e");
    driver.go_to(TYPE);
    driver.press("<down>");
    assert!(
        driver.notice().contains("cannot be changed"),
        "{}",
        driver.text()
    );
    assert!(driver.shows("Clone the app"));
    let kind = driver.form().draft.app_type.app_type;
    assert_eq!(kind, Some(AppType::RestApi));
}

#[test]
fn unsaved_changes_are_kept_as_a_draft_and_resumed() {
    let mut driver = with_app("Night Export");
    driver.press("e");
    driver.answer(NAME, "Day Export");
    driver.press("<esc><esc>");
    assert!(driver.shows("Changes to Night Export"), "{}", driver.text());
    let mut driver = driver.restart();
    driver.sign_in();
    driver.press("<enter><ctrl-s><enter><enter>");
    assert_eq!(driver.app().spec.properties.name, "Day Export");
    driver.press("<esc>");
    assert!(driver.apps().drafts.is_empty());
}

#[test]
fn a_save_over_a_newer_version_shows_both_and_keeps_either() {
    for (keys, expected) in [("<enter>", "Mine"), ("<space><enter>", "Theirs")] {
        let mut driver = with_app("Night Export");
        driver.press("e");
        driver.answer(NAME, "Mine");
        driver.sql(
            "UPDATE apps SET version = version + 1,
             spec = json_set(spec, '$.properties.name', 'Theirs',
                 '$.properties.description', 'What the other one wrote here.')",
        );
        driver.press("<ctrl-s><enter>");
        assert!(
            driver.shows("Choose which version to keep"),
            "{}",
            driver.text()
        );
        assert!(driver.shows("mine    Mine") && driver.shows("theirs  Theirs"));
        driver.press(keys);
        if expected == "Mine" {
            driver.press("<enter>");
            assert_eq!(driver.app().spec.properties.name, "Mine");
        } else {
            // The other version has every change, so nothing is left to save.
            driver.press("<enter>");
            assert!(
                driver.notice().contains("No changes to save"),
                "{}",
                driver.text()
            );
            assert_eq!(driver.form().draft.title(), "Theirs");
            continue;
        }
        // A field that only the other developer changed is kept without a question.
        assert_eq!(
            driver.app().spec.properties.description,
            "What the other one wrote here."
        );
    }
}

#[test]
fn a_conflict_says_who_saved_and_when() {
    let saved_by = |other: fn(&Driver) -> Workspace, name: &str, description: &str| {
        let mut driver = with_app("Night Export");
        let mut other = other(&driver);
        driver.press("<enter>");
        let id = driver.app().id.clone();
        driver.press("e");
        driver.answer(NAME, "Mine");
        let theirs = other.app(&id).unwrap();
        let mut spec = theirs.spec;
        spec.properties.name = name.to_owned();
        spec.properties.description = description.to_owned();
        let registration = Registration {
            spec,
            shared_secret: None,
        };
        let now = UnixMs(driver.console.desk.clock.unix.0 + 120_000);
        other
            .update_app(&id, theirs.version, registration, None, now)
            .unwrap();
        driver.press("<ctrl-s><enter>");
        driver.notice().to_owned()
    };
    assert_eq!(
        saved_by(
            Driver::grace_elsewhere,
            "Theirs",
            "What the other one wrote."
        ),
        "Grace Hopper saved this app at 2026-11-23 09:02 UTC. Choose which version to keep."
    );
    assert_eq!(
        saved_by(
            Driver::elsewhere,
            "Night Export",
            "What the other one wrote."
        ),
        "You saved other fields at 2026-11-23 09:02 UTC. Both changes are shown. Nothing is saved yet."
    );
}

#[test]
fn a_rotation_gives_a_new_secret_and_can_be_finished_or_cancelled() {
    let mut driver = with_app("Night Export");
    driver.press("s");
    let old = driver.clipboard().unwrap();
    driver.press("R");
    assert!(
        driver.shows("Keep the old secret working"),
        "{}",
        driver.text()
    );
    driver.press("<ctrl-u>999<enter>");
    assert!(
        driver.shows("Enter a number from 0 to 168"),
        "{}",
        driver.text()
    );
    driver.press("<ctrl-u>24<enter>");
    assert_eq!(driver.app().secrets.len(), 2);
    assert!(
        driver.shows("The old Client Secret works until"),
        "{}",
        driver.text()
    );
    driver.press("s");
    let new = driver.clipboard().unwrap();
    assert_ne!(old, new);
    driver.press("R");
    assert!(
        driver
            .notice()
            .contains("A rotation is already in progress")
    );
    // The old secret can still be copied.
    driver.press("<tab><tab><down><down><enter>");
    assert_eq!(driver.clipboard().unwrap(), old, "{}", driver.text());
    driver.press("X<enter>s");
    assert_eq!(driver.clipboard().unwrap(), old);
    driver.press("R<enter>F<enter>s");
    let newest = driver.clipboard().unwrap();
    assert!(newest != old && newest != new);
    assert_eq!(driver.app().secrets.len(), 1);
    driver.press("F");
    assert!(driver.notice().contains("No rotation is in progress"));
}

#[test]
fn suspend_and_resume_ask_first_and_report_the_result() {
    let mut driver = with_app("Night Export");
    driver.press("z");
    assert!(
        driver.shows("Suspend \"Night Export\"?"),
        "{}",
        driver.text()
    );
    driver.press("<esc>");
    assert_eq!(driver.app().status, AppStatus::Active);
    driver.press("z<enter>");
    assert_eq!(driver.app().status, AppStatus::Suspended);
    assert!(driver.shows("Suspended: its credentials do not work"));
    driver.press("z<enter>");
    assert_eq!(driver.app().status, AppStatus::Active);
}

#[test]
fn u_restores_a_deleted_app_with_its_secret() {
    let mut driver = with_app("Night Export");
    driver.press("s");
    let secret = driver.clipboard().unwrap();
    driver.press("d<enter>");
    assert!(matches!(driver.console.screen(), Screen::Apps(_)));
    assert!(driver.apps().is_empty(), "{}", driver.text());
    driver.press("u");
    assert_eq!(driver.apps().window.total, 1, "{}", driver.text());
    driver.press("<enter>s");
    assert_eq!(driver.clipboard().unwrap(), secret);
}

#[test]
fn a_filter_shows_the_trash_and_an_app_in_it_can_be_deleted_permanently() {
    let mut driver = with_app("Night Export");
    driver.press("d<enter>");
    let mut driver = driver.restart();
    driver.sign_in();
    driver.press("/is:deleted<enter>");
    assert!(driver.shows("Night Export"), "{}", driver.text());
    driver.press("<enter>");
    assert!(driver.shows("In the trash since"), "{}", driver.text());
    driver.press("e");
    assert!(
        driver.notice().contains("u restores it"),
        "{}",
        driver.notice()
    );
    driver.press("DNight<enter>");
    assert!(
        driver.shows("This is not the app's name"),
        "{}",
        driver.text()
    );
    driver.press(" Export<enter>");
    assert!(matches!(driver.console.screen(), Screen::Apps(_)));
    assert!(driver.apps().is_empty(), "{}", driver.text());
    assert_eq!(driver.notice(), "\"Night Export\" deleted permanently.");
}

#[test]
fn the_history_of_the_workspace_is_filtered_checked_and_leads_to_the_app() {
    let mut driver = with_app("Night Export");
    driver.press("R<enter><esc>H");
    assert!(driver.shows("Secret rotated"), "{}", driver.text());
    assert!(driver.shows("Created"), "{}", driver.text());
    driver.press("/ROTATED ada<enter>");
    assert!(driver.shows("1 of 3"), "{}", driver.text());
    driver.press("v");
    assert!(
        driver.notice().contains("no entry was changed"),
        "{}",
        driver.notice()
    );
    driver.press("<enter>");
    assert_eq!(driver.app().spec.properties.name, "Night Export");
    driver.sql("UPDATE history SET subject = 'Day Export' WHERE seq = 2");
    driver.press("<esc><esc>Hv");
    assert!(driver.notice().contains("entry 2"), "{}", driver.notice());
}

#[test]
fn every_command_is_found_by_its_name_and_runs_or_says_why_not() {
    let mut driver = with_app("Night Export");
    driver.press(":for some hours");
    driver.press("<enter>");
    assert!(driver.shows("Rotate Client Secret"), "{}", driver.text());
    driver.press("<esc>:finish the rotation");
    assert!(
        driver.shows("No rotation is in progress"),
        "{}",
        driver.text()
    );
    driver.press("<enter>");
    assert!(
        driver.notice().contains("No rotation is in progress"),
        "{}",
        driver.notice()
    );
    driver.press(":by the next column<enter>");
    assert!(
        driver.notice().contains("Works in: Apps."),
        "{}",
        driver.notice()
    );
    // In a text field the colon is text, so ^P opens the commands.
    driver.press("e<ctrl-p>lock the<enter>");
    assert!(driver.console.desk.is_locked(), "{}", driver.text());
}

#[test]
fn the_trash_is_emptied_after_thirty_days_at_a_sign_in() {
    let mut driver = with_app("Night Export");
    driver.press("d<enter>");
    driver.sql("UPDATE apps SET deleted_at = 0");
    let mut driver = driver.restart();
    driver.sign_in();
    driver.press("/is:deleted<enter>");
    // Sign-ins must agree on the time for some days first.
    assert!(driver.shows("Night Export"), "{}", driver.text());
    driver.sql("UPDATE clock SET steady_since = 0");
    let mut driver = driver.restart();
    driver.sign_in();
    driver.press("/is:deleted<enter>");
    assert!(!driver.shows("Night Export"), "{}", driver.text());
}

#[test]
fn an_app_is_copied_in_the_formats_of_other_programs() {
    let mut driver = with_app("Night Export");
    let id = driver.app().client_id.as_str().to_owned();
    driver.press("s");
    let secret = driver.clipboard().unwrap();
    driver.press("<tab><tab>");
    let local = Issuer::LocalServer;
    let env = copied(&mut driver, Copyable::EnvFile(local));
    for line in [
        format!("RC_CLIENT_ID={id}\n"),
        format!("RC_APP_CLIENT_SECRET={secret}\n"),
        format!("RINGCENTRAL_CLIENT_SECRET={secret}\n"),
    ] {
        assert!(env.contains(&line), "{line} in {env}");
    }
    let header = copied(&mut driver, Copyable::BasicHeader(local));
    let encoded = header.strip_prefix("Authorization: Basic ").unwrap();
    assert_eq!(
        STANDARD.decode(encoded).unwrap(),
        format!("{id}:{secret}").into_bytes()
    );
    let json = copied(&mut driver, Copyable::CredentialsJson(local));
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["client_id"], id.as_str());
    assert_eq!(json["client_secret"], secret.as_str());
    let link = copied(&mut driver, Copyable::NewAppLink);
    let link = url::Url::parse(&link).unwrap();
    let value = |name: &str| {
        let mut pairs = link.query_pairs();
        pairs
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    };
    assert_eq!(value("name").as_deref(), Some("Night Export"));
    assert_eq!(value("type").as_deref(), Some("ServerOther"));
    assert_eq!(value("grantType").as_deref(), Some("PersonalJWT"));
    assert_eq!(value("public").as_deref(), Some("false"));
    assert!(!link.as_str().contains(&secret));
}

#[test]
fn a_clone_has_the_settings_and_neither_name_nor_secrets() {
    let mut driver = with_app("Night Export");
    let first = driver.app().clone();
    driver.press("s");
    let secret = driver.clipboard().unwrap();
    driver.press("C");
    assert_eq!(driver.form().draft.title(), "Night Export copy");
    driver.press("<ctrl-s>");
    let second = driver.app();
    assert_eq!(second.spec.properties.name, "Night Export copy");
    assert_eq!(second.spec.kind, first.spec.kind);
    assert_ne!(second.client_id, first.client_id);
    driver.press("s");
    assert_ne!(driver.clipboard().unwrap(), secret);
}

#[test]
fn credentials_issued_by_ringcentral_are_kept_and_copied() {
    let mut driver = with_app("Night Export");
    driver.press("E");
    driver.answer(issued::CLIENT_ID, "AZwEVwGEcfGet2PCouA7K6");
    driver.go_to(issued::CLIENT_SECRET);
    driver.paste("issued-by-ringcentral\n");
    assert!(!driver.text().contains("issued-by"), "{}", driver.text());
    driver.press("<ctrl-s>");
    assert!(driver.shows("Production"), "{}", driver.text());
    assert!(!driver.text().contains("issued-by"));
    driver.press("<enter>");
    assert_eq!(driver.clipboard().unwrap(), "AZwEVwGEcfGet2PCouA7K6");
    driver.press("<down><enter>");
    assert_eq!(driver.clipboard().unwrap(), "issued-by-ringcentral");

    driver.press("<delete>");
    assert!(
        driver.shows("Remove the Production credentials of \"Night Export\""),
        "{}",
        driver.text()
    );
    driver.press("<enter>");
    assert!(driver.app().environments.is_empty());
    assert!(driver.notice().contains("removed"), "{}", driver.notice());
    driver.press("<delete>");
    assert_eq!(
        driver.notice(),
        "No credentials from RingCentral are stored with this app."
    );
}

#[test]
fn a_lock_clears_a_half_typed_secret() {
    let mut driver = with_app("Night Export");
    driver.press("E");
    driver.go_to(issued::CLIENT_SECRET);
    driver.paste("half-a-secret");
    driver.press("<ctrl-l>");
    assert!(driver.console.desk.is_locked());
    let Screen::Issued(page) = driver.console.screen() else {
        panic!("no form:\n{}", driver.text());
    };
    assert!(page.data.secret.is_empty());
}

#[test]
fn a_bot_offers_its_installation_only_if_that_can_work() {
    let bot = || app("Helper").bot("Helper", "tests/data/icons/square.png");
    let mut driver = Driver::on_page_of(bot());
    assert!(!driver.shows("T installs"), "{}", driver.text());
    assert!(driver.shows("Add a redirect URI"), "{}", driver.text());
    driver.press("T");
    let why = "Add a redirect URI: it receives the bot's token.";
    assert_eq!(driver.notice(), why);
    let with_uri = bot().with(auth::REDIRECT_URIS, "http://127.0.0.1:3000/install");
    let driver = Driver::on_page_of(with_uri);
    assert!(driver.shows("T installs"), "{}", driver.text());
}
