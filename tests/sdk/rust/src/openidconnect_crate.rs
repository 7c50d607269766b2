//! The crate openidconnect: discovery, code with PKCE and a nonce, an ID token whose signature is
//! checked, user info.

use openidconnect::{
    AuthenticationFlow, AuthorizationCode, ClientId, ClientSecret, CsrfToken, IssuerUrl, Nonce,
    OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError,
    Scope, TokenResponse,
    core::{CoreClient, CoreProviderMetadata, CoreResponseType, CoreUserInfoClaims},
};

use crate::{http, of, value, visit};

pub fn run() {
    let http = http();
    let issuer = IssuerUrl::new(of("SERVER")).expect("an issuer");
    let metadata = CoreProviderMetadata::discover(&issuer, &http).expect("metadata");
    let client_with = |secret: &str| {
        CoreClient::from_provider_metadata(
            metadata.clone(),
            ClientId::new(of("SHOP_ID")),
            Some(ClientSecret::new(secret.to_owned())),
        )
        .set_redirect_uri(RedirectUrl::new(of("REDIRECT")).expect("a redirect URI"))
    };
    let client = client_with(&of("SHOP_SECRET"));
    let code = || {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let flow = AuthenticationFlow::<CoreResponseType>::AuthorizationCode;
        let (url, state, nonce) = client
            .authorize_url(flow, CsrfToken::new_random, Nonce::new_random)
            .add_scope(Scope::new("email".to_owned()))
            .add_scope(Scope::new("profile".to_owned()))
            .set_pkce_challenge(challenge)
            .url();
        let back = visit(url.as_str());
        assert_eq!(&value(&back, "state"), state.secret());
        (
            AuthorizationCode::new(value(&back, "code")),
            verifier,
            nonce,
        )
    };
    let (first, verifier, nonce) = code();
    let again = PkceCodeVerifier::new(verifier.secret().clone());
    let tokens = client
        .exchange_code(first.clone())
        .expect("an endpoint")
        .set_pkce_verifier(verifier)
        .request(&http)
        .expect("tokens");
    let id_token = tokens.id_token().expect("an ID token");
    let claims = id_token
        .claims(&client.id_token_verifier(), &nonce)
        .expect("a signature that fits");
    assert_eq!(
        claims.email().map(|email| email.as_str()),
        Some("ada@example.com")
    );
    let who: CoreUserInfoClaims = client
        .user_info(
            tokens.access_token().clone(),
            Some(claims.subject().clone()),
        )
        .expect("an endpoint")
        .request(&http)
        .expect("user info");
    assert_eq!(who.email_verified(), Some(true));

    let refused =
        |secret: &str, code: AuthorizationCode, verifier: PkceCodeVerifier, message: &str| {
            let asked = client_with(secret)
                .exchange_code(code)
                .expect("an endpoint")
                .set_pkce_verifier(verifier)
                .request(&http);
            match asked {
                Err(RequestTokenError::ServerResponse(answer)) => {
                    assert_eq!(answer.error().to_string(), message)
                }
                other => panic!("not refused: {other:?}"),
            }
        };
    let secret = of("SHOP_SECRET");
    refused(&secret, first, again, "invalid_grant");
    let (second, _, _) = code();
    refused(
        &secret,
        second,
        PkceCodeVerifier::new("w".repeat(64)),
        "invalid_grant",
    );
    let (third, verifier, _) = code();
    refused("wrong", third, verifier, "invalid_client");
    println!(
        "openidconnect (crate): discovery, login, RS256 ID token, user info; refused: the code again, verifier, secret"
    );
}
