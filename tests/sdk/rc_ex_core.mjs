// @rc-ex/core, RingCentral's extensible SDK: JWT, code, PKCE without a secret.

import assert from 'node:assert';
import * as core from '@rc-ex/core';
import { page, redirect, secret, server, shop, visit } from './visit.mjs';
import { createHash } from 'node:crypto';

const RingCentral = core.default?.default ?? core.default;
const verifier = 'v'.repeat(64);
const code_challenge = createHash('sha256').update(verifier).digest('base64url');

async function codeFor(client_id) {
  const query = new URLSearchParams({
    response_type: 'code',
    client_id,
    redirect_uri: redirect,
    code_challenge,
    code_challenge_method: 'S256',
  });
  const back = await visit(`${server}/restapi/oauth/authorize?${query}`);
  return back.searchParams.get('code');
}

async function works(what, options, grant) {
  const rc = new RingCentral({ server, ...options });
  const token = await rc.authorize(grant);
  const me = await rc.restapi().account().extension().get();
  assert.equal(me.name, 'Ada King');
  assert.equal(typeof me.id, 'number');
  assert.equal(String(me.id), token.owner_id);
  await rc.refresh();
  assert.equal((await rc.restapi().account().extension(String(me.id)).get()).id, me.id);
  await rc.revoke();
  console.log(`@rc-ex/core: ${what}`);
}

const refused = async (said, options, grant) => {
  const rc = new RingCentral({ server, ...options });
  await assert.rejects(rc.authorize(grant), (error) => error.message.includes(said), said);
};

const { RC_ID: clientId, RC_SECRET: clientSecret, RC_JWT: jwt } = process.env;
await works('JWT', { clientId, clientSecret }, { jwt });
const confidential = { clientId: shop, clientSecret: secret };
const grant = { code: await codeFor(shop), redirect_uri: redirect, code_verifier: verifier };
await works('code with PKCE', confidential, grant);
await refused('Invalid authorization code', confidential, grant);
const spa = { code: await codeFor(page), redirect_uri: redirect, code_verifier: verifier };
await works('code without a secret', { clientId: page }, spa);
const next = { ...grant, code: await codeFor(shop), code_verifier: 'w'.repeat(64) };
await refused('does not match', confidential, next);
await refused('Invalid client credentials', { ...confidential, clientSecret: 'wrong' }, next);
// Developers are extensions, other lists are empty, and any other call says that it is not simulated.
const rc = new RingCentral({ server, clientId, clientSecret });
await rc.authorize({ jwt });
const account = rc.restapi().account();
const people = await account.extension().list();
assert.equal(people.records[0].name, 'Ada King');
assert.deepEqual((await account.callQueues().list()).records, []);
await assert.rejects(account.businessHours().get(), /CMN-202/);
console.log('@rc-ex/core: refused: the code again, verifier, secret; CMN-202 of what is not simulated');
