import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const canBuild = existsSync(here('node_modules/esbuild'));

/** What `build.mjs --check` prints, whether or not the committed file is the same. */
function built(directory) {
  try {
    return execFileSync(process.execPath, [here('build.mjs'), '--check'], { cwd: directory, stdio: ['ignore', 'pipe', 'ignore'] }).toString();
  } catch (refused) {
    return refused.stdout.toString();
  }
}

test('the same sources give the same bytes, wherever they are built', { skip: !canBuild && 'esbuild is not installed' }, () => {
  const first = built(here('.'));
  assert.match(first, /^[0-9a-f]{64} {2}checker\.html {2}\d+ bytes\n[0-9a-f]{64} {2}claim\.html {2}\d+ bytes\n$/);
  assert.equal(built(tmpdir()), first);
});

test('the checker is one file: nothing is loaded, nothing may be but what its policy names', () => {
  const page = readFileSync(here('checker.html'), 'utf8');
  assert.ok(!/<(?:script|img|iframe|link)[^>]*\b(?:src|href)="(?!data:,")/.test(page));
  const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(page)[1];
  assert.ok(policy.startsWith("default-src 'none'; script-src 'sha256-"));
  assert.ok(!/unsafe|\*/.test(policy));
  assert.equal(page.match(/<script/g).length, 1);
  assert.ok(!/ style="/.test(page), 'no style in attributes');
});
