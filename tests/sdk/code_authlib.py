"""Browser logins of Authlib."""

from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session as Authlib
from walk import AUTHORIZE, ME, PAGE, REDIRECT, REVOKE, SECRET, SERVER, SHOP, TOKEN, refused, visit


def authlib(what, **client):
    session = Authlib(redirect_uri=REDIRECT, code_challenge_method="S256", **client)
    verifier = "v" * 64
    url, state = session.create_authorization_url(AUTHORIZE, code_verifier=verifier)
    back = visit(url)
    session.fetch_token(TOKEN, authorization_response=back, code_verifier=verifier)
    assert session.get(SERVER + ME).json()["name"] == "Ada King"
    session.refresh_token(TOKEN)
    assert session.get(SERVER + ME).json()["name"] == "Ada King"
    assert session.revoke_token(REVOKE, session.token["access_token"]).status_code == 200
    assert session.get(SERVER + ME).status_code == 401
    again = lambda: session.fetch_token(TOKEN, authorization_response=back, code_verifier=verifier)
    refused(OAuthError, "invalid_grant", again)
    url, state = session.create_authorization_url(AUTHORIZE, code_verifier=verifier)
    back = visit(url)
    wrong = lambda: session.fetch_token(TOKEN, authorization_response=back, code_verifier="w" * 64)
    refused(OAuthError, "invalid_grant", wrong)
    elsewhere = Authlib(redirect_uri=REDIRECT + "/", code_challenge_method="S256", **client)
    url, _ = elsewhere.create_authorization_url(AUTHORIZE, code_verifier=verifier)
    assert "OAU-109" in visit(url)
    if "client_secret" in client:
        liar = Authlib(redirect_uri=REDIRECT, **{**client, "client_secret": "wrong"})
        refused(OAuthError, "invalid_client", lambda: liar.fetch_token(TOKEN, code="x", grant_type="authorization_code"))
    print(f"Authlib: code with PKCE, {what}; refused: the code again, redirect URI, verifier, secret")


authlib("with a secret", client_id=SHOP, client_secret=SECRET)
authlib("without a secret", client_id=PAGE, token_endpoint_auth_method="none")
