// Codes that two published JavaScript clients present and that must be refused with RC_SAID.

import assert from 'node:assert';
import { createRequire } from 'node:module';
import * as client from 'openid-client';

const { SDK } = createRequire(import.meta.url)('@ringcentral/sdk');
const { RC_SERVER: server, RC_REDIRECT: redirectUri, RC_CODES, RC_SAID: said, RC_WHAT: what } = process.env;
const { RC_SHOP_ID: clientId, RC_SHOP_SECRET: clientSecret } = process.env;
const [first, second] = RC_CODES.split(' ');

const platform = new SDK({ server, clientId, clientSecret, redirectUri }).platform();
await assert.rejects(platform.login({ code: first, redirect_uri: redirectUri }), (error) =>
  error.message.includes(said),
);
console.log(`refused: ${what}, @ringcentral/sdk`);

const config = await client.discovery(new URL(server), clientId, clientSecret, undefined, {
  execute: [client.allowInsecureRequests],
  algorithm: 'oauth2',
});
const back = new URL(`${redirectUri}?code=${second}`);
// It reads the challenge before the body, and then not the body.
await assert.rejects(client.authorizationCodeGrant(config, back), (error) =>
  error.code === 'OAUTH_WWW_AUTHENTICATE_CHALLENGE'
    ? process.env.RC_IS_CHALLENGED === 'yes' && error.status === 400
    : error.error_description.includes(said),
);
console.log(`refused: ${what}, openid-client`);
