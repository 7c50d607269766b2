// Shared by the JavaScript clients: all addresses, and a robot in place of a browser.

export const {
  RC_SERVER: server,
  RC_REDIRECT: redirect,
  RC_AUTH_JS: authJs,
  RC_SHOP_ID: shop,
  RC_SHOP_SECRET: secret,
  RC_PAGE_ID: page,
} = process.env;

/** Signs in and allows; where the browser is sent. */
export async function visit(url) {
  const answer = await fetch(`${process.env.RC_WALK}?url=${encodeURIComponent(url)}`);
  return new URL(await answer.text());
}

/** The cookies of a browser without one. */
export class Jar {
  #cookies = new Map();

  async fetch(url, options = {}) {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(url, {
      redirect: 'manual',
      ...options,
      headers: { ...options.headers, cookie },
    });
    this.keep(answer);
    return answer;
  }

  keep(answer) {
    for (const line of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      if (value) this.#cookies.set(name, value);
      else this.#cookies.delete(name);
    }
  }

  get header() {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }
}
