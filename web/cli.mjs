#!/usr/bin/env node
// The whole check on the command line: `node cli.mjs check DIR|URL [--results FILE] [--fingerprint HEX] [--threads N]`.
// Prints the results text; or the first difference. With `--area CODE [--contest CODE]` one area alone, and the report in words.
// `node cli.mjs audits DIR|URL [--at SIZE]` prints the audits of the paper instead, behind the same whole check. Exit 0: the same; 1: something differs; 2: it could not be checked.

import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';

import { auditsText } from './src/audit/text.mjs';
import { askArea } from './src/checker/ask.mjs';
import { isAsItStood } from './src/checker/audits.mjs';
import { poolOf, unpackJobs, verifyJobs } from './src/checker/pool.mjs';
import { wholeCheck } from './src/checker/whole.mjs';
import { wordsIn } from './src/checker/words.mjs';
import { Failure } from './src/failure.mjs';
import { stateOf } from './src/policy.mjs';
import { directorySource } from './src/source-node.mjs';
import { httpSource } from './src/source.mjs';

/** What shows that bytes are not what was signed, or that a rule was broken; all else could not be checked. */
const DIFFERENCES = new Set(['L201', 'L202', 'L203', 'L502', 'L504', 'L509', 'L511', 'L512', 'L515']);
/** What papers say is no difference between copy and log. */
const FINDINGS = new Set(['area.finding', 'area.more-findings']);
const USAGE = `usage: node cli.mjs check DIR|URL [--results FILE | --area CODE [--contest CODE]] [--fingerprint HEX] [--threads N]
       node cli.mjs audits DIR|URL [--at SIZE] [--results FILE] [--fingerprint HEX] [--threads N]`;

function startWorkers(count) {
  const threads = Array.from({ length: count }, () => new Worker(new URL(import.meta.url)));
  return {
    end: () => Promise.all(threads.map((thread) => thread.terminate())),
    pool: poolOf(threads.map((thread) => ({
      send(buffer, answer, fail) {
        thread.removeAllListeners();
        thread.once('message', answer);
        thread.once('error', fail);
        thread.postMessage(buffer, [buffer]);
      },
    }))),
  };
}

/** @param {string[]} given */
function readArguments(given) {
  const asked = {
    command: given[0], where: given[1], results: null, fingerprint: null, area: null, contest: null, at: null, threads: availableParallelism(),
  };
  for (let i = 2; i < given.length; i += 2) {
    const [name, value] = [given[i], given[i + 1]];
    if (value === undefined) return null;
    if (name === '--results') asked.results = value;
    else if (name === '--fingerprint') asked.fingerprint = value;
    else if (name === '--area') asked.area = value;
    else if (name === '--contest') asked.contest = value;
    else if (name === '--at') asked.at = Number(value);
    else if (name === '--threads') asked.threads = Number(value);
    else return null;
  }
  const isAudits = asked.command === 'audits';
  const isFitting = isAudits ? asked.area === null && asked.contest === null : asked.command === 'check' && asked.at === null;
  const isSize = asked.at === null || (Number.isSafeInteger(asked.at) && asked.at > 0);
  const isRight = isFitting && isSize && asked.where !== undefined && Number.isInteger(asked.threads) && asked.threads >= 0;
  return isRight ? asked : null;
}

function progress() {
  if (!process.stderr.isTTY) return () => {};
  return (phase, done, of) => process.stderr.write(`\r${phase} ${done} / ${of}   ${phase === 'totals' ? '\n' : ''}`);
}

function say(line) {
  process.stderr.write(`${line}\n`);
}

async function check(asked) {
  const source = /^https?:\/\//.test(asked.where) ? httpSource(asked.where) : directorySource(asked.where);
  if (asked.area !== null) return area(source, asked);
  const results = asked.results === null ? undefined : new Uint8Array(await readFile(asked.results));
  const { pool, end } = startWorkers(asked.threads);
  try {
    const whole = await wholeCheck({ source, pool, results, onProgress: progress() });
    return report(whole, asked);
  } finally {
    await end();
  }
}

/** One area: every sentence of the report, its totals, and what was not checked. */
async function area(source, asked) {
  const { say: words } = wordsIn('en');
  const { pool, end } = startWorkers(asked.threads);
  try {
    const made = await askArea({ source, pool, onProgress: (done, of, phase) => progress()(phase, done, of), now: () => performance.now() }, asked);
    const isOther = asked.fingerprint !== null && asked.fingerprint !== made.election.fingerprint;
    say(`election ${made.election.fingerprint}${asked.fingerprint === null ? ' (not compared with paper)' : ''}`);
    const lines = made.items.map(({ state, key, values }) => `${words(`report.${state}`)}: ${words(key, values)}`);
    if (isOther) lines.unshift(`another election than ${asked.fingerprint}`);
    if (made.lede !== null) lines.push(words(made.lede.key, made.lede.values));
    for (const { votes } of made.totals) lines.push(...votes.map(({ number, name, sum, least, most }) => `votes ${number} ${sum} ${least} ${most} ${name}`));
    process.stdout.write(`${[...lines, words(made.rest)].join('\n')}\n`);
    say(words('area.effort', made.areaEffort));
    return isOther || made.items.some(({ state, key }) => state === 'bad' && !FINDINGS.has(key)) ? 1 : 0;
  } finally {
    await end();
  }
}

function report(whole, { command, fingerprint, at }) {
  const { log, comparison, inadmissible, ledger } = whole;
  const state = stateOf(log.head, log.policyOf(log.head.size));
  say(`election ${log.election.fingerprint}${fingerprint === null ? ' (not compared with paper)' : ''}`);
  say(`head of ${log.head.size}: signed${state.isCosigned ? ', cosigned' : ''}${state.isHeld ? ', held' : ''}`);
  say(`${whole.signatures} signatures and proofs`);
  if (fingerprint !== null && fingerprint !== log.election.fingerprint) {
    process.stdout.write(`another election than ${fingerprint}\n`);
    return 1;
  }
  const size = at ?? log.head.size;
  if (size > log.head.size) {
    say(`no audits as of ${size}: the head is of ${log.head.size}`);
    return 2;
  }
  for (const { place, admission, detail } of inadmissible) say(`F204 place ${place}: ${admission} ${detail}`);
  if (comparison.kind === 'differs') {
    const { line, ours, theirs, contest, area } = comparison;
    process.stdout.write(`line ${line} (contest ${contest}, area ${area})\nhere:  ${ours}\nthere: ${theirs}\n`);
    return 1;
  }
  if (comparison.kind === 'same') say(`the same ${comparison.lines} lines as the results as of ${comparison.size}`);
  else say(`not compared: no results as of ${whole.log.head.size} (${comparison.kind})`);
  const { say: words } = wordsIn('en');
  for (const { state: checked, key, values } of whole.prospects) say(`${words(`report.${checked}`)}: ${words(key, values)}`);
  const tables = whole.tables.filter((table) => !isAsItStood(table));
  tables.forEach(sayTable);
  process.stdout.write(command === 'audits' ? auditsText(ledger, size) : whole.text);
  return inadmissible.length > 0 || tables.length > 0 || whole.prospects.some(({ state: checked }) => checked === 'bad') ? 1 : 0;
}

/** @param {import('./src/checker/audits.mjs').TableCheck} check of a plan whose table, or whose head, is another */
function sayTable({ plan, differing, isHead }) {
  const [size, root] = plan.fields.head;
  if (isHead === false) say(`audit plan ${plan.id}: this log had no head of ${size} entries with root ${root}`);
  if (differing.length > 0) say(`audit plan ${plan.id}: its table is not what stood at ${size} entries: ${differing.join(' ')}`);
}

async function main() {
  const asked = readArguments(process.argv.slice(2));
  if (asked === null) {
    say(USAGE);
    return 2;
  }
  try {
    return await check(asked);
  } catch (refused) {
    if (!(refused instanceof Failure)) throw refused;
    const at = [refused.path, refused.place === null || refused.place === undefined ? null : `place ${refused.place}`];
    process.stdout.write(`${refused.message}${at.some(Boolean) ? ` (${at.filter(Boolean).join(', ')})` : ''}\n`);
    const { has, say: words } = wordsIn('en');
    const key = `failure.${refused.code}`;
    if (has(key)) say(words(key, { detail: refused.detail, path: refused.path ?? refused.detail, place: refused.place ?? '–' }));
    return DIFFERENCES.has(refused.code) || /^R/.test(refused.code) ? 1 : 2;
  }
}

if (isMainThread) {
  main().then((code) => {
    process.exitCode = code;
  }, (error) => {
    say(error.stack);
    process.exitCode = 2;
  });
} else {
  parentPort.on('message', async (buffer) => parentPort.postMessage(await verifyJobs(unpackJobs(buffer))));
}
