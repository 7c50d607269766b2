// vitest: one local server for all tests, which call inject('platform'). Needs devconsole on the PATH.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const apps = fileURLToPath(new URL('../apps.toml', import.meta.url));

export default async function setup({ provide }) {
  const folder = mkdtempSync(join(tmpdir(), 'devconsole-'));
  const credentials = join(folder, 'credentials.json');
  const serve = spawn(
    process.env.DEVCONSOLE ?? 'devconsole',
    ['serve', '--from', apps, '--port', '0', '--credentials', credentials],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const ended = once(serve, 'exit');
  await Promise.race([
    once(serve.stdout, 'data'),
    ended.then(() => {
      throw new Error('devconsole did not start');
    }),
  ]);
  provide('platform', JSON.parse(readFileSync(credentials, 'utf8')));
  return async () => {
    serve.kill();
    await ended;
    rmSync(folder, { recursive: true });
  };
}
