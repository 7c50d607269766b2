// Pages in a real headless browser, at a name of this machine that is not the server's: RingCentral's
// SDK and oidc-client-ts log in, call, refresh and log out across origins. `spa.mjs NAME`.

import assert from 'node:assert';
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import { browserOf } from './chromium.mjs';

const { RC_SERVER: server, RC_PAGE_ID: client_id, RC_SPA: redirect_uri } = process.env;
const { RC_EMAIL: email, RC_PASSWORD: password } = process.env;
const { origin, port, pathname } = new URL(redirect_uri);
const ME = '/restapi/v1.0/account/~/extension/~';

const LIBRARIES = {
  'ringcentral-page': './node_modules/@ringcentral/sdk/dist/ringcentral.min.js',
  'oidc-client-ts': './node_modules/oidc-client-ts/dist/browser/oidc-client-ts.min.js',
};

const library = await readFile(LIBRARIES[process.argv[2]]);
const site = http.createServer((request, response) => {
  const isScript = request.url === '/library.js';
  response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
  response.end(isScript ? library : '<title>spa</title><script src="/library.js"></script>');
});
await new Promise((ready) => site.listen(Number(port), '127.0.0.1', ready));

/** From where the app sends the browser to where it comes back. */
async function signIn(page, go) {
  await Promise.all([page.waitForNavigation(), go()]);
  if (await page.$('[name=password]')) {
    await page.type('[name=email]', email);
    await page.type('[name=password]', password);
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
  }
  if (await page.$('button[value=allow]')) {
    await Promise.all([page.waitForNavigation(), page.click('button[value=allow]')]);
  }
  const back = new URL(page.url());
  assert.equal(back.origin + back.pathname, redirect_uri);
  return back;
}

/** What a page reads of a refusal: the body, and the headers that explain it. */
const refusal = (page, fields) =>
  page.evaluate(
    async (url, body) => {
      const answer = await fetch(url, {
        method: 'POST',
        credentials: 'include',
        body: new URLSearchParams(body),
      });
      const { error } = await answer.json();
      return { status: answer.status, error, challenge: answer.headers.get('www-authenticate') };
    },
    `${server}/restapi/oauth/token`,
    fields,
  );

async function refusals(page, code) {
  const grant = { grant_type: 'authorization_code', client_id, redirect_uri, code };
  const again = await refusal(page, { ...grant, code_verifier: 'a'.repeat(43) });
  assert.deepEqual(again, { status: 400, error: 'invalid_grant', challenge: null }, 'the code again');
  const made = await refusal(page, { ...grant, client_secret: 'made-up' });
  assert.equal(made.error, 'invalid_client');
  assert.match(made.challenge, /^Basic/, 'a header that is exposed');
}

const CHECKS = {
  async 'ringcentral-page'(page) {
    const login = () =>
      page.evaluate(
        (server, clientId, redirectUri) => {
          const platform = new RingCentral.SDK({ server, clientId, redirectUri }).platform();
          const url = platform.loginUrl({ usePKCE: true, state: 'st1' });
          sessionStorage.verifier = platform.codeVerifier ?? platform._codeVerifier;
          location.assign(url);
        },
        server, client_id, redirect_uri,
      );
    const back = await signIn(page, login);
    const code = back.searchParams.get('code');
    const seen = await page.evaluate(
      async (server, clientId, redirectUri, code, me) => {
        const platform = new RingCentral.SDK({ server, clientId, redirectUri }).platform();
        await platform.login({ code, redirect_uri: redirectUri, code_verifier: sessionStorage.verifier });
        const name = async () => (await (await platform.get(me)).json()).name;
        const names = [await name()];
        await platform.refresh();
        names.push(await name());
        const { access_token: token } = await platform.auth().data();
        await platform.logout();
        const gone = await fetch(server + me, { headers: { authorization: `Bearer ${token}` } });
        return [...names, gone.status, await platform.loggedIn()];
      },
      server, client_id, redirect_uri, code, ME,
    );
    assert.deepEqual(seen, ['Ada King', 'Ada King', 401, false]);
    await refusals(page, code);
    return 'login, call, refresh, logout';
  },

  async 'oidc-client-ts'(page) {
    const settings = {
      authority: server, client_id, redirect_uri, scope: 'openid profile email', loadUserInfo: true,
    };
    const login = () =>
      page.evaluate((settings) => void new oidc.UserManager(settings).signinRedirect(), settings);
    const back = await signIn(page, login);
    const seen = await page.evaluate(async (settings) => {
      const manager = new oidc.UserManager(settings);
      const user = await manager.signinRedirectCallback();
      const renewed = await manager.signinSilent();
      await manager.revokeTokens();
      return [user.profile.email, user.profile.given_name, renewed.profile.sub === user.profile.sub];
    }, settings);
    assert.deepEqual(seen, ['ada@example.com', 'Ada', true]);
    await refusals(page, back.searchParams.get('code'));
    return 'login, ID token, user info, renewal, revocation';
  },
};

const browser = await browserOf();
try {
  const page = await browser.newPage();
  const problems = [];
  page.on('pageerror', (error) => problems.push(String(error)));
  await page.goto(`${origin}${pathname}`);
  const name = process.argv[2];
  const done = await CHECKS[name](page);
  assert.deepEqual(problems, []);
  console.log(`${name} at ${origin}: ${done}; refused: the code again, a made-up secret`);
} finally {
  await browser.close();
  site.close();
}
