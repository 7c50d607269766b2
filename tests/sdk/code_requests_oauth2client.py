"""Browser logins of requests_oauth2client: discovery, PKCE, a checked ID token."""

import requests
from requests_oauth2client import InvalidClient, InvalidGrant, OAuth2Client
from walk import ME, METADATA, OTHER, PAGE, REDIRECT, SECRET, SERVER, SHOP, refused, visit


def client(auth):
    return OAuth2Client.from_discovery_endpoint(METADATA, SERVER, auth=auth, redirect_uri=REDIRECT, testing=True)


def back(one):
    asked = one.authorization_request(scope="openid email profile")
    return asked.validate_callback(visit(asked.uri))


def works(what, one, has_secret):
    answer = back(one)
    token = one.authorization_code(answer, validate=True)
    assert token.id_token.claims["family_name"] == "King", token.id_token
    assert one.userinfo(token)["email"] == "ada@example.com"
    assert requests.get(SERVER + ME, auth=token).json()["name"] == "Ada King"
    next_token = one.refresh_token(token)
    if has_secret:
        assert one.introspect_token(next_token)["active"] is True
    assert one.revoke_access_token(next_token) is True
    refused(InvalidGrant, "invalid_grant", lambda: one.authorization_code(answer, validate=False))
    fresh = back(one)
    refused(
        InvalidGrant,
        "invalid_grant",
        lambda: one.authorization_code(fresh.code, validate=False, code_verifier=OTHER, redirect_uri=REDIRECT),
    )
    print(f"requests_oauth2client: {what}; refused: the code again, verifier")


works("with a secret", client((SHOP, SECRET)), True)
works("without a secret", client(PAGE), False)
liar = client((SHOP, "wrong"))
refused(InvalidClient, "invalid_client", lambda: liar.authorization_code(back(liar), validate=False))
print("requests_oauth2client: refused: secret")
