// A headless Chromium with the security rules of the web: the package switches some off, and they
// are switched on again here.

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
