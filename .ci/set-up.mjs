// Installs the packages and builds the access loop, unless both are there and current. Plain JavaScript: it runs under
// whatever Node is there, before the pinned runtime (the npm package `node`) exists.
import { execSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';

const changed = (file) => (existsSync(file) ? statSync(file).mtimeMs : 0);

function setUp() {
  if (changed('node_modules/.package-lock.json') < changed('package-lock.json')) {
    console.error('mpamlab: installing packages (once)...');
    // Not `npm ci`: it refuses a lock file without the optional packages of platforms that a registry does not carry.
    // --no-save keeps the lock file as it is.
    execSync('npm install --no-save --no-audit --no-fund --loglevel=error', { stdio: ['ignore', 2, 2] });
  }
  const sources = readdirSync('src/loop/assembly').map((name) => `src/loop/assembly/${name}`);
  const newest = Math.max(...[...sources, 'asconfig.json'].map(changed));
  if (changed('build/access-loop.wasm') < newest) {
    mkdirSync('build', { recursive: true });
    execSync('node node_modules/assemblyscript/bin/asc.js --config asconfig.json', { stdio: ['ignore', 2, 2] });
  }
}

setUp();
