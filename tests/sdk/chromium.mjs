// A headless Chromium that keeps the rules of the web: what the package switches off for its own
// purposes is switched on again.

import chromium from '@sparticuz/chromium';
import puppeteer from 'puppeteer-core';

const OFF = ['--disable-web-security', '--allow-running-insecure-content', '--disable-site-isolation-trials'];

export async function browserOf() {
  return puppeteer.launch({
    args: [...chromium.args.filter((one) => !OFF.includes(one)), '--no-sandbox'],
    executablePath: await chromium.executablePath(),
    headless: 'shell',
  });
}
