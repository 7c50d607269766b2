// The pages in a real headless browser: keys alone, a narrow window, no violation of the page's own
// policy, and the way back to the app, which redirects the browser to another origin. Posted
// answers; frames and forms of other pages. `--pictures FOLDER` saves screenshots.

import assert from 'node:assert';
import http from 'node:http';
import { browserOf } from './chromium.mjs';

const { RC_SERVER: server, RC_SHOP_ID: id, RC_EMAIL: email, RC_PASSWORD: password } = process.env;
const redirect = process.env.RC_REDIRECT;
const at = process.argv.indexOf('--pictures');
const pictures = at > 0 ? process.argv[at + 1] : undefined;

// The API of an app, and its front end at another origin.
const FRONT = 'http://localhost:7779/front';
let back;
const app = http.createServer((request, response) => {
  const body = [];
  request.on('data', (part) => body.push(part));
  request.on('end', () => {
    back = { url: request.url, method: request.method, origin: request.headers.origin };
    back.body = Buffer.concat(body).toString();
    response.writeHead(303, { location: FRONT }).end();
  });
});
const front = http.createServer((request, response) => response.end('<title>app</title>here again'));
const listen = (server, port) => new Promise((ready) => server.listen(port, '127.0.0.1', ready));
await Promise.all([listen(app, Number(new URL(redirect).port)), listen(front, Number(new URL(FRONT).port))]);

const browser = await browserOf();
try {
  const page = await browser.newPage();
  const problems = [];
  page.on('console', (message) => problems.push(message.text()));
  page.on('pageerror', (error) => problems.push(String(error)));
  await page.setJavaScriptEnabled(false);
  await page.setViewport({ width: 320, height: 640 });
  const keep = async (name) => pictures && (await page.screenshot({ path: `${pictures}/${name}.png` }));
  const sane = async (name) => {
    const seen = await page.evaluate(() => ({
      wide: document.documentElement.scrollWidth,
      bare: [...document.querySelectorAll('input:not([type=hidden])')].filter((one) => !one.labels.length)
        .length,
      language: document.documentElement.lang,
      heads: document.querySelectorAll('h1').length,
      styled: getComputedStyle(document.body).maxWidth,
    }));
    assert.deepEqual(seen, { wide: 320, bare: 0, language: 'en', heads: 1, styled: '480px' }, name);
    await keep(name);
  };
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: id,
    redirect_uri: redirect,
    state: 'st1',
  });
  await page.goto(`${server}/restapi/oauth/authorize?${query}`);
  await sane('sign-in');
  // The focus is in the first field.
  await page.keyboard.type(email);
  await page.keyboard.press('Tab');
  await page.keyboard.type('not my password');
  await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
  await sane('wrong');
  assert.match(await page.$eval('[role=alert]', (one) => one.textContent), /do not match/);
  await page.keyboard.type(password);
  await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
  await sane('consent');
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Allow');
  await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
  assert.equal(await page.title(), 'app', 'the browser is at the app');
  assert.equal(page.url(), FRONT, 'at its other origin');
  const answer = new URL(back.url, redirect).searchParams;
  assert.equal(answer.get('state'), 'st1');
  assert.ok(answer.get('code'));
  // The wrong password was answered with 403, which a browser logs.
  assert.deepEqual(problems.filter((said) => !said.includes('403')), []);

  // A posted answer: by the script, and by a button where scripts are off.
  const posting = `${query}&response_mode=form_post`;
  const posted = async (what) => {
    assert.equal(page.url(), FRONT, what);
    const { method, origin, body } = back;
    assert.deepEqual([method, origin], ['POST', server], what);
    const sent = new URLSearchParams(body);
    assert.equal(sent.get('state'), 'st1', what);
    assert.ok(sent.get('code'), what);
  };
  await page.goto(`${server}/restapi/oauth/authorize?${posting}`);
  await sane('posting');
  await Promise.all([page.waitForNavigation(), page.click('button.main')]);
  await posted('without scripts');
  await page.setJavaScriptEnabled(true);
  back = undefined;
  await page.goto(`${server}/restapi/oauth/authorize?${posting}`).catch((error) => {
    // The page was left before it was loaded completely.
    if (!String(error).includes('ERR_ABORTED')) throw error;
  });
  await page.waitForFunction((front) => location.href === front, {}, FRONT);
  await posted('with its script');

  // A page of another origin may not show it in a frame, or post its form.
  const framed = await browser.newPage();
  const refusals = [];
  framed.on('console', (message) => refusals.push(message.text()));
  await framed.goto(FRONT);
  const refused = new Promise((seen) => framed.once('console', seen));
  await framed.evaluate((url) => {
    document.body.innerHTML = `<iframe src="${url}"></iframe>`;
  }, `${server}/restapi/oauth/authorize?${query}`);
  await refused;
  assert.match(refusals.join('\n'), /frame/i, 'the page is in no frame');
  await framed.evaluate((url) => {
    document.body.innerHTML = `<form method="post" action="${url}"><input name="action" value="allow"></form>`;
  }, `${server}/restapi/oauth/authorize?${query}`);
  const [foreign] = await Promise.all([
    framed.waitForNavigation(),
    framed.evaluate(() => document.forms[0].submit()),
  ]);
  assert.equal(foreign.status(), 403, 'a form of another page');
  assert.match(await framed.title(), /Out of date/);

  const home = await page.goto(`${server}/`);
  assert.equal(home.status(), 200);
  await sane('home');
  assert.deepEqual(problems.filter((said) => !said.includes('403')), []);
  console.log(
    `headless ${await browser.version()}: sign-in, consent and back over two origins, by keys, 320 px wide; posted answers; no frame, no foreign form`,
  );
} finally {
  await browser.close();
  app.close();
  front.close();
}
