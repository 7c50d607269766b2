// oauth4webapi: each step by hand, the signature of the ID token included.

import assert from 'node:assert';
import * as oauth from 'oauth4webapi';
import { page, redirect, secret, server, shop, visit } from './visit.mjs';

const insecure = { [oauth.allowInsecureRequests]: true };
const issuer = new URL(server);
const as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure));

async function back(client, more) {
  const verifier = oauth.generateRandomCodeVerifier();
  const state = oauth.generateRandomState();
  const nonce = oauth.generateRandomNonce();
  const url = new URL(as.authorization_endpoint);
  url.search = new URLSearchParams({
    client_id: client.client_id,
    redirect_uri: redirect,
    response_type: 'code',
    scope: 'openid email profile',
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
    ...more,
  });
  const params = oauth.validateAuthResponse(as, client, await visit(url.href), state);
  return { verifier, nonce, params };
}

async function exchange(client, auth, { verifier, nonce, params }) {
  const answer = await oauth.authorizationCodeGrantRequest(
    as, client, auth, params, redirect, verifier, insecure,
  );
  const expected = { expectedNonce: nonce, requireIdToken: true };
  const tokens = await oauth.processAuthorizationCodeResponse(as, client, answer, expected);
  await oauth.validateApplicationLevelSignature(as, answer, insecure);
  return tokens;
}

async function works(what, id, auth) {
  const client = { client_id: id };
  const came = await back(client);
  const tokens = await exchange(client, auth, came);
  const claims = oauth.getValidatedIdTokenClaims(tokens);
  assert.equal(claims.given_name, 'Ada');
  assert.equal(claims.sub, tokens.owner_id);
  const told = await oauth.userInfoRequest(as, client, tokens.access_token, insecure);
  const who = await oauth.processUserInfoResponse(as, client, claims.sub, told);
  assert.equal(who.email, 'ada@example.com');
  const refreshed = await oauth.processRefreshTokenResponse(
    as, client, await oauth.refreshTokenGrantRequest(as, client, auth, tokens.refresh_token, insecure),
  );
  const revoked = await oauth.revocationRequest(as, client, auth, refreshed.access_token, insecure);
  await oauth.processRevocationResponse(revoked);
  await assert.rejects(exchange(client, auth, came), { error: 'invalid_grant' }, 'the code again');
  const other = { ...(await back(client)), verifier: 'a'.repeat(43) };
  await assert.rejects(exchange(client, auth, other), { error: 'invalid_grant' }, 'another verifier');
  console.log(`oauth4webapi: ${what}; refused: the code again, verifier`);
}

await works('client_secret_basic', shop, oauth.ClientSecretBasic(secret));
await works('client_secret_post', shop, oauth.ClientSecretPost(secret));
await works('without a secret', page, oauth.None());
const client = { client_id: shop };
// It reads the challenge before the body.
await assert.rejects(exchange(client, oauth.ClientSecretBasic('wrong'), await back(client)), { status: 401 });
// A JWT signed with the secret is refused, and the error names its method.
const hmac = await exchange(client, oauth.ClientSecretJwt(secret), await back(client)).catch((error) => error);
assert.equal(hmac.status, 401);
assert.throws(
  () => oauth.validateAuthResponse(as, client, new URL(`${redirect}?code=x&state=y`), 'other'),
  /state/,
);
console.log('oauth4webapi: refused: secret, client_secret_jwt, state');
