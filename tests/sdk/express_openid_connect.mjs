// express-openid-connect: an Express app that requires a login, with the answer in the query, which
// RingCentral's confidential apps use, and as a posted form.

import assert from 'node:assert';
import express from 'express';
import connect from 'express-openid-connect';
import { Jar, redirect, secret, server, shop, visit } from './visit.mjs';

const { auth, requiresAuth } = connect;
const { origin, pathname, port } = new URL(redirect);

async function during(clientSecret, work) {
  const app = express();
  // Two of these listen at one port, one after the other: no connection stays open longer than its
  // app.
  app.use((request, response, next) => next(void response.set('connection', 'close')));
  app.use(
    auth({
      issuerBaseURL: server,
      baseURL: origin,
      clientID: shop,
      clientSecret,
      secret: 'a secret of this test alone, long enough',
      authRequired: false,
      idpLogout: false,
      authorizationParams: { response_type: 'code', scope: 'openid profile email' },
      routes: { callback: pathname },
    }),
  );
  app.get('/me', requiresAuth(), (request, response) => response.json(request.oidc.user));
  // The test reads the text of a refusal, not a terminal.
  app.use((error, request, response, _next) => response.status(error.status ?? 500).send(error.message));
  const listening = await new Promise((ready) => {
    const server = app.listen(Number(port), '127.0.0.1', () => ready(server));
  });
  try {
    await work(new Jar());
  } finally {
    listening.closeAllConnections();
    await new Promise((closed) => listening.close(closed));
  }
}

async function backFrom(jar) {
  const begun = await jar.fetch(`${origin}/login`);
  return visit(begun.headers.get('location'));
}

await during(secret, async (jar) => {
  const back = await backFrom(jar);
  const done = await jar.fetch(back.href);
  assert.equal(done.status, 302, await done.text());
  const me = await (await jar.fetch(`${origin}/me`)).json();
  assert.deepEqual([me.name, me.email], ['Ada King', 'ada@example.com']);
  const other = new Jar();
  await backFrom(other);
  const again = await other.fetch(back.href);
  assert.equal(again.status, 400, 'the code of another login');
});
await during('wrong', async (jar) => {
  const refused = await jar.fetch((await backFrom(jar)).href);
  assert.equal(refused.status, 400, await refused.clone().text());
  // It reads the challenge before the body.
  assert.match(await refused.text(), /WWW-Authenticate/);
});
console.log('express-openid-connect: login and claims; refused: another login, secret');
