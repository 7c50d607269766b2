// A JWT login of RingCentral's JavaScript SDK that must fail with RC_SAID.

const assert = require('node:assert');
const { SDK } = require('@ringcentral/sdk');

const { RC_SERVER: server, RC_ID: clientId, RC_SECRET: clientSecret, RC_JWT: jwt } = process.env;
const { RC_SAID: said, RC_WHAT: what } = process.env;

const platform = new SDK({ server, clientId, clientSecret }).platform();
assert
  .rejects(platform.login({ jwt }), (error) => error.message.includes(said))
  .then(() => console.log(`refused: ${what}, @ringcentral/sdk`))
  .catch((error) => {
    console.error(error);
    process.exit(1);
  });
