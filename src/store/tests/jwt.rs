//! JWT credentials in the store: tokens, apps, revocation, and what is written of them.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::Value;

use super::{EMAIL, NOW, Rig, apps::create, later, open, password, spec_with};
use crate::{
    domain::{
        app::Registration,
        oauth::{
            credential::ClientId,
            jwt::{AuthorizedApps, NewJwt},
        },
        people::developer::Role,
        time::UnixMs,
    },
    store::{HistoryQuery, StoreError},
};

fn new(label: &str, apps: AuthorizedApps) -> NewJwt {
    NewJwt {
        label: label.to_owned(),
        apps,
        expires_at: None,
    }
}

fn jwt_app(rig: &mut Rig) -> ClientId {
    let kind = serde_json::json!({ "rest_api": { "auth": "jwt", "issue_refresh_tokens": true } });
    let registration = Registration {
        spec: spec_with("Robot", &rig.session.developer, &kind, &[]),
        shared_secret: None,
    };
    let me = rig.me();
    let app = rig.workspace.create_app(registration, &me, None, NOW);
    app.unwrap().client_id
}

fn part(token: &str, nth: usize) -> Value {
    let part = token.split('.').nth(nth).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

#[test]
fn a_token_says_who_and_until_when_and_can_be_read_again_after_a_restart() {
    let mut rig = Rig::new();
    let me = rig.me();
    let mut dated = new("Night job", AuthorizedApps::Organization);
    dated.expires_at = Some(later(90 * 24 * 60 * 60 * 1000));
    let made = rig.workspace.create_jwt(&me, &dated, NOW).unwrap();
    let token = rig.workspace.jwt_token(&made.id).unwrap();
    let (header, claims) = (part(token.expose(), 0), part(token.expose(), 1));
    assert_eq!(header["alg"], "ES256");
    assert_eq!(claims["jti"], made.id.as_str());
    assert_eq!(claims["sub"], me.as_str());
    assert_eq!(claims["exp"], dated.expires_at.unwrap().0 / 1000);

    let endless = new("Endless", AuthorizedApps::Organization);
    let endless = rig.workspace.create_jwt(&me, &endless, later(1)).unwrap();
    let other = rig.workspace.jwt_token(&endless.id).unwrap();
    assert_eq!(part(other.expose(), 0), header, "one key signs all");
    assert!(part(other.expose(), 1)["exp"].as_i64().unwrap() > NOW.0 / 1000 + 2_000_000_000);

    let dir = rig.dir;
    drop(rig.workspace);
    let mut again = open(dir.path());
    assert!(matches!(
        again.jwt_token(&made.id),
        Err(StoreError::VaultLocked)
    ));
    again.sign_in(EMAIL, &password(), later(2)).unwrap();
    assert_eq!(again.jwt_token(&made.id).unwrap().expose(), token.expose());
    let labels: Vec<String> = again
        .jwt_credentials()
        .unwrap()
        .into_iter()
        .map(|one| one.label)
        .collect();
    assert_eq!(labels, ["Endless", "Night job"]);
}

#[test]
fn the_apps_are_jwt_apps_or_unknown_and_can_be_changed_while_the_token_stays() {
    let mut rig = Rig::new();
    let me = rig.me();
    let robot = jwt_app(&mut rig);
    let web = create(&mut rig, "Web").client_id;
    let foreign = ClientId::from_stored("another_organizations_");
    let refuse = |rig: &mut Rig, apps: Vec<ClientId>| {
        let new = new("x", AuthorizedApps::Specific(apps));
        let refused = rig.workspace.create_jwt(&me, &new, NOW).unwrap_err();
        assert!(matches!(refused, StoreError::Conflict(_)), "{refused}");
        refused.to_string()
    };
    assert!(refuse(&mut rig, vec![]).contains("at least one app"));
    assert!(refuse(&mut rig, vec![web.clone()]).contains("Web does not use"));
    let many = (0..51).map(|nth| ClientId::from_stored(format!("c{nth}")));
    assert!(refuse(&mut rig, many.collect()).contains("50 apps"));

    let apps = AuthorizedApps::Specific(vec![foreign, robot.clone()]);
    let made = rig.workspace.create_jwt(&me, &new("x", apps), NOW).unwrap();
    let token = rig.workspace.jwt_token(&made.id).unwrap();
    let fewer = AuthorizedApps::Specific(vec![robot]);
    let changed = rig.workspace.set_jwt_apps(&made.id, &fewer, NOW).unwrap();
    assert_eq!(changed.apps, fewer);
    let every = AuthorizedApps::Organization;
    let changed = rig.workspace.set_jwt_apps(&made.id, &every, NOW).unwrap();
    assert_eq!(changed.apps, every);
    assert_eq!(
        rig.workspace.jwt_token(&made.id).unwrap().expose(),
        token.expose()
    );
}

#[test]
fn a_revoked_one_is_gone_from_the_list_and_its_token_from_the_file() {
    let mut rig = Rig::new();
    let me = rig.me();
    let every = AuthorizedApps::Organization;
    let made = rig
        .workspace
        .create_jwt(&me, &new("x", every), NOW)
        .unwrap();
    let token = rig.workspace.jwt_token(&made.id).unwrap();
    rig.workspace.revoke_jwt(&made.id, later(1)).unwrap();
    assert!(rig.workspace.jwt_credentials().unwrap().is_empty());
    for refused in [
        rig.workspace.jwt_token(&made.id).map(drop),
        rig.workspace.revoke_jwt(&made.id, NOW),
    ] {
        assert!(matches!(refused, Err(StoreError::NotFound(_))));
    }
    let revoked_at: i64 = rig
        .workspace
        .db
        .query_row("SELECT revoked_at FROM jwt_credentials", [], |row| {
            row.get(0)
        })
        .unwrap();
    assert_eq!(UnixMs(revoked_at), later(1));
    let history = rig.workspace.history(&HistoryQuery {
        limit: 10,
        ..HistoryQuery::default()
    });
    let written = format!("{:?}", history.unwrap());
    assert!(written.contains("JwtRevoked") && written.contains("JwtCreated"));
    assert!(!written.contains(token.expose()));
    assert_eq!(rig.workspace.check_history().unwrap(), None);
}

#[test]
fn an_admin_creates_one_for_a_developer_who_has_signed_in_and_manages_all() {
    let mut rig = Rig::new();
    let grace = rig.add("Grace Hopper", "grace@example.com", Role::Developer);
    let every = || new("x", AuthorizedApps::Organization);
    let refused = rig.workspace.create_jwt(&grace, &every(), NOW).unwrap_err();
    assert!(
        refused.to_string().contains("must sign in once"),
        "{refused}"
    );
    rig.workspace
        .db
        .execute_batch("UPDATE developers SET must_change_password = 0, last_sign_in_at = 1")
        .unwrap();
    let made = rig.workspace.create_jwt(&grace, &every(), NOW).unwrap();
    assert_eq!(made.owner, grace);
    assert_eq!(rig.workspace.jwt_credentials().unwrap().len(), 1);
    rig.workspace.revoke_jwt(&made.id, NOW).unwrap();
}

#[test]
fn a_credential_that_is_over_is_not_made() {
    let mut rig = Rig::new();
    let me = rig.me();
    let mut over = new("Over", AuthorizedApps::Organization);
    for at in [UnixMs(NOW.0 - 1), NOW] {
        over.expires_at = Some(at);
        let error = rig.workspace.create_jwt(&me, &over, NOW).unwrap_err();
        assert!(matches!(error, StoreError::Conflict(_)), "{error}");
    }
}
