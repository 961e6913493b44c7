// The three readers of docs/guides/claims.md, each following the guide's words in a browser, over a site that the program has published;
// and that a page which has read a table needs nobody any more.
//
//   CHROMIUM=/usr/bin/chromium node test/browser/claim-readers.mjs --hakiki PATH
//
// PATH is the program, which rehearses a small country and publishes it. SHOTS takes pictures into a folder.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { parseArgs } from 'node:util';

import { open, runAll, shot, test } from './support/bench.mjs';
import { rehearsed } from './support/claim-log.mjs';
import { accessible, compare, count, out, PHONE, take } from './support/claim-page.mjs';
import { serveClaims } from './support/claim-site.mjs';

const { values: options } = parseArgs({ options: { hakiki: { type: 'string', default: 'hakiki' } } });
const made = rehearsed(options.hakiki);
const { stations: { stations, candidates, head } } = made;
const standing = stations.filter(({ state, form }) => state === 'standing' && form.votes.every((vote) => typeof vote === 'number'));
/** Rows of the table that say more for the second candidate than the log's forms do. */
const CHANGED = new Map([[2, 40], [17, 35], [31, 60], [60, 25], [61, 25]].map(([place, more]) => [standing[place].code, more]));
const TABLE = [`Kituo,Jina,${candidates.map(({ name }) => name).join(',')}`, ...standing.map(({ code, name, form }) => (
  [code, `"${name}"`, ...form.votes.map((vote, i) => (i === 1 ? vote + (CHANGED.get(code) ?? 0) : vote))].join(',')))].join('\n');
const TOTALS = candidates.map((_, i) => standing.reduce((sum, { form: { votes } }) => sum + votes[i], 0) + (i === 1 ? 185 : 0));
/** The second candidate's total with so many votes in the place of the forms' that all but a few of them would have to be wrong. */
const CLAIMED = TOTALS[1] + 25_000;

const rowsShown = (page, total) => page.waitForFunction((of) => document.querySelector('#rows [role=status]').textContent.endsWith(of), total);
const numbersIn = (text) => [...text.replace(/(\d),(?=\d)/g, '$1').matchAll(/\d+/g)].map(Number);
const countyOf = (code) => {
  let area = made.areas.find((each) => each.code === stations.find((station) => station.code === code).area);
  while (area.level !== 'county') area = made.areas.find((each) => each.code === area.parent);
  return area.code;
};

test('the program tells of every form that stands who answers, and names its outlines', () => {
  for (const { form } of stations.filter(({ state }) => state === 'standing')) assert.ok(Array.isArray(form.answers.keys) && Array.isArray(form.answers.ink));
  assert.ok(made.read('data/index.json').files.includes('data/outlines.json'));
  const { schema, areas } = made.read('data/outlines.json');
  assert.equal(schema, 'hakiki/outlines@v1');
  assert.ok(Object.values(areas).every((d) => /^[MmLlHhVvZz0-9 ,.-]+$/.test(d)));
});

test('the person with a table: on a phone, in Swahili, without knowing anybody', async () => {
  const served = await serveClaims(made.site);
  for (const colorScheme of ['light', 'dark']) {
    const { page, told, end } = await open(served.address, { ...PHONE, colorScheme, locale: 'sw-KE', hasTouch: true });
    assert.equal(await page.getAttribute('html', 'lang'), 'sw');
    // 1. Choose the table. 2. Look whether the columns are meant so.
    await take(page, TABLE);
    assert.ok((await page.innerText('#source-said')).includes(`ukubwa ${head.size}`));
    assert.equal(await page.inputValue('[data-column="0"]'), 'code');
    assert.deepEqual(await Promise.all(candidates.map((_, i) => page.inputValue(`[data-column="${i + 2}"]`))), candidates.map((_, i) => `candidate:${i}`));
    // 3. Compare; read the first line and the counts.
    await compare(page);
    assert.match(await page.innerText('#out .verdict'), /Safu 5 zinatofautiana/);
    assert.deepEqual([await count(page, 'different'), await count(page, 'identical')], ['5', String(standing.length - 5)]);
    await accessible(page, `person ${colorScheme}`);
    await shot(page, `reader-person-${colorScheme}`);
    // 4. Touch an area of the map: its rows are shown, and all again.
    const county = countyOf(standing[2].code);
    const own = [...CHANGED.keys()].filter((code) => countyOf(code) === county).length;
    await page.locator(`.outlines [data-area="${county}"]`).tap();
    await page.waitForSelector('[data-keep=everywhere]');
    await page.locator('[data-filter=different]').tap();
    await rowsShown(page, ` ${own} kati ya ${own}`);
    await page.locator('[data-keep=everywhere]').tap();
    await rowsShown(page, ' 5 kati ya 5');
    assert.ok((await page.innerText('.rest')).includes('hausemi upande upi ni sahihi'));
    assert.deepEqual(told.errors, []);
    await end();
  }
  await served.end();
});

test('the editor: one sentence, with the size of the log, that the program says too', async () => {
  const served = await serveClaims(made.site);
  const { page, told, end } = await open(served.address);
  await take(page, TABLE);
  await compare(page);
  const quote = await page.innerText('#quote');
  const { least_wrong: least, forms } = made.bounds('--totals', TOTALS.map((total, i) => `${candidates[i].number}=${total}`).join(','));
  assert.ok(quote.includes(`at 5 of ${standing.length} stations`), quote);
  assert.ok(quote.includes(`log of size ${head.size}, root ${head.root.slice(0, 16)}`), quote);
  assert.ok(quote.endsWith(least === 0 ? 'may make up the difference.' : `at least ${least} of ${forms} station forms must be wrong.`), quote);
  assert.ok(!/fraud|rigged|false|lie/i.test(quote));
  // A number alone, without a table: the same page.
  await page.check('input[value=number]');
  await page.selectOption('#candidate', '1');
  await page.fill('#value', String(CLAIMED));
  await page.click('#form button.main:visible');
  await page.waitForSelector('.bound');
  const one = made.bounds('--candidate', '2', '--total', String(CLAIMED));
  assert.ok(numbersIn(await page.innerText('.bound .verdict')).join(' ') === `${one.least_wrong} ${one.forms}`);
  await accessible(page, 'editor');
  await shot(page, 'reader-editor');
  assert.deepEqual(told.errors, []);
  await end();
  await served.end();
});

test('the lawyer of a party: rows, the station’s page, what would have to be false, own agents, boxes, files', async () => {
  const served = await serveClaims(made.site);
  const { page, told, end } = await open(served.address);
  await take(page, TABLE);
  await compare(page);
  // Rows that differ; from one of them to the form.
  await page.click('[data-filter=different]');
  await rowsShown(page, 'to 5 of 5');
  assert.deepEqual(await page.locator('.rows tbody tr').evaluateAll((rows) => rows.map((row) => row.dataset.code)), [...CHANGED.keys()]);
  const [code] = CHANGED.keys();
  const [station] = await Promise.all([page.context().waitForEvent('page'), page.click(`tr[data-code="${code}"] a`)]);
  await station.waitForLoadState();
  const form = await station.innerText('main');
  for (const part of [code, 'Who answers for it', 'Presiding officer', 'Photographs', candidates[1].name]) assert.ok(form.includes(part), part);
  assert.equal(await station.evaluate(() => document.referrer), '', 'nobody is told from where');
  await shot(station, 'reader-lawyer-station');
  await station.close();
  // What would have to be false, and of the party's own agents.
  await page.check('input[value=number]');
  await page.selectOption('#candidate', '1');
  await page.fill('#value', String(CLAIMED));
  await page.click('#form button.main:visible');
  await page.waitForSelector('.bound');
  for (const party of [null, 'kite']) {
    if (party !== null) await page.selectOption('#party', party);
    const chosen = await page.inputValue('#party');
    await page.waitForFunction((of) => document.querySelector('[data-by=keys]').textContent.includes(of), chosen);
    assert.equal(chosen, party ?? made.read('air/president.json').candidates[1].party);
    const { least_wrong: least, answered, boxes_to_draw: draws } = made.bounds('--candidate', '2', '--total', String(CLAIMED), '--party', chosen);
    assert.ok(least > 0 && draws[95] > 0 && answered.ink.least_wrong > 0, 'the figure asks something of the forms');
    for (const by of ['keys', 'ink']) {
      const [signed, among] = numbersIn(await page.innerText(`[data-by=${by}]`));
      assert.deepEqual([signed, among ?? 0], [answered[by].forms, answered[by].least_wrong ?? 0], `${chosen} ${by}`);
    }
    const drawn = numbersIn(await page.innerText('.draw'));
    assert.ok(drawn.includes(draws[95]) && drawn.includes(draws[99]), `${drawn}`);
  }
  await shot(page, 'reader-lawyer-bounds');
  // The table is still there; its rows are kept as a file.
  await page.check('input[value=table]');
  await page.waitForSelector('#keep-csv');
  const [download] = await Promise.all([page.waitForEvent('download'), page.click('#keep-csv')]);
  const lines = (await readFile(await download.path(), 'utf8')).split('\n');
  assert.deepEqual(lines.filter((line) => line.includes(',different,')).map((line) => line.split(',')[0]), [...CHANGED.keys()]);
  assert.deepEqual(told.errors, []);
  await end();
  await served.end();
});

/** Answers nobody at this port, and counts who comes. @param {number} port */
async function deaf(port) {
  let came = 0;
  const server = createServer((socket) => {
    came += 1;
    socket.destroy();
  });
  await new Promise((resolve) => { server.listen(port, '127.0.0.1', resolve); });
  server.unref();
  return { came: () => came, end: () => new Promise((resolve) => { server.close(resolve); }) };
}

test('a table that was read needs nobody: the server ended and the network cut, everything goes on', async () => {
  const served = await serveClaims(made.site);
  const { page, told, end } = await open(served.address);
  const protocol = await page.context().newCDPSession(page);
  await protocol.send('Network.enable');
  const sent = [];
  protocol.on('Network.requestWillBeSent', ({ request: { url } }) => { if (!url.startsWith('blob:')) sent.push(url); });
  await take(page, TABLE);
  const before = told.requests.length;
  assert.ok(before >= 6, 'page, index, stations, air, areas, outlines');
  await served.end();
  const port = await deaf(Number(new URL(served.address).port));
  await page.context().setOffline(true);
  await protocol.send('Network.emulateNetworkConditions', { offline: true, latency: 0, downloadThroughput: -1, uploadThroughput: -1 });
  const already = sent.length;
  await compare(page);
  assert.equal(await count(page, 'different'), '5');
  assert.ok((await page.locator('.outlines path').count()) > 1);
  await page.selectOption('#map-level', 'constituency');
  await page.waitForFunction(() => document.querySelectorAll('.squares button').length > 29);
  const area = await page.getAttribute('.squares button:has(b:text-is("1"))', 'data-area');
  await page.click(`.squares [data-area="${area}"]`);
  await page.click('[data-filter=different]');
  await rowsShown(page, 'to 1 of 1');
  for (const [id, format] of [['keep-csv', 'csv'], ['keep-json', 'json']]) {
    const [download] = await Promise.all([page.waitForEvent('download'), page.click(`#${id}`)]);
    assert.ok((await readFile(await download.path(), 'utf8')).includes([...CHANGED.keys()][0]), format);
  }
  await page.click('[data-language=sw]');
  assert.ok((await out(page)).includes('Ramani'));
  // Another table of areas, and one number.
  await take(page, `code,${candidates.map(({ number }) => number).join(',')}\n${made.areas.filter(({ level }) => level === 'county').map(({ code }) => `${code},1,2,3,4`).join('\n')}`, 'counties.csv');
  assert.equal(await page.inputValue('#level'), 'county');
  await compare(page);
  assert.notEqual(await count(page, 'different'), '0');
  await page.check('input[value=number]');
  await page.fill('#value', '1');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.bound');
  assert.deepEqual([told.requests.length - before, sent.length - already, port.came()], [0, 0, 0]);
  assert.deepEqual(told.errors, []);
  await end();
  await port.end();
});

await runAll();
made.end();
