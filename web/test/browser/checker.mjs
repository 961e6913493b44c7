// The checker in a browser: from a file and over HTTP, whole, changed and lacking logs, codes, both languages, no keyboard
// trap, no request that nobody asked for. Pictures go to the folder named by SHOTS, if it is set.
//   CHROMIUM=/usr/bin/chromium node test/browser/checker.mjs

import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { deflateRawSync } from 'node:zlib';

import { hex } from '../../src/bytes.mjs';
import { groupsOf } from '../../src/checker/open.mjs';
import { toBase64url } from '../../src/checker/payload.mjs';
import { idOf } from '../../src/checker/record.mjs';
import { sha256 } from '../../src/sha2.mjs';
import './checker-area.mjs';
import './checker-audits.mjs';
import './checker-codes.mjs';
import {
  ask, error, FILE, here, made, open, place, report, runAll, server, settled, shot, station, test, WAIT_MS,
} from './support/bench.mjs';

test('from a file: nothing is asked for before the reader asks; one record over HTTP', async () => {
  const { page, told, end } = await open(`${FILE}#from=${here('good')}&record=${idOf(made.entries[place])}`);
  assert.deepEqual(told.requests, []);
  await shot(page, 'start-desktop');
  await page.click('#go');
  await settled(page);
  const said = await report(page);
  for (const part of ['Everything that was checked fits', 'held by rivals', `School of ${station.code}`, 'opened from a file', 'another form or a ruling']) {
    assert.ok(said.includes(part), part);
  }
  assert.ok((await page.innerText('#band')).includes('REHEARSAL'));
  await page.click('summary');
  assert.ok((await report(page)).includes(`signer ${station.kit.name}`));
  await shot(page, 'record-desktop');
  assert.deepEqual(told.errors, []);
  assert.ok(told.requests.every((url) => url.startsWith(here('good'))));
  await end();
});

test('the fingerprint: not typed, wrong, right', async () => {
  const { page, end } = await open(FILE);
  await ask(page, 'record', String(place), here('good'));
  const inputs = page.locator('#groups input');
  assert.equal(await inputs.count(), 4);
  assert.ok((await page.innerText('#print-said')).includes('nothing was typed'));
  const groups = groupsOf(made.fingerprint);
  for (let i = 0; i < 4; i++) {
    const input = inputs.nth(i);
    const right = groups[Number(await input.getAttribute('data-group'))];
    await input.fill(right === '0000' ? '1111' : '0000');
    assert.ok((await page.innerText('#print-said')).includes('another in this log'));
    assert.ok((await report(page)).includes('A difference is not an accusation'));
    await input.fill(right.toUpperCase());
  }
  assert.ok((await page.innerText('#print-said')).includes('In six words'));
  assert.ok((await report(page)).includes('are those of this log'));
  await end();
});

test('the whole election, from a file, in workers', async () => {
  const { page, told, end } = await open(FILE);
  await ask(page, 'whole', null, here('good'));
  const said = await report(page);
  for (const part of ['Everything that was checked fits', 'The totals are the same', 'nothing outstanding (stations: 2) can change', 'Neema Tofali',
    '1 contested']) assert.ok(said.includes(part), part);
  await shot(page, 'whole-desktop');
  assert.deepEqual(told.errors, []);
  await end();
});

test('the whole election from a folder on the device', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hakiki-checker-'));
  for (const [path, bytes] of made.files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), bytes);
  }
  const { page, told, end } = await open(FILE);
  await page.setInputFiles('#folder', folder);
  await ask(page, 'whole', null);
  assert.ok((await report(page)).includes('The totals are the same'));
  await ask(page, 'station', made.stations[5].code);
  assert.ok((await report(page)).includes('boxes that differ'));
  assert.deepEqual(told.requests, []);
  await end();
  await rm(folder, { recursive: true });
});

test('over plain HTTP without crypto.subtle: the same answers by own code', async () => {
  const base = `http://log.example:${server.port}/good`;
  const { page, told, end } = await open(`${base}/checker.html`);
  assert.equal(await page.evaluate(() => globalThis.isSecureContext), false);
  assert.equal(await page.inputValue('#base'), base);
  await ask(page, 'whole', null, here('good'));
  const said = await report(page);
  assert.ok(said.includes('The totals are the same') && said.includes('plain http'));
  assert.deepEqual(told.errors, []);
  await end();
});

test('from the same address as the log: never final, with the mirrors to ask instead', async () => {
  const { page, end } = await open(`${here('good')}/checker.html#place=${place}`);
  await page.click('#go');
  await settled(page);
  const said = await report(page);
  assert.ok(said.includes('this result is not final') && said.includes('Check again from a rival’s copy'));
  assert.ok(!said.includes('Everything that was checked fits'));
  const links = await page.locator('.notfinal a').evaluateAll((all) => all.map((link) => link.href));
  assert.equal(links.length, 2);
  assert.ok(links[0].startsWith('https://mirror.court.mfano.example/checker.html#'));
  await shot(page, 'same-origin-desktop');
  await end();
});

test('a changed tile, a changed entry, a lacking bundle, other results: plain words, and where', async () => {
  const { page, end } = await open(FILE);
  await ask(page, 'whole', null, here('tile'));
  assert.match(await error(page), /tile of this copy is not what the head commits to: tile\/0\/000\./);
  await shot(page, 'tile-desktop');
  await ask(page, 'record', '40', here('tile'));
  assert.match(await error(page), /tile\/0\/000/);
  await ask(page, 'whole', null, here('entry'));
  assert.match(await error(page), /entry at place \d+ of this copy is not the one/);
  await ask(page, 'whole', null, here('lacking'));
  assert.match(await error(page), /from place 256 on are not here/);
  await ask(page, 'whole', null, here('results'));
  assert.match(await report(page), /part from this copy’s results file at line \d+, contest president, area mfano/);
  await shot(page, 'results-desktop');
  await ask(page, 'whole', null, `http://127.0.0.1:${server.port}/nothing`);
  assert.match(await error(page), /There is no log here/);
  await ask(page, 'whole', null, 'http://127.0.0.1:1');
  assert.match(await error(page), /does not answer/);
  await ask(page, 'whole', null, 'ftp://x');
  assert.match(await error(page), /Say where the log is/);
  await end();
});

test('a note in a link: shown at once without a request, then asked of the log; in three parts', async () => {
  const note = made.entries[place];
  const written = toBase64url(new Uint8Array(deflateRawSync(Buffer.from(note))));
  const { page, told, end } = await open(`${FILE}#n=${written}`, { viewport: { width: 390, height: 844 } });
  await settled(page);
  let said = await report(page);
  assert.ok(said.includes('could not be checked: the keys') && said.includes('was not asked'));
  assert.deepEqual(told.requests, []);
  await shot(page, 'note-phone');
  await page.fill('#base', here('good'));
  await page.click('#go');
  await page.waitForFunction(() => document.querySelector('#report').innerText.includes('byte for byte, what the code holds'), undefined, { timeout: WAIT_MS });
  await page.click('#forget');
  const third = Math.ceil(written.length / 3);
  const hash8 = hex(sha256(note)).slice(0, 8);
  for (const i of [2, 0, 1]) {
    await page.fill('#code', `https://elsewhere.example/#n=${i + 1}/3/${hash8}/${written.slice(i * third, (i + 1) * third)}`);
    await page.click('#go');
    if (i !== 1) await page.waitForFunction(() => document.querySelector('#scan-state').innerText.includes('Still missing'));
  }
  await page.waitForFunction(() => document.querySelector('#report').innerText.includes('byte for byte, what the code holds'), undefined, { timeout: WAIT_MS });
  said = await report(page);
  assert.ok(said.includes('Everything that was checked fits'));
  assert.ok(told.requests.every((url) => url.startsWith(here('good'))), 'nothing is asked of the address in the code');
  await page.fill('#code', 'n=%%%');
  await page.click('#go');
  assert.match(await error(page), /not a code that this program knows/);
  await end();
});

test('the camera: only the fragment is taken, and the camera is off again', async () => {
  const note = toBase64url(new Uint8Array(deflateRawSync(Buffer.from(made.entries[place]))));
  const { page, told, end } = await open('about:blank', { permissions: ['camera'] });
  await page.addInitScript((written) => {
    globalThis.BarcodeDetector = class {
      async detect() {
        return [{ rawValue: 'no code of ours' }, { rawValue: written }];
      }
    };
    navigator.mediaDevices.getUserMedia = async () => {
      const canvas = document.createElement('canvas');
      const context = canvas.getContext('2d');
      setInterval(() => context.fillRect(0, 0, 9, 9), 50);
      return (globalThis.stream = canvas.captureStream());
    };
  }, `https://forged.example/checker.html#n=${note}`);
  await page.goto(FILE);
  await page.check('input[value=code]');
  await page.click('#scan');
  await settled(page);
  assert.ok((await report(page)).includes('The code holds a record'));
  assert.ok(await page.evaluate(() => globalThis.stream.getTracks().every((track) => track.readyState === 'ended')));
  assert.deepEqual([told.requests, told.errors], [[], []]);
  await end();
});

test('stopping, and printing', async () => {
  const { page, end } = await open(FILE);
  await page.route('**/tile/entries/001**', () => {});
  await page.fill('#base', here('good'));
  await page.check('input[value=whole]');
  await page.click('#go');
  await page.click('#stop');
  assert.match(await error(page), /Stopped/);
  await page.unroute('**/tile/entries/001**');
  await ask(page, 'record', String(place));
  await page.emulateMedia({ media: 'print' });
  assert.equal(await page.isVisible('#form'), false);
  assert.equal(await page.isVisible('#report'), true);
  await shot(page, 'print');
  await end();
});

test('in Swahili, on a phone, in the dark, by keyboard alone', async () => {
  const { page, told, end } = await open(`${FILE}#lang=sw&from=${here('good')}&station=${made.stations[5].code}`, {
    viewport: { width: 390, height: 844 }, colorScheme: 'dark',
  });
  assert.equal(await page.getAttribute('html', 'lang'), 'sw');
  await page.focus('#station');
  await page.keyboard.press('Enter');
  await settled(page);
  const said = await report(page);
  assert.ok(said.includes('visanduku vinavyotofautiana') && said.includes('Haikukaguliwa'));
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.equal(wide, 0, 'nothing is wider than the phone');
  await shot(page, 'station-sw-phone-dark');
  await page.click('[data-language=en]');
  assert.ok((await report(page)).includes('boxes that differ'));
  assert.deepEqual(told.errors, []);
  await end();
});

test('contrast: all text on what it stands on, both schemes', async () => {
  for (const colorScheme of ['light', 'dark']) {
    const { page, end } = await open(FILE, { colorScheme, viewport: { width: 390, height: 844 } });
    await ask(page, 'whole', null, here('results'));
    const poor = await page.evaluate(poorContrast);
    assert.deepEqual(poor, []);
    await shot(page, `whole-phone-${colorScheme}`);
    await end();
  }
});

/** Texts whose contrast is below 4.5. Runs in the page. */
function poorContrast() {
  const parse = (color) => (color.match(/[\d.]+/g) ?? []).map(Number);
  const light = (rgb) => {
    const [r, g, b] = rgb.slice(0, 3).map((v) => (v / 255 <= 0.03928 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (node) => {
    for (let at = node; at !== null; at = at.parentElement) {
      const color = parse(getComputedStyle(at).backgroundColor);
      if (color.length === 3 || color[3] === 1) return color;
    }
    return [255, 255, 255];
  };
  const poor = [];
  for (const node of document.querySelectorAll('body *')) {
    const hasText = [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim() !== '');
    if (!hasText || node.getClientRects().length === 0) continue;
    const [a, b] = [light(parse(getComputedStyle(node).color)), light(behind(node))].sort((x, y) => y - x);
    if ((a + 0.05) / (b + 0.05) < 4.5) poor.push(`${node.tagName} ${node.className} ${node.textContent.slice(0, 30)}`);
  }
  return poor;
}

await runAll();
