// Compares the audits of random logs with what another implementation says of them.
//
//   node web/test/audits-differential.mjs --hakiki BINARY [--seed N] [--logs N] [--on]
//
// BINARY audit report --log FOLDER --at SIZE prints the text; V15 of BINARY verify --json FOLDER fails if a table differs or no sample
// follows from a plan. Exit 1 and the first place where the two part, with the seed, whose log is kept (--on: of all logs); else how much
// was the same, and exit 0.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { audits } from '../src/audit/audit.mjs';
import { tableDifferences } from '../src/audit/table.mjs';
import { auditsText } from '../src/audit/text.mjs';
import { auditedByChance, chance } from './support/audited.mjs';
import { parted } from './support/audits.mjs';
import { writeLog } from './support/logs.mjs';

function option(name, otherwise) {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : process.argv[at + 1];
}

const binary = option('hakiki', null);
if (binary === null) throw new Error('--hakiki names the program to compare with');

const seen = new Map();

async function compare(seed, folder) {
  const country = await auditedByChance(seed);
  writeLog(folder, country.entries, country.blobs, country.logKey);
  const { ledger } = country;
  const sizes = [ledger.size, 5 + chance(`size ${seed}`).below(ledger.size - 4)];
  for (const size of sizes) {
    const { stdout, stderr } = spawnSync(binary, ['audit', 'report', '--log', folder, '--at', `${size}`], { encoding: 'utf8', maxBuffer: 1 << 28 });
    const ours = auditsText(ledger, size);
    const difference = parted(stdout, ours);
    if (difference !== null) return `size ${size}, ${difference}\n${stdout === '' ? stderr : ''}`;
    for (const [, word] of ours.matchAll(/^((?:refused|stage|broken|risk \d+ counted) ?[a-z-]*)/gm)) seen.set(word.replace(/ \d+/, ''), (seen.get(word.replace(/ \d+/, '')) ?? 0) + 1);
  }
  const { stdout } = spawnSync(binary, ['verify', '--json', folder], { encoding: 'utf8', maxBuffer: 1 << 28 });
  const ours = audits(ledger, ledger.size).filter(({ plan, refused }) => refused !== null || tableDifferences(ledger, plan).length > 0).length;
  const { status, detail } = JSON.parse(stdout).checks.find(({ code }) => code === 'V15');
  return (status === 'failed') === ours > 0 ? null : `plans that V15 does not pass: here ${ours}, there ${status}: ${detail}`;
}

const first = Number(option('seed', '1'));
const count = Number(option('logs', '20'));
for (let seed = first; seed < first + count; seed++) {
  const folder = mkdtempSync(join(tmpdir(), 'hakiki-audits-'));
  const difference = await compare(seed, folder);
  if (difference !== null) {
    console.log(`seed ${seed} (${folder}): ${difference}`);
    process.exitCode = 1;
    if (!process.argv.includes('--on')) break;
    continue;
  }
  rmSync(folder, { recursive: true });
}
console.log(`${count} logs from seed ${first}:`, Object.fromEntries([...seen].sort()));
