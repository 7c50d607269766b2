// @auth/core (Auth.js) with its defaults: an OIDC provider, PKCE, its own cookies.

import assert from 'node:assert';
import { Auth } from '@auth/core';
import { Jar, authJs, secret, server, shop, visit } from './visit.mjs';

const base = authJs.slice(0, authJs.indexOf('/callback/'));

function app(clientSecret) {
  const jar = new Jar();
  const config = {
    basePath: '/auth',
    trustHost: true,
    secret: 'a secret of this test alone, long enough',
    logger: { error: () => {}, warn: () => {}, debug: () => {} },
    providers: [{ id: 'local', name: 'Local', type: 'oidc', issuer: server, clientId: shop, clientSecret }],
  };
  return async (path, options = {}) => {
    const headers = { ...options.headers, cookie: jar.header };
    const answer = await Auth(new Request(new URL(path, base), { ...options, headers }), config);
    jar.keep(answer);
    return answer;
  };
}

async function backFrom(ask) {
  const { csrfToken } = await (await ask(`${base}/csrf`)).json();
  const begun = await ask(`${base}/signin/local`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ csrfToken, callbackUrl: base }),
  });
  return visit(begun.headers.get('location'));
}

const ask = app(secret);
const back = await backFrom(ask);
const done = await ask(back.href);
assert.doesNotMatch(done.headers.get('location'), /error/);
const { user } = await (await ask(`${base}/session`)).json();
assert.deepEqual([user.name, user.email], ['Ada King', 'ada@example.com']);
const again = await ask(back.href);
assert.match(again.headers.get('location'), /error=/, 'the code again');
const other = app(secret);
await backFrom(other);
assert.match((await other(back.href)).headers.get('location'), /error=/, "another login's verifier");
const liar = app('wrong');
assert.match((await liar((await backFrom(liar)).href)).headers.get('location'), /error=/, 'secret');
console.log('@auth/core: login and session; refused: the code again, verifier, secret');
