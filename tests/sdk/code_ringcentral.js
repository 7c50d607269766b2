// RingCentral's JavaScript SDK in a browser login: with a secret, with PKCE, without a secret.

const assert = require('node:assert');
const { SDK } = require('@ringcentral/sdk');

const { RC_SERVER: server, RC_WALK: walk, RC_REDIRECT: redirectUri } = process.env;
const shop = { clientId: process.env.RC_SHOP_ID, clientSecret: process.env.RC_SHOP_SECRET };
const page = { clientId: process.env.RC_PAGE_ID };
const ME = '/restapi/v1.0/account/~/extension/~';

const visit = async (url) => (await fetch(`${walk}?url=${encodeURIComponent(url)}`)).text();

async function loggedIn(app, options) {
  const platform = new SDK({ server, redirectUri, ...app }).platform();
  const back = await visit(platform.loginUrl({ state: 'st 1', ...options }));
  const { code, state } = platform.parseLoginRedirect(new URL(back).search);
  assert.equal(state, 'st 1');
  await platform.login({ code, redirect_uri: redirectUri });
  return { platform, code };
}

async function works(what, app, options) {
  const { platform, code } = await loggedIn(app, options);
  const me = async () => (await (await platform.get(ME)).json()).name;
  assert.equal(await me(), 'Ada King');
  await platform.refresh();
  assert.equal(await me(), 'Ada King');
  await assert.rejects(platform.login({ code, redirect_uri: redirectUri }), /Invalid authorization code/);
  const { platform: next } = await loggedIn(app, options);
  const { access_token: token } = await next.auth().data();
  await next.logout();
  const gone = await fetch(server + ME, { headers: { Authorization: `Bearer ${token}` } });
  assert.equal(gone.status, 401, 'revoked');
  console.log(`@ringcentral/sdk: ${what}; the code works once`);
}

async function main() {
  await works('code', shop, {});
  await works('code with PKCE and a secret', shop, { usePKCE: true });
  await works('code with PKCE, without a secret', page, { usePKCE: true });

  const other = new SDK({ server, ...shop, redirectUri: `${redirectUri}/` }).platform();
  assert.match(await visit(other.loginUrl()), /OAU-109/);
  const wrong = new SDK({ server, ...shop, clientSecret: 'wrong', redirectUri }).platform();
  const back = await visit(wrong.loginUrl());
  const { code } = wrong.parseLoginRedirect(new URL(back).search);
  await assert.rejects(wrong.login({ code, redirect_uri: redirectUri }), /Invalid client credentials/);
  const denied = new SDK({ server, ...shop, redirectUri }).platform();
  const answer = await (
    await fetch(`${walk}?press=deny&url=${encodeURIComponent(denied.loginUrl())}`)
  ).text();
  assert.throws(() => denied.parseLoginRedirect(new URL(answer).search), /denied/);
  const pkce = new SDK({ server, ...page, redirectUri }).platform();
  const third = await visit(pkce.loginUrl({ usePKCE: true }));
  const given = pkce.parseLoginRedirect(new URL(third).search);
  await assert.rejects(
    pkce.login({ code: given.code, redirect_uri: redirectUri, code_verifier: 'a'.repeat(43) }),
    /does not match/,
  );
  console.log('@ringcentral/sdk: refused: redirect URI, secret, consent, verifier');
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
