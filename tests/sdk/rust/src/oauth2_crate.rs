//! The crate oauth2: code with PKCE, with a secret and without, refresh, introspection. It takes no
//! revocation endpoint without TLS.

use oauth2::{
    AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, IntrospectionUrl,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError,
    TokenIntrospectionResponse, TokenResponse, TokenUrl, basic::BasicClient,
};

use crate::{http, of, value, visit};

macro_rules! client {
    ($id:expr, $secret:expr) => {{
        let at = |path: &str| format!("{}/restapi/oauth/{path}", of("SERVER"));
        let mut client = BasicClient::new(ClientId::new($id.to_owned()));
        let secret: Option<&str> = $secret;
        if let Some(secret) = secret {
            client = client.set_client_secret(ClientSecret::new(secret.to_owned()));
        }
        client
            .set_auth_uri(AuthUrl::new(at("authorize")).unwrap())
            .set_token_uri(TokenUrl::new(at("token")).unwrap())
            .set_introspection_url(IntrospectionUrl::new(at("introspect")).unwrap())
            .set_redirect_uri(RedirectUrl::new(of("REDIRECT")).unwrap())
    }};
}

fn works(what: &str, id: &str, secret: Option<&str>) {
    let http = http();
    let client = client!(id, secret);
    let code = || {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let (url, state) = client
            .authorize_url(CsrfToken::new_random)
            .set_pkce_challenge(challenge)
            .url();
        let back = visit(url.as_str());
        assert_eq!(&value(&back, "state"), state.secret());
        (AuthorizationCode::new(value(&back, "code")), verifier)
    };
    let exchange = |code: &AuthorizationCode, verifier: &PkceCodeVerifier| {
        client
            .exchange_code(code.clone())
            .set_pkce_verifier(PkceCodeVerifier::new(verifier.secret().clone()))
            .request(&http)
    };
    let is_refused =
        |code: &AuthorizationCode, verifier: &PkceCodeVerifier| match exchange(code, verifier) {
            Err(RequestTokenError::ServerResponse(message)) => {
                assert_eq!(message.error().to_string(), "invalid_grant");
            }
            other => panic!("not refused: {other:?}"),
        };
    let (first, verifier) = code();
    let tokens = exchange(&first, &verifier).expect("tokens");
    let refreshed = client
        .exchange_refresh_token(tokens.refresh_token().expect("a refresh token"))
        .request(&http)
        .expect("a refresh");
    if secret.is_some() {
        let told = client
            .introspect(refreshed.access_token())
            .request(&http)
            .expect("an introspection");
        assert!(told.active());
    }
    is_refused(&first, &verifier);
    let (second, _) = code();
    is_refused(&second, &PkceCodeVerifier::new("w".repeat(64)));
    println!("oauth2 (crate): {what}; refused: the code again, verifier");
}

pub fn run() {
    works("with a secret", &of("SHOP_ID"), Some(&of("SHOP_SECRET")));
    works("without a secret", &of("PAGE_ID"), None);
    let http = http();
    let liar = client!(of("SHOP_ID"), Some("wrong"));
    match liar
        .exchange_code(AuthorizationCode::new("x".to_owned()))
        .request(&http)
    {
        Err(RequestTokenError::ServerResponse(message)) => {
            assert_eq!(message.error().to_string(), "invalid_client");
        }
        other => panic!("not refused: {other:?}"),
    }
    println!("oauth2 (crate): refused: secret");
}
