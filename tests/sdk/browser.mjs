// The pages in a real headless browser: keys alone, a narrow window, nothing the page's own policy
// objects to, and the way back to the app. `--pictures FOLDER` keeps what was seen.

import assert from 'node:assert';
import http from 'node:http';
import chromium from '@sparticuz/chromium';
import puppeteer from 'puppeteer-core';

const { RC_SERVER: server, RC_SHOP_ID: id, RC_EMAIL: email, RC_PASSWORD: password } = process.env;
const redirect = process.env.RC_REDIRECT;
const at = process.argv.indexOf('--pictures');
const pictures = at > 0 ? process.argv[at + 1] : undefined;

let back;
const app = http.createServer((request, response) => {
  back ??= request.url;
  response.end('<title>app</title>here again');
});
await new Promise((listening) => app.listen(Number(new URL(redirect).port), '127.0.0.1', listening));

const browser = await puppeteer.launch({
  args: [...chromium.args, '--no-sandbox'],
  executablePath: await chromium.executablePath(),
  headless: 'shell',
});
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
  const answer = new URL(back, redirect).searchParams;
  assert.equal(answer.get('state'), 'st1');
  assert.ok(answer.get('code'));
  // The wrong password was answered 403, which a browser notes.
  assert.deepEqual(problems.filter((said) => !said.includes('403')), []);

  const framed = await browser.newPage();
  const refusals = [];
  framed.on('console', (message) => refusals.push(message.text()));
  await framed.setContent(`<iframe src="${server}/restapi/oauth/authorize?${query}"></iframe>`);
  await new Promise((passed) => setTimeout(passed, 500));
  assert.match(refusals.join('\n'), /frame/i, 'the page is in no frame');
  console.log(`headless ${await browser.version()}: sign-in, consent and back, by keys, 320 px wide`);
} finally {
  await browser.close();
  app.close();
}
