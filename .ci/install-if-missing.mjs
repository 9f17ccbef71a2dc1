// Installs the locked packages when they are absent or older than the lock file, so that `npm start` and
// `npm test` are the only commands a fresh clone needs. Plain JavaScript: it runs under whatever Node is there,
// before the pinned runtime (the npm package `node`) exists.
import { execSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';

const installed = 'node_modules/.package-lock.json';
const isCurrent = existsSync(installed) && statSync(installed).mtimeMs >= statSync('package-lock.json').mtimeMs;

if (!isCurrent) {
  console.error('mpamlab: installing packages (once)...');
  // Not `npm ci`: it refuses a lock file without the optional packages of platforms that a registry does not carry.
  // --no-save keeps the lock file as it is.
  execSync('npm install --no-save --no-audit --no-fund --loglevel=error', { stdio: ['ignore', 2, 2] });
}
