import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

import { makeLog } from './fixture.mjs';
import { addClaims } from './support/claims.mjs';

const CLI = fileURLToPath(new URL('../cli.mjs', import.meta.url));

/** @returns {Promise<{code: number, out: string, words: string}>} */
const run = (...given) => new Promise((resolve) => {
  execFile(process.execPath, ['--no-warnings', CLI, ...given], { maxBuffer: 1 << 26 }, (error, out, words) => {
    resolve({ code: error === null ? 0 : error.code, out, words });
  });
});

test('exit 0 with the results, 1 with the first difference, 2 where nothing could be said', async () => {
  const made = await makeLog({ stations: 20 });
  addClaims(made.files, made.ledger, 'president', 'mfano-2');
  const folder = await mkdtemp(join(tmpdir(), 'hakiki-cli-'));
  for (const [path, bytes] of made.files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), bytes);
  }
  const results = Buffer.from(made.files.get(`results/${made.entries.length}`)).toString();
  const same = await run('check', folder, '--threads', '1', '--fingerprint', made.fingerprint);
  assert.deepEqual([same.code, same.out], [0, results], same.words);
  const other = join(folder, 'other');
  await writeFile(other, results.replace(/^votes 2 0/m, 'votes 2 1'));
  const differs = await run('check', folder, '--threads', '0', '--results', other);
  assert.equal(differs.code, 1);
  assert.match(differs.out, /^line \d+ \(contest president, area mfano\)\nhere: {2}votes 2 0 .*\nthere: votes 2 1 /);
  assert.equal((await run('check', folder, '--threads', '0', '--fingerprint', '0'.repeat(64))).code, 1);
  const area = await run('check', folder, '--threads', '1', '--area', 'mfano-2');
  assert.equal(area.code, 0, area.out);
  assert.match(area.out, /^checked: The sums computed here are those of the copy’s file: air\/president\/mfano-2.json$/m);
  assert.match(area.out, /That needs the whole log\.\n$/);
  assert.equal((await run('check', folder, '--threads', '0', '--area', 'nowhere')).code, 2);
  const list = join(folder, 'air/president/mfano-2.json');
  await writeFile(list, Buffer.from(made.files.get('air/president/mfano-2.json')).toString().replace('"valid_votes":', '"valid_votes":1'));
  assert.equal((await run('check', folder, '--threads', '0', '--area', 'mfano-2')).code, 1);
  await writeFile(join(folder, 'tile/0/000.p/23'), made.files.get('tile/0/000.p/23').map((byte, i) => (i === 99 ? byte ^ 1 : byte)));
  const tile = await run('check', folder, '--threads', '0');
  assert.deepEqual([tile.code, tile.out], [1, 'L502: tile/0/000.p/23 (tile/0/000.p/23)\n']);
  await rm(join(folder, 'tile'), { recursive: true });
  assert.equal((await run('check', folder, '--threads', '0')).code, 2);
  assert.equal((await run('check', join(folder, 'nowhere'), '--threads', '0')).code, 2);
  assert.equal((await run('see', folder)).code, 2);
  await rm(folder, { recursive: true });
});
