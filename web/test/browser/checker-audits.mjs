// Audits of the paper in the browser: what is shown of each, on a desktop and on a narrow phone, in both languages.

import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

import { audited, SPREAD } from '../support/audit-bench.mjs';
import { writeLog } from '../support/logs.mjs';
import { ask, FILE, here, LOGS, open, report, shot, test } from './support/bench.mjs';

const PHONE = { viewport: { width: 360, height: 780 }, hasTouch: true, isMobile: true };
const WIDE = () => document.documentElement.scrollWidth - document.documentElement.clientWidth;

/** A log as files in memory. */
function filesOf({ entries, blobs, logKey }) {
  const folder = mkdtempSync(join(tmpdir(), 'hakiki-audits-'));
  writeLog(folder, entries, blobs, logKey);
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
  const files = new Map(paths.map(({ path, parentPath = path, name }) => {
    const at = join(parentPath, name);
    return [relative(folder, at), new Uint8Array(readFileSync(at))];
  }));
  rmSync(folder, { recursive: true });
  return files;
}

const bench = await audited({
  stations: 60, contestLines: SPREAD, spread: ['c01', 'c02'], votes: [70, 20, 5], limit: '1/20', method: ['method betting', 'stake 9/10'],
});
const drawn = bench.drawn();
await bench.count(drawn.slice(0, 3), [66, 22, 7]);
LOGS.audited = filesOf(bench.country);
const other = await audited({ change: (rows) => { rows[3].votes[0] -= 1; } });
await other.count(other.drawn(), [80, 20]);
LOGS['audited-table'] = filesOf(other.country);

test('an audit: outcome, stage, seed, risks, every draw, recomputed from the log alone', async () => {
  const { page, told, end } = await open(FILE);
  await ask(page, 'whole', null, here('audited'));
  const said = await report(page);
  for (const part of ['Everything that was checked fits', 'Audit of the paper: President, Mfano', '1 Candidate A is elected', 'Counting by hand',
    'recomputed in this page, from the entries of the log alone', '31415926535897932384', 'more than 1/4 of the valid votes in County 1',
    'The plan’s table of 60 stations is what stood']) assert.ok(said.includes(part), part);
  const { draws } = bench.audit.sample;
  assert.equal(await page.locator('.draws').count(), 0, 'draws are made when they are looked at');
  await page.click('summary:has-text("The draws")');
  await page.waitForSelector('.draws');
  assert.equal(await page.locator('.draws tbody tr').count(), draws.length);
  const cells = await page.locator('.draws tbody tr').nth(1).locator('td').allInnerTexts();
  assert.deepEqual(cells.slice(0, 3), ['2', draws[1].hash, `${draws[1].remainder}`]);
  assert.ok(cells[3].startsWith(bench.plan.rows[draws[1].at][0]));
  await page.click('summary:has-text("lines, to compare")');
  const text = await page.locator('#report pre').last().innerText();
  assert.deepEqual(text.trim().split('\n'), bench.lines.slice(3, -1));
  await shot(page, 'audits-desktop');
  assert.deepEqual(told.errors, []);
  await end();
});

test('an audit on a narrow phone, in Swahili: the table scrolls in its box', async () => {
  const { page, told, end } = await open(`${FILE}#lang=sw`, PHONE);
  await ask(page, 'whole', null, here('audited'));
  assert.match(await report(page), /Ukaguzi wa karatasi: President, Mfano/);
  await page.click('summary:has-text("Droo:")');
  await page.waitForSelector('.draws');
  assert.equal(await page.evaluate(WIDE), 0, 'nothing is wider than the phone');
  const box = await page.locator('.scroll').evaluate((node) => [node.scrollWidth > node.clientWidth, node.tabIndex]);
  assert.deepEqual(box, [true, 0]);
  await shot(page, 'audits-sw-phone');
  await page.click('[data-language=en]');
  await page.waitForSelector('.draws');
  assert.deepEqual(told.errors, []);
  await end();
});

test('a table that is not what stood: said, with the station', async () => {
  const { page, end } = await open(FILE, { ...PHONE, colorScheme: 'dark' });
  await ask(page, 'whole', null, here('audited-table'));
  const said = await report(page);
  assert.match(said, /Differences found: 1\. A difference is not an accusation/);
  assert.match(said, /table differs from what stood in this log at \d+ entries\. Stations: 1 \(s12\)/);
  assert.match(said, /The sample confirms the outcome at a risk limit of 50 %/);
  assert.equal(await page.evaluate(WIDE), 0);
  await shot(page, 'audits-table-phone-dark');
  await end();
});
