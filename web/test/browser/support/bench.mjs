// What the browser tests of the checker share: logs made here, a server for them, a page on which nothing may go wrong by itself.

import { mkdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { chromium } from 'playwright-core';

import { text, utf8 } from '../../../src/bytes.mjs';
import { formNote, makeLog } from '../../fixture.mjs';
import { addClaims, addReceipts } from '../../support/claims.mjs';

const CHECKER = fileURLToPath(new URL('../../../checker.html', import.meta.url));
const SHOTS = process.env.SHOTS ?? null;
export const WAIT_MS = 120_000;

export const made = await makeLog({ more: ({ fingerprint, stations }) => [formNote(fingerprint, stations[5], 41, 'M-again')] });
/** An area of two, and receipts for the first records alone: the rest is read from bundles. */
export const AREA = 'mfano-2';
addClaims(made.files, made.ledger, 'president', AREA);
await addReceipts(made.files, made.entries, Array.from({ length: 250 }, (_, i) => i));
export const place = 30;
export const station = made.stations[place - 3];

/** @param {(files: Map<string, Uint8Array>) => void} change */
function variant(change) {
  const files = new Map(made.files);
  change(files);
  return files;
}

function flip(path, at) {
  return (files) => {
    const bytes = files.get(path).slice();
    bytes[at] ^= 1;
    files.set(path, bytes);
  };
}

const RESULTS = `results/${made.entries.length}`;
export const LOGS = {
  good: made.files,
  tile: variant(flip('tile/0/000', 5000)),
  entry: variant(flip('tile/entries/000', 9000)),
  list: variant((files) => {
    const path = `data/president/${AREA}/stations.json`;
    const read = JSON.parse(text(files.get(path)));
    read.stations[9].form.votes[0] += 10;
    files.set(path, utf8(JSON.stringify(read)));
  }),
  lacking: variant((files) => files.delete('tile/entries/001.p/48')),
  results: variant((files) => files.set(RESULTS, Buffer.from(Buffer.from(files.get(RESULTS)).toString().replace(/^votes 1 (\d)/m, 'votes 1 9$1')))),
};

async function startServer() {
  const page = await readFile(CHECKER);
  const server = createServer((request, response) => {
    const [, log, ...path] = new URL(request.url, 'http://x').pathname.split('/');
    const bytes = path.join('/') === 'checker.html' ? page : LOGS[log]?.get(path.join('/'));
    const type = path.at(-1) === 'checker.html' ? 'text/html' : 'application/octet-stream';
    response.writeHead(bytes === undefined ? 404 : 200, { 'Access-Control-Allow-Origin': '*', 'Content-Type': type });
    response.end(bytes === undefined ? '' : Buffer.from(bytes));
  });
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return { port: server.address().port, end: () => new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); }) };
}

export const server = await startServer();
export const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--host-resolver-rules=MAP *.example 127.0.0.1'],
});
export const here = (log) => `http://127.0.0.1:${server.port}/${log}`;
export const FILE = `file://${CHECKER}`;

export async function shot(page, name) {
  if (SHOTS === null) return;
  await mkdir(SHOTS, { recursive: true });
  await page.screenshot({ path: join(SHOTS, `${name}.png`), fullPage: true });
}

/** A page on which nothing may go wrong by itself. */
export async function open(address, choice = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en-GB', ...choice });
  const page = await context.newPage();
  const told = { requests: [], errors: [] };
  page.on('request', (request) => { if (!/^(?:blob|data|file):/.test(request.url())) told.requests.push(request.url()); });
  page.on('pageerror', (error) => told.errors.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().includes('404')) told.errors.push(message.text());
  });
  await page.goto(address);
  return { page, told, end: () => context.close() };
}

export async function ask(page, kind, value, base) {
  if (base !== undefined) await page.fill('#base', base);
  await page.check(`input[value=${kind}]`);
  if (value !== null) await page.fill(`#${kind}`, value);
  await page.click('#go');
  await settled(page);
}

export const settled = (page) => page.waitForFunction(() => {
  const isThere = document.querySelector('#report .rest') !== null || !document.querySelector('#error').hidden;
  return isThere && document.querySelector('#busy').hidden;
}, undefined, { timeout: WAIT_MS });

export const report = (page) => page.innerText('#report');
export const error = (page) => page.innerText('#error');

const tests = [];
export const test = (name, run) => tests.push([name, run]);

/** Runs what was told, one after another. */
export async function runAll() {
  let failed = 0;
  for (const [name, run] of tests.filter(([of]) => of.includes(process.env.ONLY ?? ''))) {
    try {
      await run();
      process.stdout.write(`ok   ${name}\n`);
    } catch (refused) {
      failed += 1;
      process.stdout.write(`FAIL ${name}\n${refused.stack}\n`);
    }
  }
  await browser.close();
  await server.end();
  process.exitCode = failed > 0 ? 1 : 0;
}
