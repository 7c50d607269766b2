// openid-client: discovery both ways, code with PKCE, ID token, user info, refresh, introspection,
// revocation, refusals.

import assert from 'node:assert';
import * as client from 'openid-client';

const { RC_SERVER, RC_WALK: walk, RC_REDIRECT: redirect_uri } = process.env;
const server = new URL(RC_SERVER);
const visit = async (url) =>
  new URL(await (await fetch(`${walk}?url=${encodeURIComponent(url.href)}`)).text());

async function ask(config, more) {
  const verifier = client.randomPKCECodeVerifier();
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri,
    state: 'st1',
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    ...more,
  });
  return { verifier, back: await visit(url) };
}

async function works(what, id, secret, options) {
  const insecure = { execute: [client.allowInsecureRequests, client.enableNonRepudiationChecks], ...options };
  const authentication = secret ? undefined : client.None();
  const config = await client.discovery(server, id, secret, authentication, insecure);
  const isOpenId = !options.algorithm;
  const more = isOpenId ? { scope: 'openid email', nonce: 'n1' } : {};
  const { verifier, back } = await ask(config, more);
  const checks = { pkceCodeVerifier: verifier, expectedState: 'st1' };
  if (isOpenId) checks.expectedNonce = 'n1';
  const tokens = await client.authorizationCodeGrant(config, back, checks);
  if (isOpenId) {
    const claims = tokens.claims();
    assert.equal(claims.email, 'ada@example.com');
    const who = await client.fetchUserInfo(config, tokens.access_token, claims.sub);
    assert.equal(who.email, 'ada@example.com');
  }
  const next = await client.refreshTokenGrant(config, tokens.refresh_token);
  if (secret) {
    assert.equal((await client.tokenIntrospection(config, next.access_token)).active, true);
  }
  await client.tokenRevocation(config, next.access_token);
  if (secret) {
    assert.equal((await client.tokenIntrospection(config, next.access_token)).active, false);
  }
  await assert.rejects(client.authorizationCodeGrant(config, back, checks), { error: 'invalid_grant' });
  console.log(`openid-client: ${what}; the code works once`);
  return config;
}

const { RC_SHOP_ID: shop, RC_SHOP_SECRET: secret, RC_PAGE_ID: page } = process.env;
const config = await works('OpenID discovery, code with PKCE, ID token', shop, secret, {});
await works('RFC 8414 discovery, code with PKCE', shop, secret, { algorithm: 'oauth2' });
await works('without a secret', page, undefined, { algorithm: 'oauth2' });
const { back } = await ask(config, {});
const wrong = { pkceCodeVerifier: 'a'.repeat(43), expectedState: 'st1' };
await assert.rejects(client.authorizationCodeGrant(config, back, wrong), { error: 'invalid_grant' });
const other = await client.discovery(server, shop, 'wrong', undefined, {
  execute: [client.allowInsecureRequests],
});
const unknown = client.buildAuthorizationUrl(config, { redirect_uri: `${redirect_uri}/`, state: 'st1' });
assert.match(await (await fetch(`${walk}?url=${encodeURIComponent(unknown.href)}`)).text(), /OAU-109/);
// It reads the challenge before the body.
await assert.rejects(client.refreshTokenGrant(other, 'x'), { status: 401, code: 'OAUTH_WWW_AUTHENTICATE_CHALLENGE' });
console.log('openid-client: refused: verifier, redirect URI, secret');
