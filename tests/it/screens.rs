//! Every named state of every screen as a picture: the grid, the cursor, and the style runs.
//! 80×24; the two-pane ones at 120×40.
//!
//! A state is one row, a test and a snapshot of the same name: where it starts, and the steps from
//! there. It depends on no other state.

use crate::harness::driver::{Driver, EMAIL, PASSWORD, rows};
use crate::harness::form::{App, app};
use devconsole::{
    console::{Msg, Screen},
    desk::Access,
    domain::{
        id::AppId,
        oauth::{
            diagnosis::{Cause, Diagnosis},
            exchange::{ActsAs, Exchange},
            trial::Step,
        },
        people::developer::Role,
        problem::{Problem, ProblemKind},
        progress::{Progress, Work},
        secret::Secret,
        time::UnixMs,
    },
    request::{News, ReadExchanges, Reply},
    screens::{
        app::issued,
        create_app::{
            CREATE, Tab,
            sections::{app_card, app_type, auth, features, properties, security},
        },
        jwt::form as jwt,
        organization::add,
        sign_in, sign_up,
    },
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
    if let Some(color) = style.fg
        && color != ratatui::style::Color::Reset
    {
        names.push(color.to_string().to_lowercase());
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

/// `state!(name, start, |d| steps)`: the driver goes from the start through the steps, and its
/// picture is compared with the snapshot of that name. Steps can be keys alone, or left out.
macro_rules! state {
    ($name:ident, $start:expr) => {
        state!($name, $start, "");
    };
    ($name:ident, $start:expr, $keys:literal) => {
        state!($name, $start, |d| d.press($keys));
    };
    ($name:ident, $start:expr, $steps:expr) => {
        #[test]
        fn $name() {
            let steps: fn(&mut Driver) = $steps;
            let mut driver: Driver = $start;
            steps(&mut driver);
            insta::with_settings!({ snapshot_path => "../snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
                insta::assert_snapshot!(stringify!($name), picture(&driver));
            });
        }
    };
}

fn icon(name: &str) -> String {
    // Relative to the package, where tests run: a picture must not show this machine.
    format!("tests/data/icons/{name}")
}

fn widen(d: &mut Driver) {
    d.resize(120, 40);
    d.advance_ms(200);
}

/// A server-side app that still needs an authentication method.
fn orders() -> App {
    app("Orders (staging)").about("Syncs orders to the call log for agents.")
}

/// On the list, with the notice of the sign-up gone.
fn list() -> Driver {
    let mut driver = Driver::signed_up();
    driver.advance_ms(10_000);
    driver
}

// Signing up.

/// The e-mail address is cut short, the password is weak.
fn half_signed_up() -> Driver {
    let mut driver = Driver::new();
    driver.answer(sign_up::ORGANIZATION, "Acme Corp");
    driver.answer(sign_up::FULL_NAME, "Ada Lovelace");
    driver.answer(sign_up::EMAIL, "ada@example");
    driver.answer(sign_up::PASSWORD, "purple");
    driver
}

fn show_password(d: &mut Driver) {
    d.press("<ctrl-s>");
    d.answer(sign_up::EMAIL, EMAIL);
    d.answer(sign_up::PASSWORD, PASSWORD);
    d.press("<ctrl-r>");
}

fn recovery_key_shown() -> Driver {
    let mut driver = Driver::new();
    driver.sign_up();
    driver
}

state!(sign_up_empty, Driver::new());
state!(
    sign_up_typing_with_an_error_and_a_weak_password,
    half_signed_up()
);
state!(sign_up_tried_with_errors, half_signed_up(), "<ctrl-s>");
state!(sign_up_password_shown, half_signed_up(), show_password);
state!(sign_up_waiting, half_signed_up(), |d| {
    show_password(d);
    d.answer(sign_up::AGAIN, PASSWORD);
    d.holds_answers = true;
    d.press("<ctrl-s>");
});
state!(recovery_key, recovery_key_shown());
state!(
    recovery_key_wrong_group,
    recovery_key_shown(),
    "nope<enter>"
);

// Signing in.

fn restarted() -> Driver {
    Driver::signed_up().restart()
}

fn refuse(d: &mut Driver, kind: ProblemKind) {
    let Some(Msg::Reply(ticket, reply)) = d.held.pop_back() else {
        panic!("nothing is asked");
    };
    let text = "The workspace is read-only.".to_owned();
    d.feed(Msg::Reply(ticket, reply.failed(Problem { kind, text })));
}

fn submit_a_wrong_password(d: &mut Driver) {
    d.answer(sign_in::PASSWORD, "not the password");
    d.holds_answers = true;
    d.press("<enter>");
}

state!(sign_in, restarted());
state!(sign_in_waiting, restarted(), submit_a_wrong_password);
state!(sign_in_refused, restarted(), |d| {
    submit_a_wrong_password(d);
    refuse(d, ProblemKind::Wrong { wait_ms: 4000 });
});
state!(forgot_password_empty, restarted(), "<ctrl-f>");
state!(forgot_password_tried_with_errors, restarted(), |d| {
    d.press("<ctrl-f>");
    d.answer(sign_in::RECOVERY_KEY, "ABCDE");
    d.press("<ctrl-s>");
});

fn locked_in_a_form() -> Driver {
    let mut driver = Driver::signed_up();
    driver.press("n");
    driver.answer(properties::NAME, "Orders");
    driver.press("<ctrl-l>");
    driver
}

state!(locked, locked_in_a_form());
state!(locked_refused, locked_in_a_form(), |d| {
    d.holds_answers = true;
    d.press("wrong<enter>");
    refuse(d, ProblemKind::Throttled { wait_ms: 8000 });
});

// The list.

/// A server-side app, a bot and a JWT app, from the list and back to it.
fn register_three(d: &mut Driver) {
    d.register(
        orders()
            .server_side("https://orders.example.com/callback")
            .scope("sms")
            .scope("callcontrol")
            .reason("Agents transfer live calls from the order screen.")
            .with(security::ACCESS, "Public"),
    );
    d.press("<esc>");
    d.register(
        app("Helper bot")
            .about("Answers questions about orders in team chats.")
            .bot("Helper", &icon("square.png")),
    );
    d.press("<esc>");
    d.register(
        app("Nightly export")
            .about("Exports the call log to the warehouse at night.")
            .jwt(),
    );
    d.press("<esc>");
}

fn three_apps() -> Driver {
    let mut driver = Driver::signed_up();
    register_three(&mut driver);
    driver
}

fn three_apps_and_two_drafts() -> Driver {
    let mut driver = list();
    register_three(&mut driver);
    driver.press("n");
    driver.answer(app_type::TYPE, "Bot Add-in");
    driver.press("<esc>");
    driver.advance_ms(1000);
    driver.leave_draft("Half done");
    driver.advance_ms(10_000);
    driver
}

state!(apps_empty, list());
state!(apps_with_a_draft, three_apps_and_two_drafts());
state!(
    apps_question_discard_draft,
    three_apps_and_two_drafts(),
    "d"
);
state!(apps_filtering, three_apps_and_two_drafts(), "/orders");
state!(
    apps_filter_finds_nothing,
    three_apps_and_two_drafts(),
    "/orderszzz"
);
state!(
    apps_after_the_filter,
    three_apps_and_two_drafts(),
    "/orderszzz<esc>"
);
state!(
    apps_two_panes_on_a_draft,
    three_apps_and_two_drafts(),
    widen
);
state!(apps_two_panes_on_an_app, three_apps_and_two_drafts(), |d| {
    widen(d);
    d.press("<down><down>");
    d.advance_ms(200);
});
state!(apps_create_app_is_off, Driver::signed_up(), |d| {
    let Access::Open(session) = &mut d.console.desk.access else {
        panic!("no session");
    };
    session.developer.full_name = "Grace Hopper".to_owned();
    session.developer.role = Role::AuditUser;
    d.press("n");
});

/// One app is a favorite, two are marked.
fn mark_two(d: &mut Driver) {
    d.press("gfj<space><space>");
}

/// The two marked apps are suspended, the list is sorted by type.
fn suspend_two(d: &mut Driver) {
    mark_two(d);
    d.press("z<enter>OOo");
}

fn tag_two(d: &mut Driver) {
    suspend_two(d);
    d.press("g<space><space>tbilling b2b<enter>");
}

fn filter_by_tag(d: &mut Driver) {
    tag_two(d);
    d.press("/tag:bi<tab><enter>");
}

state!(list_marked_and_favourite, three_apps(), mark_two);
state!(list_question_suspend_several, three_apps(), |d| {
    mark_two(d);
    d.press("z");
});
state!(list_suspended_by_type, three_apps(), suspend_two);
state!(list_tags_of_several, three_apps(), |d| {
    suspend_two(d);
    d.press("g<space><space>t");
});
state!(list_facets, three_apps(), |d| {
    tag_two(d);
    d.press("/");
});
state!(list_facet_values, three_apps(), |d| {
    tag_two(d);
    d.press("/tag:b");
});
state!(list_by_tag, three_apps(), filter_by_tag);
state!(list_export, three_apps(), |d| {
    filter_by_tag(d);
    d.press("x");
});
state!(list_tagged_wide, three_apps(), |d| {
    filter_by_tag(d);
    widen(d);
});

// The history and the commands.

fn suspended_and_tagged() -> Driver {
    let mut driver = three_apps();
    driver.press("gtbilling<enter>z<enter>");
    driver
}

state!(history_new, Driver::signed_up(), "H");
state!(history, suspended_and_tagged(), "H");
state!(history_filtering, suspended_and_tagged(), "H/tags");
state!(
    history_filter_finds_nothing,
    suspended_and_tagged(),
    "H/tags nothing"
);
state!(history_verified, suspended_and_tagged(), "Hv");
state!(history_small, suspended_and_tagged(), |d| {
    d.resize(44, 16);
    d.press("H");
});
state!(commands, suspended_and_tagged(), ":");
state!(commands_searched, suspended_and_tagged(), ":secret");
state!(commands_nothing_found, suspended_and_tagged(), ":secretzzz");
state!(commands_small, suspended_and_tagged(), |d| {
    d.resize(44, 16);
    d.press(":");
});

// People and approvals.

fn people() -> Driver {
    let mut driver = Driver::signed_up();
    driver.press("p");
    driver
}

/// On the first password of a second developer.
fn grace_added() -> Driver {
    let mut driver = people();
    driver.add_developer("Grace Hopper", "grace@example.com", "Developer");
    driver
}

fn grace_disabled() -> Driver {
    let mut driver = grace_added();
    driver.press("<enter>z<enter>");
    driver
}

state!(organization_alone, people());
state!(add_developer_empty, people(), "n");
state!(
    add_developer_discard_question,
    Driver::signed_up(),
    "pnGrace<esc>"
);
state!(add_developer_with_errors, people(), "n<ctrl-s>");
state!(add_developer_role, people(), |d| {
    d.press("n");
    d.answer(add::FULL_NAME, "Grace Hopper");
    d.answer(add::EMAIL, "grace@example.com");
    d.go_to(add::ROLE);
});
state!(first_password, grace_added());
state!(organization_with_a_first_password, grace_added(), "<enter>");
state!(organization_role, grace_added(), "<enter>r");
state!(organization_unfolded, grace_added(), "<enter><enter>");
state!(organization_question_disable, grace_added(), "<enter>z");
state!(organization_disabled, grace_disabled());
state!(organization_small, grace_disabled(), |d| {
    d.press("<esc>p");
    d.resize(44, 16);
});

// Secrets that a developer could read until they left.

/// Grace is removed; her page is in front.
fn grace_left() -> Driver {
    let mut driver = Driver::with_grace(&["Call log", "Directory", "Orders (staging)"]);
    driver.press("d<enter>");
    driver
}

state!(readable, grace_left());
state!(readable_wide, grace_left(), widen);
state!(readable_small, grace_left(), |d| d.resize(44, 16));
state!(readable_all_but_one_marked, grace_left(), "Aj<space>");
state!(readable_question, grace_left(), "AR");
state!(readable_question_revoke, grace_left(), "AAj<space>R");
state!(readable_replaced, grace_left(), "AR<enter>");
state!(readable_replaced_wide, grace_left(), |d| {
    d.press("R<enter>");
    widen(d);
});
state!(readable_of_a_developer_who_stays, grace_added(), "<enter>R");
state!(organization_with_former, grace_left(), "<esc>v<end>");

/// As if the worker had far to go.
fn far(d: &mut Driver, done: u64) {
    d.holds_answers = true;
    d.press("d<enter>");
    let Some(Msg::Reply(ticket, _)) = d.held.back() else {
        panic!("nothing is awaited");
    };
    let progress = Progress {
        work: Work::Sealing,
        done,
        total: 100_001,
    };
    let request = ticket.number;
    d.feed(Msg::News(News::Progress { request, progress }));
}

state!(sealing, grace_added(), |d| {
    d.press("<enter>");
    far(d, 62_464);
});
state!(sealing_small, grace_added(), |d| {
    d.press("<enter>");
    d.resize(44, 16);
    far(d, 1_024);
});

state!(change_password, people(), "w");
state!(change_password_with_errors, people(), "w<ctrl-s>");
state!(new_recovery_key_prompt, grace_disabled(), "<esc>pK");

/// On the page of an app that waits for a scope.
fn scope_requested() -> Driver {
    Driver::on_page_of(
        app("Directory")
            .about("Syncs the directory.")
            .jwt()
            .scope("edit acc")
            .reason("We keep our phone directory in step with the staff list, each night."),
    )
}

state!(approvals_empty, Driver::signed_up(), "a");
state!(approvals, scope_requested(), "<esc>a");
state!(approvals_question, scope_requested(), "<esc>ay");
state!(approvals_reason, scope_requested(), "<esc>ax");
state!(
    app_settings_with_a_pending_scope,
    scope_requested(),
    "<tab>"
);
state!(
    app_with_a_rejected_scope,
    scope_requested(),
    "<esc>axSay which staff list.<enter><esc><enter>"
);

// JWT credentials.

fn jwt_form() -> Driver {
    let mut driver = Driver::signed_up();
    driver.press("Jn");
    driver
}

fn search_for_an_app(d: &mut Driver) {
    d.answer(jwt::LABEL, "Night export, server 3");
    d.answer(jwt::APPS, "Only specific apps of my choice");
    d.go_to(jwt::SPECIFIC);
    d.press("elsewhere_abcdefghijkl");
}

fn fill_in_jwt(d: &mut Driver) {
    search_for_an_app(d);
    d.press("<enter>partner_defghijklmnopq<enter><enter>");
    d.answer(jwt::EXPIRES, "20d");
}

fn two_jwts() -> Driver {
    let mut driver = jwt_form();
    fill_in_jwt(&mut driver);
    driver.press("<ctrl-s>");
    driver.advance_ms(1000);
    driver.press("n");
    driver.answer(jwt::LABEL, "For all");
    driver.press("<ctrl-s>");
    driver
}

state!(jwt_empty, Driver::signed_up(), "J");
state!(jwt_form_empty, jwt_form());
state!(jwt_form_with_an_error, jwt_form(), "<ctrl-s>");
state!(jwt_form_apps_search, jwt_form(), search_for_an_app);
state!(jwt_form_filled_in, jwt_form(), fill_in_jwt);
state!(jwt_list, jwt_form(), |d| {
    fill_in_jwt(d);
    d.press("<ctrl-s>");
});
state!(jwt_question_revoke, two_jwts(), "d");
state!(jwt_apps, two_jwts(), "e");

// The local server.

/// As its threads would report it.
fn says(driver: &mut Driver, news: News) {
    driver.feed(Msg::News(news));
}

fn exchange(number: u64, what: &str, code: &str, why: Option<Diagnosis>) -> Exchange {
    let is_fine = why.is_none();
    Exchange {
        acts_as: Some(ActsAs {
            name: "Ada Lovelace".to_owned(),
            by_jwt: false,
        }),
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

fn server_page() -> Driver {
    let mut driver = Driver::signed_up();
    driver.press("b");
    driver
}

/// Running, with four requests in its log.
fn server_with_a_log() -> Driver {
    let mut driver = server_page();
    says(&mut driver, News::Started(8228));
    driver.advance_ms(7000);
    let differs = Diagnosis {
        cause: Cause::RedirectUriDiffers,
        detail: Some("The closest registered URI is https://orders.example.com/cb: the request has a slash at the end, the registered URI has none.".to_owned()),
    };
    let replaced = Cause::RefreshTokenReplaced.into();
    let log = vec![
        exchange(1, "JWT", "ok", None),
        exchange(2, "GET /restapi/v1.0/account/~/extension/~", "ok", None),
        exchange(3, "refresh", "OAU-213", Some(replaced)),
        exchange(4, "code for tokens", "OAU-109", Some(differs)),
    ];
    driver.reply(Reply::ReadExchanges(ReadExchanges {}, Ok(log)));
    driver
}

/// One fault is armed once, one until it is disarmed.
fn two_faults() -> Driver {
    let mut driver = server_with_a_log();
    driver.press("f<down><down><space><down><space><space><esc>");
    driver
}

const ERROR: &str = "x{\"error\":\"unauthorized_client\",\"errors\":[{\"errorCode\":\"OAU-251\"}]}";

state!(server_not_running, server_page());
state!(server_waiting, server_page(), |d| {
    says(d, News::Started(8228));
    d.advance_ms(7000);
});
state!(server_log, server_with_a_log());
state!(server_exchange, server_with_a_log(), "<enter>");
state!(server_faults, server_with_a_log(), "f<down><down><space>");
state!(server_explain_prompt, two_faults(), |d| d.press(ERROR));
state!(server_explained, two_faults(), |d| {
    d.press(ERROR);
    d.press("<enter>");
});
state!(server_unexplained, two_faults(), "xhello<enter>");
state!(server_small, two_faults(), |d| d.resize(44, 16));

/// A trial that waits for a browser.
fn trial() -> Driver {
    let mut driver = Driver::on_page_of(orders().jwt());
    driver.press("T");
    let trial = driver.console.desk.local_server.trials;
    for (what, detail) in [
        ("The local server is running", "http://127.0.0.1:8228"),
        ("Listen at the redirect URI", "http://127.0.0.1:5000/cb"),
    ] {
        let step = Step::ok(what, detail);
        says(&mut driver, News::Step { trial, step });
    }
    let url = "http://127.0.0.1:8228/restapi/oauth/authorize?response_type=code&client_id=abc&redirect_uri=http%3A%2F%2F127.0.0.1%3A5000%2Fcb&state=0011223344556677&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256".to_owned();
    says(&mut driver, News::Url { trial, url });
    driver
}

state!(trial_waiting_for_a_browser, trial());
state!(trial_failed, trial(), |d| {
    let trial = d.console.desk.local_server.trials;
    let mut step = Step::failed(
        "Exchange the code for tokens",
        "The answer is 400. Authorization code is expired.",
    );
    step.took_ms = Some(3);
    step.diagnosis = Some(Cause::NoRefreshTokens.into());
    says(d, News::Step { trial, step });
    says(d, News::TrialEnded { trial });
});

// The create-app form.

fn form() -> Driver {
    let mut driver = list();
    driver.press("n");
    driver
}

fn rest_form() -> Driver {
    let mut driver = form();
    driver.answer(app_type::TYPE, "REST API App");
    driver
}

/// The description is too short.
fn properties_wrong() -> Driver {
    let mut driver = rest_form();
    driver.answer(properties::NAME, "Orders (staging)");
    driver.answer(properties::DESCRIPTION, "Too short");
    driver.go_to(properties::CONTACT);
    driver
}

fn on_card() -> Driver {
    let mut driver = properties_wrong();
    driver.answer(properties::PROMOTION, "Yes");
    driver.go_to(app_card::DISPLAY_NAME);
    driver
}

/// On the summary, below a name.
fn card_with(picture: &str) -> Driver {
    let mut driver = on_card();
    driver.answer(app_card::DISPLAY_NAME, "Orders");
    driver.answer(app_card::SUMMARY, "Your orders beside your calls.");
    driver.answer(app_card::ICON, &icon(picture));
    driver.go_to(app_card::SUMMARY);
    driver
}

fn complete_a_path(d: &mut Driver) {
    d.go_to(app_card::ICON);
    d.press("<ctrl-u>tests/data/icons/sq<right>");
}

fn on_auth() -> Driver {
    let mut driver = card_with("square.png");
    complete_a_path(&mut driver);
    driver.go_to(auth::METHOD);
    driver
}

/// Unencrypted, and not of this machine.
fn redirect_uri_wrong() -> Driver {
    let mut driver = on_auth();
    driver.answer(auth::PLATFORM, "Server-side web app");
    driver.answer(auth::REDIRECT_URIS, "http://example.com/cb");
    driver
}

fn redirect_uris_twice() -> Driver {
    let mut driver = redirect_uri_wrong();
    driver.press("<ctrl-u>");
    driver.paste(
        "https://orders.example.com/cb\nhttps://orders.example.com/cb\nhttp://localhost:5000/cb",
    );
    driver
}

fn on_security() -> Driver {
    let mut driver = redirect_uris_twice();
    driver.go_to(security::SCOPES);
    driver
}

fn justification_missing() -> Driver {
    let mut driver = on_security();
    driver.answer(security::SCOPES, ["sms", "edit accounts"]);
    driver.go_to(security::ACCESS);
    driver
}

fn public_for_specific_partners() -> Driver {
    let mut driver = justification_missing();
    driver.answer(security::ACCESS, "Public");
    driver.answer(security::PARTNERS, "Only specific partners");
    driver
}

fn on_webhook() -> Driver {
    let mut driver = public_for_specific_partners();
    driver.go_to(security::GALLERIES);
    driver.answer(features::INTERACTIVE, true);
    driver.go_to(features::WEBHOOK);
    driver
}

fn review_with_errors(d: &mut Driver) {
    d.go_to(features::SHARED_SECRET);
    d.go_to(CREATE);
}

state!(create_app_type_empty, form());
state!(create_app_type_deprecated, form(), |d| d
    .answer(app_type::TYPE, "Notification Add-in"));
state!(create_app_properties_empty, rest_form(), |d| d
    .go_to(properties::NAME));
state!(create_app_properties_errors, properties_wrong());
state!(
    create_app_primary_contact_list,
    properties_wrong(),
    "<enter>"
);
state!(create_app_card_rest, on_card());
state!(create_app_card_icon_not_square, card_with("wide.png"));
state!(create_app_card_icon_read, card_with("square.png"), |d| d
    .go_to(app_card::ICON));
state!(
    create_app_card_path_completed,
    card_with("square.png"),
    complete_a_path
);
state!(create_app_auth, on_auth());
state!(create_app_auth_hint_while_typing, redirect_uri_wrong());
state!(
    create_app_auth_redirect_uri_error,
    redirect_uri_wrong(),
    |d| d.go_to(auth::REFRESH)
);
state!(
    create_app_auth_rows_duplicate_and_no_refresh,
    redirect_uris_twice(),
    |d| d.answer(auth::REFRESH, "No")
);
state!(create_app_security_empty, on_security());
state!(create_app_scopes_list, on_security(), "<enter>");
state!(
    create_app_scopes_deprecated_found,
    on_security(),
    "<enter>glip"
);
state!(
    create_app_scopes_found_by_a_call,
    on_security(),
    "<enter>get unified-presence"
);
state!(create_app_scopes_nothing_found, on_security(), "<enter>qqq");
state!(
    create_app_security_justification_missing,
    justification_missing()
);
state!(
    create_app_security_public_specific_partners,
    public_for_specific_partners()
);
state!(
    create_app_galleries_list,
    public_for_specific_partners(),
    |d| {
        d.go_to(security::GALLERIES);
        d.press("<enter>");
    }
);
state!(create_app_features_interactive, on_webhook());
state!(create_app_features_shared_secret, on_webhook(), |d| d
    .go_to(features::SHARED_SECRET));
state!(
    create_app_review_with_errors,
    on_webhook(),
    review_with_errors
);
state!(create_app_first_error, on_webhook(), |d| {
    review_with_errors(d);
    d.press("<ctrl-s>");
});
state!(create_app_help, on_webhook(), |d| {
    review_with_errors(d);
    d.press("<ctrl-s><ctrl-g>");
});

/// Every field of the app card was left empty.
fn bot_without_card() -> Driver {
    let mut driver = form();
    driver.answer(app_type::TYPE, "Bot Add-in");
    driver.go_to(app_card::ICON);
    driver.go_to(auth::REDIRECT_URIS);
    driver
}

fn notification_without_card() -> Driver {
    let mut driver = bot_without_card();
    driver.answer(app_type::TYPE, "Notification Add-in");
    driver.open_tab(Tab::Section(&auth::SECTION));
    driver
}

state!(create_app_auth_bot, bot_without_card());
state!(create_app_card_bot_required, bot_without_card(), |d| d
    .go_to(app_card::ICON));
state!(create_app_auth_notification, notification_without_card());
state!(
    create_app_features_integrated_is_forced,
    notification_without_card(),
    |d| {
        d.go_to(features::INTEGRATED);
        d.press("<space>");
    }
);
state!(
    create_app_features_web_install,
    notification_without_card(),
    |d| {
        d.answer(features::WEB_INSTALL, true);
        d.answer(features::WEB_INSTALL_URL, "http://example.com");
        d.go_to(features::WEB_INSTALL);
    }
);

fn review() -> Driver {
    let mut driver = Driver::signed_up();
    driver.start(orders().jwt());
    driver.go_to(CREATE);
    driver.advance_ms(10_000);
    driver
}

state!(create_app_review_ready, review());
state!(create_app_review_on_a_section, review(), "<up><up>");
state!(create_app_creating, review(), |d| {
    d.press("<up><up>");
    d.holds_answers = true;
    d.press("<ctrl-s>");
});

// The page of an app.

/// On the page of an app that has no client secret, while that of another one is copied.
fn storefront() -> Driver {
    let mut driver = Driver::on_page_of(orders().jwt());
    driver.press("s");
    driver.advance_ms(15_000);
    driver.press("<esc>");
    driver.register(
        app("Storefront")
            .about("A shop window in the browser, for customers.")
            .client_side("https://shop.example.com/cb")
            .scope("editaccounts")
            .reason("Creates an extension for each new shop.")
            .webhook("https://shop.example.com/hook"),
    );
    driver.advance_ms(10_000);
    driver
}

state!(app_created_jwt, Driver::on_page_of(orders().jwt()));
state!(app_secret_copied, Driver::on_page_of(orders().jwt()), "s");
state!(
    app_secret_revealed,
    Driver::on_page_of(orders().jwt()),
    |d| {
        d.press("sr");
        d.advance_ms(15_000);
    }
);
state!(app_created_public_client_with_pending_scope, storefront());
state!(app_has_no_client_secret, storefront(), "s");
state!(app_page_wide, storefront(), |d| {
    d.press("s");
    widen(d);
});

/// The page of an app, with the notice of its registration gone.
fn page() -> Driver {
    let mut driver = Driver::on_page_of(orders().jwt());
    driver.advance_ms(10_000);
    driver
}

/// On the credentials, with an old secret that is valid for another day.
fn rotating() -> Driver {
    let mut driver = page();
    driver.press("<tab><tab>R<ctrl-u>24<enter>");
    driver
}

fn keep_issued(d: &mut Driver) {
    d.answer(issued::CLIENT_ID, "AZwEVwGEcfGet2PCouA7K6");
    d.answer(issued::CLIENT_SECRET, "sealed");
    d.press("<ctrl-s>");
}

/// With credentials that RingCentral issued.
fn with_issued_credentials() -> Driver {
    let mut driver = rotating();
    driver.press("E");
    keep_issued(&mut driver);
    driver
}

fn suspended() -> Driver {
    let mut driver = with_issued_credentials();
    driver.press("z<enter><tab>");
    driver
}

fn edited() -> Driver {
    let mut driver = suspended();
    driver.press("<tab>");
    driver.advance_ms(10_000);
    driver.press("e");
    driver
}

fn review_an_edit(d: &mut Driver) {
    d.go_to(app_type::TYPE);
    d.go_to(properties::NAME);
    d.press(" and more<ctrl-s>");
}

fn meet_a_conflict(d: &mut Driver) {
    review_an_edit(d);
    d.sql(
        "UPDATE apps SET version = version + 1,
         spec = json_set(spec, '$.properties.name', 'Orders (live)')",
    );
    d.press("<enter>");
}

/// As long as a name can be.
const LONG_NAME: &str = "Customer engagement analytics and reporting for the EMEA regions";

fn long_name() -> Driver {
    assert_eq!(LONG_NAME.len(), devconsole::domain::app::NAME_MAX);
    let mut driver = Driver::on_page_of(app(LONG_NAME).jwt());
    driver.advance_ms(10_000);
    driver
}

fn long_name_wide() -> Driver {
    let mut driver = long_name();
    widen(&mut driver);
    driver
}

fn long_name_in_form(mut driver: Driver) -> Driver {
    driver.press("<esc>n");
    driver.answer(properties::NAME, LONG_NAME);
    driver
}

state!(app_long_name, long_name());
state!(app_long_name_wide, long_name_wide());
state!(list_long_name, long_name(), "<esc>");
state!(list_long_name_wide, long_name_wide(), |d| {
    d.press("<esc>");
    d.advance_ms(1000);
});
state!(create_app_long_name, long_name_in_form(long_name()));
state!(
    create_app_long_name_wide,
    long_name_in_form(long_name_wide())
);
state!(edit_long_name, long_name(), "e");

/// An app that requests too much and too little, and its calls at the local server.
fn with_calls() -> Driver {
    let scopes = orders()
        .jwt()
        .scope("EditCallLog")
        .reason("We remove what was reported by mistake.");
    let mut driver = Driver::on_page_of(scopes.scope("SMS").scope("ReadAccounts"));
    driver.sql(
        "INSERT INTO operation_usage
         SELECT id, 'readUserCallLog', 11, 0, 0, 1, created_at, created_at + 60000, 'EditCallLog'
         FROM apps;
         INSERT INTO operation_usage
         SELECT id, 'readUserPresenceStatus', 0, 0, 3, 0, created_at, created_at, NULL FROM apps;
         INSERT INTO operation_usage
         SELECT id, 'readExtension', 1, 0, 0, 0, created_at, created_at, 'ReadAccounts' FROM apps",
    );
    driver.advance_ms(10_000);
    driver
}

fn with_approved_calls() -> Driver {
    let mut driver = with_calls();
    driver.press("<esc>ay<enter><esc><enter>");
    driver
}

state!(app_scopes_without_calls, page(), "5");
state!(app_scopes, with_approved_calls(), "5");
state!(app_scopes_not_granted, with_calls(), "5");
state!(app_scopes_proposed, with_approved_calls(), "5P");
state!(
    app_scopes_proposed_saved,
    with_approved_calls(),
    "5P<ctrl-s>"
);
state!(approvals_with_calls, with_calls(), "<esc>a");
state!(app_sessions_none, page(), "i");
state!(app_sessions, page(), |d| {
    d.sql(
        "WITH RECURSIVE nth(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM nth WHERE n < 7)
         INSERT INTO sessions (number, id, endpoint, client_id, owner, scope, created_at, access,
             access_ends_at, ended_at, ended_by)
         SELECT n, 'session' || n, 'endpoint', client_id, created_by, 'ReadAccounts',
             apps.created_at + n * 60000, randomblob(32), apps.created_at + 3600000,
             iif(n > 2, NULL, apps.created_at), iif(n > 2, NULL, iif(n = 1, 'revoked', 'evicted'))
         FROM nth, apps",
    );
    d.press("i");
});
state!(app_sessions_end_question, page(), |d| {
    d.sql(
        "INSERT INTO sessions (number, id, endpoint, client_id, owner, scope, created_at, access,
             access_ends_at)
         SELECT 1, 'session1', 'endpoint', client_id, created_by, 'ReadAccounts SMS',
             apps.created_at, randomblob(32), apps.created_at + 3600000 FROM apps",
    );
    d.press("id");
});
state!(app_settings, page(), "<tab>");
state!(app_credentials, page(), "<tab><tab>");
state!(app_rotate_prompt, page(), "<tab><tab>R<ctrl-u>200<enter>");
state!(app_credentials_rotating, rotating());
state!(app_issued_empty, rotating(), "E");
state!(app_issued_with_errors, rotating(), |d| {
    d.press("L");
    d.answer(issued::SERVER, "https://platform.ringcentral.com");
    d.answer(issued::CLIENT_ID, "two words");
    d.press("<ctrl-s>");
});
state!(app_credentials_of_the_platform, with_issued_credentials());
state!(app_suspend_question, with_issued_credentials(), "z");
state!(app_history, suspended());
state!(app_suspended_and_rotating, suspended(), |d| {
    d.press("<tab>");
    d.advance_ms(10_000);
});
state!(edit_fixed_type, edited(), |d| d.go_to(app_type::TYPE));
state!(edit_review, edited(), review_an_edit);
state!(edit_with_unsaved_changes, edited(), |d| {
    review_an_edit(d);
    d.press("<esc><down>e");
});
state!(edit_conflict, edited(), meet_a_conflict);
state!(list_with_changes_to_an_app, edited(), |d| {
    meet_a_conflict(d);
    d.press("<esc><esc><esc>");
});

fn unboxed() -> Driver {
    let mut driver = Driver::on_page_of(orders().jwt().webhook("https://orders.example.com/hook"));
    driver.advance_ms(10_000);
    driver.press("U");
    driver
}

fn unboxed_at(width: u16, height: u16) -> Driver {
    let mut driver = unboxed();
    driver.press("r");
    // A minted secret that wraps would not be recognized as one.
    if let Screen::App(page) = driver.console.screen_mut() {
        let fixed = Secret::new("0123456789a".repeat(4));
        page.secrets.as_mut().unwrap().client = Some(fixed);
    }
    driver.resize(width, height);
    driver
}

state!(app_unboxed_hidden, unboxed());
state!(app_unboxed_80x24, unboxed_at(80, 24));
state!(app_unboxed_40x20, unboxed_at(40, 20));
state!(app_unboxed_120x40, unboxed_at(120, 40));
state!(app_unboxed_smallest, unboxed_at(36, 10));

// Other terminals.

/// Without color and without Unicode, in a form with an error.
fn ascii_mono() -> Driver {
    let mut driver = list();
    driver.theme = Theme::new(ThemeName::default(), false, Depth::None, false);
    driver.press("n");
    driver.answer(app_type::TYPE, "Bot Add-in");
    driver.go_to(properties::NAME);
    driver.answer(properties::DESCRIPTION, "Too short");
    driver.go_to(properties::CONTACT);
    driver
}

state!(ascii_mono_create_app, ascii_mono());
state!(ascii_mono_list, ascii_mono(), "<enter>");
state!(too_small, list(), |d| d.resize(30, 8));
state!(phone_apps, list(), |d| d.resize(40, 20));
state!(phone_create_app_auth, list(), |d| {
    d.resize(40, 20);
    d.press("n");
    d.answer(app_type::TYPE, "REST API App");
    d.go_to(auth::METHOD);
});
