"""Browser logins of httpx-oauth, by its OpenID client."""

import asyncio
import base64
import hashlib

from httpx_oauth.clients.openid import OpenID
from httpx_oauth.oauth2 import GetAccessTokenError
from walk import METADATA, OTHER, REDIRECT, SECRET, SHOP, VERIFIER, code_of, refused, visit

CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


async def back(client):
    url = await client.get_authorization_url(
        REDIRECT, "st1", ["openid", "email"], code_challenge=CHALLENGE, code_challenge_method="S256"
    )
    return code_of(visit(url))


async def main():
    client = OpenID(SHOP, SECRET, METADATA)
    code = await back(client)
    token = await client.get_access_token(code, REDIRECT, VERIFIER)
    who, email = await client.get_id_email(token["access_token"])
    assert (who, email) == (token["owner_id"], "ada@example.com"), (who, email)
    token = await client.refresh_token(token["refresh_token"])
    await client.revoke_token(token["access_token"])
    return client, code, await back(client), await back(client)


client, used, fresh, other = asyncio.run(main())
exchange = lambda one, code, verifier: lambda: asyncio.run(one.get_access_token(code, REDIRECT, verifier))
refused(GetAccessTokenError, "invalid_grant", exchange(client, used, VERIFIER))
refused(GetAccessTokenError, "invalid_grant", exchange(client, fresh, OTHER))
refused(GetAccessTokenError, "invalid_client", exchange(OpenID(SHOP, "wrong", METADATA), other, VERIFIER))
print("httpx-oauth: login, user info, refresh, revocation; refused: the code again, verifier, secret")
