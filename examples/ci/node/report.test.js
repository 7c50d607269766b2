import { SDK } from '@ringcentral/sdk';
import { expect, inject, test } from 'vitest';

const platform = inject('platform');

async function control(method, path, body) {
  const response = await fetch(`${platform.server_url}/__devconsole/${path}`, {
    method,
    body: body && JSON.stringify(body),
    headers: { Authorization: `Bearer ${platform.control_token}` },
  });
  return response.status === 204 ? null : response.json();
}

test('the app logs in and needs no scope that it has not', async () => {
  const app = platform.apps['Nightly report'];
  const sdk = new SDK({
    server: platform.server_url,
    clientId: app.client_id,
    clientSecret: app.client_secret,
  });
  await sdk.platform().login({ jwt: platform.jwts.ci.token });
  const me = await sdk.platform().get('/restapi/v1.0/account/~/extension/~');
  expect((await me.json()).name).toBe('Ada Lovelace');
  const { entries } = await control('GET', 'log?app=Nightly%20report');
  expect(entries.map((entry) => entry.cause)).toEqual([null, null]);
});
