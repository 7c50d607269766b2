// openid-client 5, which expects RS256 unless told otherwise.

import assert from 'node:assert';
import { Issuer, generators } from 'openid-client5';
import { page, redirect, secret, server, shop, visit } from './visit.mjs';

const issuer = await Issuer.discover(server);

async function back(client) {
  const code_verifier = generators.codeVerifier();
  const [state, nonce] = [generators.state(), generators.nonce()];
  const url = client.authorizationUrl({
    scope: 'openid email profile',
    code_challenge: generators.codeChallenge(code_verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
  });
  return { params: client.callbackParams((await visit(url)).href), checks: { code_verifier, state, nonce } };
}

async function works(what, metadata) {
  const client = new issuer.Client({ redirect_uris: [redirect], response_types: ['code'], ...metadata });
  const { params, checks } = await back(client);
  const tokens = await client.callback(redirect, params, checks);
  assert.equal(tokens.claims().name, 'Ada King');
  assert.equal((await client.userinfo(tokens)).email, 'ada@example.com');
  assert.equal((await client.userinfo(tokens, { method: 'POST', via: 'body' })).email, 'ada@example.com');
  const next = await client.refresh(tokens);
  if (metadata.client_secret) {
    assert.equal((await client.introspect(next.access_token)).active, true);
  }
  await client.revoke(next.access_token);
  await assert.rejects(client.userinfo(next), /invalid_token|401/, 'revoked');
  await assert.rejects(client.callback(redirect, params, checks), { error: 'invalid_grant' }, 'the code again');
  const other = await back(client);
  const wrong = { ...other.checks, code_verifier: 'a'.repeat(43) };
  await assert.rejects(client.callback(redirect, other.params, wrong), { error: 'invalid_grant' }, 'verifier');
  console.log(`openid-client 5: ${what}; refused: the code again, verifier`);
}

await works('with a secret', { client_id: shop, client_secret: secret });
await works('without a secret', { client_id: page, token_endpoint_auth_method: 'none' });
const liar = new issuer.Client({ client_id: shop, client_secret: 'wrong', redirect_uris: [redirect] });
const { params, checks } = await back(liar);
await assert.rejects(liar.callback(redirect, params, checks), { error: 'invalid_client' });
console.log('openid-client 5: refused: secret');
