// RingCentral's JavaScript SDK, as it is published: JWT login, refresh, a first call, logout,
// refusals.

const assert = require('node:assert');
const { SDK } = require('@ringcentral/sdk');

const { RC_SERVER: server, RC_ID: clientId, RC_SECRET: clientSecret, RC_JWT: jwt } = process.env;
const ME = '/restapi/v1.0/account/~/extension/~';

async function refused(what, changed, said) {
  const sdk = new SDK({ server, clientId, clientSecret, ...changed });
  await assert.rejects(sdk.platform().login({ jwt: changed.jwt ?? jwt }), said, what);
  console.log(`refused: ${what}`);
}

async function main() {
  const platform = new SDK({ server, clientId, clientSecret }).platform();
  await platform.login({ jwt });
  const me = async () => (await (await platform.get(ME)).json()).name;
  assert.equal(await me(), 'Ada King');
  await platform.refresh();
  assert.equal(await me(), 'Ada King');
  await platform.logout();
  assert.equal(await platform.loggedIn(), false);
  await refused('a wrong secret', { clientSecret: 'wrong' }, /Invalid client credentials/);
  await refused('an unknown app', { clientId: 'nobody' }, /Invalid client: nobody/);
  await refused('a token that is none', { jwt: 'a.b.c' }, /not a readable JWT of this workspace/);
  console.log('@ringcentral/sdk (npm): login, call, refresh, logout');
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
