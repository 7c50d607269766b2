//! Every named state of every screen as a picture: the grid, the cursor, and the style runs.
//! 80×24; the two-pane ones at 120×40.

use crate::harness::driver::{Driver, PASSWORD, rows};
use devconsole::{
    domain::{
        id::AppId,
        oauth::{
            diagnosis::{Cause, Diagnosis},
            exchange::Exchange,
            trial::Step,
        },
        time::UnixMs,
    },
    message::{Answer, Msg, SandboxSaid, SignInRefusal},
    ui::{
        half_blocks::Depth,
        theme::{Theme, ThemeName},
    },
};
use ratatui::style::{Modifier, Style};

/// The grid, then each run of cells that is not plain: `row:from-to style`.
fn picture(driver: &Driver) -> String {
    let (buffer, cursor) = driver.picture();
    let mut text: String = rows(&buffer)
        .into_iter()
        .map(|row| format!("{row}\n"))
        .collect();
    text.push_str("---\n");
    match cursor {
        Some(at) => text.push_str(&format!("cursor {}:{}\n", at.y, at.x)),
        None => text.push_str("cursor hidden\n"),
    }
    for y in buffer.area.top()..buffer.area.bottom() {
        let mut runs = Vec::new();
        let mut x = buffer.area.left();
        while x < buffer.area.right() {
            let style = named(buffer[(x, y)].style());
            let from = x;
            while x < buffer.area.right() && named(buffer[(x, y)].style()) == style {
                x += 1;
            }
            if !style.is_empty() {
                runs.push(format!("{from}-{} {style}", x - 1));
            }
        }
        if !runs.is_empty() {
            text.push_str(&format!("{y:>2}: {}\n", runs.join(", ")));
        }
    }
    steady(&text)
}

fn named(style: Style) -> String {
    let mut names: Vec<String> = Vec::new();
    if let Some(colour) = style.fg
        && colour != ratatui::style::Color::Reset
    {
        names.push(colour.to_string().to_lowercase());
    }
    for (modifier, name) in [
        (Modifier::BOLD, "bold"),
        (Modifier::DIM, "dim"),
        (Modifier::REVERSED, "reverse"),
        (Modifier::UNDERLINED, "underline"),
    ] {
        if style.add_modifier.contains(modifier) {
            names.push(name.to_owned());
        }
    }
    names.join("+")
}

/// Random identifiers keep their shape and lose their value.
fn steady(text: &str) -> String {
    let is_id = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let mut out = String::new();
    let mut word = String::new();
    for c in text.chars().chain(['\n']) {
        if is_id(c) {
            word.push(c);
            continue;
        }
        // A word of these lengths in which a capital follows a small letter is a minted one.
        let minted = matches!(word.len(), 22 | 32 | 44)
            && word.chars().any(|c| c.is_ascii_uppercase())
            && word.chars().any(|c| c.is_ascii_lowercase());
        let group = word.len() == 5
            && word != "TELUS"
            && word
                .chars()
                .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
        // A fingerprint depends on the key of the workspace.
        let fingerprint = word.len() == 12
            && word
                .chars()
                .all(|c| c.is_ascii_hexdigit() && !c.is_ascii_uppercase());
        // Four groups of five, in small letters.
        let first_password = word.len() == 23
            && word.split('-').all(|group| group.len() == 5)
            && !word.contains(|c: char| c.is_ascii_uppercase());
        if minted || fingerprint || first_password {
            out.push_str(&"0".repeat(word.len()));
        } else if group {
            out.push_str("AAAAA");
        } else {
            out.push_str(&word);
        }
        word.clear();
        out.push(c);
    }
    out.truncate(out.trim_end().len());
    out
}

macro_rules! snapshot {
    ($name:literal, $driver:expr) => {
        insta::with_settings!({ snapshot_path => "../snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!($name, picture(&$driver));
        });
    };
}

const REST: &str =
    "n<space><pgdn>Orders (staging)<tab>Syncs orders to the call log for agents.<tab><tab><space>";

fn icon(name: &str) -> String {
    // Relative to the package, where tests are run: a picture must not show this machine.
    format!("tests/data/icons/{name}")
}

fn wide(driver: &mut Driver) {
    driver.resize(120, 40);
    driver.advance_ms(200);
}

#[test]
fn sign_up_in_all_its_states() {
    let mut driver = Driver::new();
    snapshot!("sign_up_empty", driver);
    driver.press("Acme Corp<tab>Ada Lovelace<tab>ada@example<tab>purple");
    snapshot!("sign_up_typing_with_an_error_and_a_weak_password", driver);
    driver.press("<ctrl-s>");
    snapshot!("sign_up_tried_with_errors", driver);
    driver.press(".com<tab> gondola vermouth 42<ctrl-r>");
    snapshot!("sign_up_password_shown", driver);
    driver.press("<tab>");
    driver.press(PASSWORD);
    driver.holds_answers = true;
    driver.press("<enter>");
    snapshot!("sign_up_waiting", driver);
    driver.holds_answers = false;
    driver.deliver();
    snapshot!("recovery_key", driver);
    driver.press("nope<enter>");
    snapshot!("recovery_key_wrong_group", driver);
}

#[test]
fn sign_in_in_all_its_states() {
    let mut driver = Driver::signed_up().restart();
    snapshot!("sign_in", driver);
    driver.press("not the password");
    driver.holds_answers = true;
    driver.press("<enter>");
    snapshot!("sign_in_waiting", driver);
    driver.held.clear();
    driver.holds_answers = false;
    driver.feed(Msg::Answer(Answer::SignedIn(Err(SignInRefusal::Wrong {
        wait_ms: 4000,
    }))));
    snapshot!("sign_in_refused", driver);
    driver.press("<ctrl-f>");
    snapshot!("forgot_password_empty", driver);
    driver.press("ABCDE<ctrl-s>");
    snapshot!("forgot_password_tried_with_errors", driver);
}

#[test]
fn the_list_in_all_its_states() {
    let mut driver = Driver::signed_up();
    driver.advance_ms(10_000);
    snapshot!("apps_empty", driver);
    registers_three(&mut driver);
    driver.press("n<down><down><esc>");
    driver.advance_ms(1000);
    driver.press("n<pgdn>Half done<esc>");
    driver.advance_ms(10_000);
    snapshot!("apps_with_a_draft", driver);
    driver.press("d");
    snapshot!("apps_question_discard_draft", driver);
    driver.press("<esc>/orders");
    snapshot!("apps_filtering", driver);
    driver.press("zzz");
    snapshot!("apps_filter_finds_nothing", driver);
    driver.press("<esc>");
    snapshot!("apps_after_the_filter", driver);
    wide(&mut driver);
    snapshot!("apps_two_panes_on_a_draft", driver);
    driver.press("<down><down>");
    driver.advance_ms(200);
    snapshot!("apps_two_panes_on_an_app", driver);
}

#[test]
fn the_organization_and_its_requests() {
    let mut driver = Driver::signed_up();
    driver.press("p");
    snapshot!("organization_alone", driver);
    driver.press("n");
    snapshot!("add_developer_empty", driver);
    driver.press("<ctrl-s>");
    snapshot!("add_developer_with_errors", driver);
    driver.press("Grace Hopper<tab>grace@example.com<tab>");
    snapshot!("add_developer_role", driver);
    driver.press("<ctrl-s>");
    snapshot!("first_password", driver);
    driver.press("<enter>");
    snapshot!("organization_with_a_first_password", driver);
    driver.press("r");
    snapshot!("organization_role", driver);
    driver.press("<esc>z");
    snapshot!("organization_question_disable", driver);
    driver.press("<enter>");
    snapshot!("organization_disabled", driver);
    driver.press("w");
    snapshot!("change_password", driver);
    driver.press("<ctrl-s>");
    snapshot!("change_password_with_errors", driver);
    driver.press("<esc>K");
    snapshot!("new_recovery_key_prompt", driver);
    driver.press("<esc><esc>a");
    snapshot!("approvals_empty", driver);
    driver.press("<esc>n<space><pgdn>Directory<tab>Syncs the directory.<tab><tab><space>");
    driver.press("<pgdn><pgdn><down><pgdn><enter>edit acc<enter><esc>");
    driver.press("<tab>We keep our phone directory in step with the staff list, each night.");
    driver.press("<tab><space><ctrl-s>");
    driver.press("<tab>");
    snapshot!("app_settings_with_a_pending_scope", driver);
    driver.press("<esc>a");
    snapshot!("approvals", driver);
    driver.press("y");
    snapshot!("approvals_question", driver);
    driver.press("<esc>x");
    snapshot!("approvals_reason", driver);
    driver.press("Say which staff list.<enter><esc>");
    driver.press("<enter>");
    snapshot!("app_with_a_rejected_scope", driver);
    driver.press("<esc>p");
    driver.resize(44, 16);
    snapshot!("organization_small", driver);
}

#[test]
fn the_jwt_credentials() {
    let mut driver = Driver::signed_up();
    driver.press("J");
    snapshot!("jwt_empty", driver);
    driver.press("n");
    snapshot!("jwt_form_empty", driver);
    driver.press("<ctrl-s>");
    snapshot!("jwt_form_with_an_error", driver);
    driver.press("Night export, server 3<tab><down><tab>elsewhere_abcdefghijkl");
    snapshot!("jwt_form_apps_search", driver);
    driver.press("<enter>partner_defghijklmnopq<enter><enter><tab>20d");
    snapshot!("jwt_form_filled_in", driver);
    driver.press("<ctrl-s>");
    snapshot!("jwt_list", driver);
    driver.advance_ms(1000);
    driver.press("nFor all<ctrl-s>");
    driver.press("d");
    snapshot!("jwt_question_revoke", driver);
    driver.press("<esc>e");
    snapshot!("jwt_apps", driver);
}

/// As its threads would say it.
fn says(driver: &mut Driver, said: SandboxSaid) {
    driver.feed(Msg::Answer(Answer::Sandbox(said)));
}

fn exchange(number: u64, what: &str, code: &str, why: Option<Diagnosis>) -> Exchange {
    let is_fine = why.is_none();
    Exchange {
        number,
        at: UnixMs(1_795_424_400_000 + 1000 * i64::try_from(number).unwrap()),
        took_us: 900 + 130 * number,
        app: Some((AppId::from_stored("a"), "Orders (staging)".to_owned())),
        what: what.to_owned(),
        status: if is_fine { 200 } else { 400 },
        result: code.to_owned(),
        request: "POST /restapi/oauth/token\nauthorization: Basic [91 characters]\ncontent-type: application/x-www-form-urlencoded\n  grant_type=authorization_code\n  code=[44 characters]\n  redirect_uri=https://orders.example.com/cb/".to_owned(),
        response: "400 Bad Request\ncontent-type: application/json;charset=UTF-8\n  {\n    \"error\": \"invalid_grant\"\n  }".to_owned(),
        diagnosis: why,
    }
}

#[test]
fn the_sandbox() {
    let mut driver = Driver::signed_up();
    driver.press("b");
    snapshot!("sandbox_not_running", driver);
    says(&mut driver, SandboxSaid::Started(8228));
    driver.advance_ms(7000);
    snapshot!("sandbox_waiting", driver);
    let differs = Diagnosis {
        cause: Cause::RedirectUriDiffers,
        detail: Some("Registered is https://orders.example.com/cb; what was sent has a slash at the end, what is registered has none.".to_owned()),
    };
    let log = vec![
        exchange(1, "JWT", "ok", None),
        exchange(2, "GET /restapi/v1.0/account/~/extension/~", "ok", None),
        exchange(
            3,
            "refresh",
            "OAU-213",
            Some(Cause::RefreshTokenReplaced.into()),
        ),
        exchange(4, "code for tokens", "OAU-109", Some(differs)),
    ];
    says(&mut driver, SandboxSaid::Log(log));
    snapshot!("sandbox_log", driver);
    driver.press("<enter>");
    snapshot!("sandbox_exchange", driver);
    driver.press("<esc>f<down><down><space>");
    snapshot!("sandbox_switchboard", driver);
    driver.press("<down><space><space>");
    driver.press("<esc>");
    driver.press("x{\"error\":\"unauthorized_client\",\"errors\":[{\"errorCode\":\"OAU-251\"}]}");
    snapshot!("sandbox_explain_prompt", driver);
    driver.press("<enter>");
    snapshot!("sandbox_explained", driver);
    driver.press("xhello<enter>");
    snapshot!("sandbox_unexplained", driver);
    driver.press("<esc>");
    driver.resize(44, 16);
    snapshot!("sandbox_small", driver);
}

#[test]
fn a_trial() {
    let mut driver = Driver::signed_up();
    driver.press(REST);
    driver.press("<pgdn><pgdn><down><pgdn><tab><space><ctrl-s>");
    assert!(driver.shows("Client ID"), "{}", driver.text());
    driver.press("T");
    let trial = driver.console.sandbox.trials;
    let mut say = |step: Step| says(&mut driver, SandboxSaid::Step { trial, step });
    say(Step::ok(
        "The local platform is up",
        "http://127.0.0.1:8228",
    ));
    say(Step::ok(
        "Listen at the redirect URI",
        "http://127.0.0.1:5000/cb",
    ));
    let url = "http://127.0.0.1:8228/restapi/oauth/authorize?response_type=code&client_id=abc&redirect_uri=http%3A%2F%2F127.0.0.1%3A5000%2Fcb&state=0011223344556677&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256".to_owned();
    says(&mut driver, SandboxSaid::Url { trial, url });
    snapshot!("trial_waiting_for_a_browser", driver);
    let mut failed = Step::failed(
        "Exchange the code for tokens",
        "The answer is 400. Authorization code is expired.",
    );
    failed.took_ms = Some(3);
    failed.diagnosis = Some(Cause::NoRefreshTokens.into());
    says(
        &mut driver,
        SandboxSaid::Step {
            trial,
            step: failed,
        },
    );
    says(&mut driver, SandboxSaid::TrialEnded { trial });
    snapshot!("trial_failed", driver);
}

#[test]
fn the_history_and_the_commands() {
    let mut driver = Driver::signed_up();
    driver.press("h");
    snapshot!("history_empty", driver);
    driver.press("<esc>");
    registers_three(&mut driver);
    driver.press("gtbilling<enter>z<enter>h");
    snapshot!("history", driver);
    driver.press("/tags");
    snapshot!("history_filtering", driver);
    driver.press(" nothing");
    snapshot!("history_filter_finds_nothing", driver);
    driver.press("<esc>v");
    snapshot!("history_verified", driver);
    driver.press("<esc>:");
    snapshot!("commands", driver);
    driver.press("secret");
    snapshot!("commands_searched", driver);
    driver.press("zzz");
    snapshot!("commands_nothing_found", driver);
    driver.press("<esc>");
    driver.resize(44, 16);
    driver.press(":");
    snapshot!("commands_small", driver);
    driver.press("<esc>h");
    snapshot!("history_small", driver);
}

#[test]
fn the_list_at_work() {
    let mut driver = Driver::signed_up();
    registers_three(&mut driver);
    driver.press("gfj<space><space>");
    snapshot!("list_marked_and_favourite", driver);
    driver.press("z");
    snapshot!("list_question_suspend_several", driver);
    driver.press("<enter>OOo");
    snapshot!("list_suspended_by_type", driver);
    driver.press("g<space><space>t");
    snapshot!("list_tags_of_several", driver);
    driver.press("billing b2b<enter>");
    driver.press("/");
    snapshot!("list_facets", driver);
    driver.press("tag:b");
    snapshot!("list_facet_values", driver);
    driver.press("i<tab><enter>");
    snapshot!("list_by_tag", driver);
    driver.press("x");
    snapshot!("list_export", driver);
    driver.press("<esc>");
    wide(&mut driver);
    snapshot!("list_tagged_wide", driver);
}

fn registers_three(driver: &mut Driver) {
    driver.press(REST);
    driver.press("<pgdn><pgdn><tab><space><tab>https://orders.example.com/callback");
    driver.press("<pgdn><enter>sms<enter>callcontrol<enter><enter><tab>Agents transfer live calls from the order screen.<tab><space><space><ctrl-s><esc>");
    driver.press("n<down><down><pgdn>Helper bot<tab>Answers questions about orders in team chats.<tab><tab><space><pgdn>Helper<tab><tab>");
    driver.press(&icon("square.png"));
    driver.press("<pgdn><pgdn><tab><space><ctrl-s><esc>");
    driver.press("n<space><pgdn>Nightly export<tab>Exports the call log to the warehouse at night.<tab><tab><space><pgdn><pgdn><down><pgdn><tab><space><ctrl-s><esc>");
}

#[test]
fn an_audit_user_is_told_whom_to_ask() {
    let mut driver = Driver::signed_up();
    let session = driver.console.session.as_mut().unwrap();
    session.developer.full_name = "Grace Hopper".to_owned();
    session.developer.role = devconsole::domain::people::developer::Role::AuditUser;
    driver.press("n");
    snapshot!("apps_create_app_is_off", driver);
}

#[test]
fn the_form_tab_by_tab() {
    let mut driver = Driver::signed_up();
    driver.advance_ms(10_000);
    driver.press("n");
    snapshot!("create_app_type_empty", driver);
    driver.press("<down><down><down>");
    snapshot!("create_app_type_deprecated", driver);
    driver.press("<up><up><pgdn>");
    snapshot!("create_app_properties_empty", driver);
    driver.press("Orders (staging)<tab>Too short<tab>");
    snapshot!("create_app_properties_errors", driver);
    driver.press("<enter>");
    snapshot!("create_app_primary_contact_list", driver);
    driver.press("<enter><tab><space><pgdn>");
    snapshot!("create_app_card_rest", driver);
    driver.press("Orders<tab>Your orders beside your calls.<tab>");
    driver.press(&icon("wide.png"));
    driver.press("<s-tab>");
    snapshot!("create_app_card_icon_not_square", driver);
    driver.press("<tab><ctrl-u>");
    driver.press(&icon("square.png"));
    driver.press("<s-tab><tab>");
    snapshot!("create_app_card_icon_read", driver);
    driver.press("<ctrl-u>tests/data/icons/sq<right>");
    snapshot!("create_app_card_path_completed", driver);
    driver.press("<pgdn>");
    snapshot!("create_app_auth", driver);
    driver.press("<tab><space><tab>http://example.com/cb");
    snapshot!("create_app_auth_hint_while_typing", driver);
    driver.press("<tab>");
    snapshot!("create_app_auth_redirect_uri_error", driver);
    driver.press("<s-tab><ctrl-u>");
    driver.paste(
        "https://orders.example.com/cb\nhttps://orders.example.com/cb\nhttp://localhost:5000/cb",
    );
    driver.press("<tab><down>");
    snapshot!("create_app_auth_rows_duplicate_and_no_refresh", driver);
    driver.press("<pgup><pgdn><up><pgdn>");
    snapshot!("create_app_security_empty", driver);
    driver.press("<enter>");
    snapshot!("create_app_scopes_list", driver);
    driver.press("glip");
    snapshot!("create_app_scopes_deprecated_found", driver);
    driver.press("<ctrl-u>qqq");
    snapshot!("create_app_scopes_nothing_found", driver);
    driver.press("<ctrl-u>sms<enter>edit accounts<enter><enter><tab><tab>");
    snapshot!("create_app_security_justification_missing", driver);
    driver.press("<space><space><tab><down>");
    snapshot!("create_app_security_public_specific_partners", driver);
    driver.press("<tab><enter>");
    snapshot!("create_app_galleries_list", driver);
    driver.press("<esc><pgdn><space><tab>");
    snapshot!("create_app_features_interactive", driver);
    driver.press("<tab>");
    snapshot!("create_app_features_shared_secret", driver);
    driver.press("<pgdn>");
    snapshot!("create_app_review_with_errors", driver);
    driver.press("<ctrl-s>");
    snapshot!("create_app_first_error", driver);
    driver.press("<ctrl-g>");
    snapshot!("create_app_help", driver);
}

#[test]
fn the_form_of_a_bot_and_of_a_notification_add_in() {
    let mut driver = Driver::signed_up();
    driver.advance_ms(10_000);
    driver.press("n<down><down><pgdn><pgdn><tab><tab><tab>");
    snapshot!("create_app_auth_bot", driver);
    driver.press("<pgup>");
    snapshot!("create_app_card_bot_required", driver);
    driver.press("<pgup><pgup><down><pgdn><pgdn><pgdn>");
    snapshot!("create_app_auth_notification", driver);
    driver.press("<pgdn><pgdn><tab><space>");
    snapshot!("create_app_features_integrated_is_forced", driver);
    driver.press("<tab><tab><space><tab>http://example.com<s-tab>");
    snapshot!("create_app_features_web_install", driver);
}

#[test]
fn review_of_a_finished_draft() {
    let mut driver = Driver::signed_up();
    driver.press(REST);
    driver.press("<pgdn><pgdn><down><pgdn><tab><space><pgdn><pgdn>");
    driver.advance_ms(10_000);
    snapshot!("create_app_review_ready", driver);
    driver.press("<up><up>");
    snapshot!("create_app_review_on_a_section", driver);
    driver.holds_answers = true;
    driver.press("<ctrl-s>");
    snapshot!("create_app_creating", driver);
}

#[test]
fn the_app_page_in_all_its_states() {
    let mut driver = Driver::signed_up();
    driver.press(REST);
    driver.press("<pgdn><pgdn><down><pgdn><tab><space><ctrl-s>");
    snapshot!("app_created_jwt", driver);
    driver.press("s");
    snapshot!("app_secret_copied", driver);
    driver.press("r");
    driver.advance_ms(15_000);
    snapshot!("app_secret_revealed", driver);
    driver.press("<esc>");
    driver.press("n<space><pgdn>Storefront<tab>A shop window in the browser, for customers.<tab><tab><space><pgdn><pgdn><tab><down><down><tab>https://shop.example.com/cb<pgdn><enter>editaccounts<enter><enter><tab>Creates an extension for each new shop.<tab><space><pgdn><space><tab>https://shop.example.com/hook<ctrl-s>");
    driver.advance_ms(10_000);
    snapshot!("app_created_public_client_with_pending_scope", driver);
    driver.press("s");
    snapshot!("app_has_no_client_secret", driver);
    wide(&mut driver);
    snapshot!("app_page_wide", driver);
}

#[test]
fn managing_an_app_in_all_its_states() {
    let mut driver = Driver::signed_up();
    driver.press(REST);
    driver.press("<pgdn><pgdn><down><pgdn><tab><space><ctrl-s>");
    driver.advance_ms(10_000);
    driver.press("<tab>");
    snapshot!("app_settings", driver);
    driver.press("<tab>");
    snapshot!("app_credentials", driver);
    driver.press("R<ctrl-u>200<enter>");
    snapshot!("app_rotate_prompt", driver);
    driver.press("<ctrl-u>24<enter>");
    snapshot!("app_credentials_rotating", driver);
    driver.press("E<enter>AZwEVwGEcfGet2PCouA7K6<enter>");
    snapshot!("app_environment_prompt", driver);
    driver.press("sealed<enter><down><down><down>");
    snapshot!("app_credentials_of_the_platform", driver);
    driver.press("z");
    snapshot!("app_suspend_question", driver);
    driver.press("<enter><tab>");
    snapshot!("app_history", driver);
    driver.press("<tab>");
    driver.advance_ms(10_000);
    snapshot!("app_suspended_and_rotating", driver);
    driver.press("e<pgup>");
    snapshot!("edit_fixed_type", driver);
    driver.press("<pgdn> and more<ctrl-s>");
    snapshot!("edit_review", driver);
    let path = driver.dir.path().join(devconsole::store::FILE_NAME);
    rusqlite::Connection::open(path)
        .unwrap()
        .execute_batch(
            "UPDATE apps SET version = version + 1,
             spec = json_set(spec, '$.properties.name', 'Orders (live)')",
        )
        .unwrap();
    driver.press("<enter>");
    snapshot!("edit_conflict", driver);
    driver.press("<esc><esc>");
    snapshot!("list_with_changes_to_an_app", driver);
}

#[test]
fn the_credentials_unboxed_at_three_sizes() {
    let mut driver = Driver::signed_up();
    driver.press(REST);
    driver.press("<pgdn><pgdn><down><pgdn><tab><space><pgdn><space><tab>https://orders.example.com/hook<ctrl-s>");
    driver.advance_ms(10_000);
    driver.press("p");
    snapshot!("app_unboxed_hidden", driver);
    driver.press("r");
    // One that wraps is no word of the length that makes it steady.
    if let devconsole::console::Screen::App(page) = &mut driver.console.screen {
        let fixed = devconsole::domain::secret::Secret::new("0123456789a".repeat(4));
        page.secrets.as_mut().unwrap().client = Some(fixed);
    }
    for (name, width, height) in [
        ("app_unboxed_80x24", 80, 24),
        ("app_unboxed_40x20", 40, 20),
        ("app_unboxed_120x40", 120, 40),
        ("app_unboxed_smallest", 36, 10),
    ] {
        driver.resize(width, height);
        insta::with_settings!({ snapshot_path => "../snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(name, picture(&driver));
        });
    }
}

#[test]
fn locked_in_all_its_states() {
    let mut driver = Driver::signed_up();
    driver.press("n<pgdn>Orders<ctrl-l>");
    snapshot!("locked", driver);
    driver.press("wrong");
    driver.feed(Msg::Answer(Answer::SignedIn(Err(SignInRefusal::Wait {
        wait_ms: 8000,
    }))));
    snapshot!("locked_refused", driver);
}

#[test]
fn without_colour_and_without_unicode() {
    let mut driver = Driver::signed_up();
    driver.advance_ms(10_000);
    driver.theme = Theme::new(ThemeName::default(), false, Depth::None, false);
    driver.press("n<down><down><pgdn><tab>Too short<tab>");
    snapshot!("ascii_mono_create_app", driver);
    driver.press("<enter>");
    snapshot!("ascii_mono_list", driver);
}

#[test]
fn small_windows() {
    let mut driver = Driver::signed_up();
    driver.advance_ms(10_000);
    driver.resize(30, 8);
    snapshot!("too_small", driver);
    driver.resize(40, 20);
    snapshot!("phone_apps", driver);
    driver.press("n<space><pgdn><pgdn><pgdn>");
    snapshot!("phone_create_app_auth", driver);
}
