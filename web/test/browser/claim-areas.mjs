// The page of claims in a browser: who answers for the forms, ballots of areas, the map and its table, ways to the log's own pages, the
// sentence to quote; over data files made here.
//   CHROMIUM=/usr/bin/chromium node test/browser/claim-areas.mjs

import assert from 'node:assert/strict';

import { open, runAll, shot, test } from './support/bench.mjs';
import { accessible, compare, count, out, PHONE, take } from './support/claim-page.mjs';
import { areaTable, BALLOTED, codeOf, OLDER, OUTLINED, serveClaims, tableOf } from './support/claim-site.mjs';

const site = await serveClaims();
/** Stations 3 and 9 differ, both in constituency c4; a place that the log does not know. */
const TABLE = `${tableOf((place, row) => (place % 6 === 3 && place < 10 ? [row[0], row[1], row[2] + 18, ...row.slice(3)] : null))}\n99999,Nowhere,1,2,3,6,0\n`;
const rowsShown = (page, total) => page.waitForFunction((of) => document.querySelector('#rows [role=status]').textContent.endsWith(of), total);

test('who answers: keys and ink apart, by the party that is chosen, or nobody', async () => {
  const { page, told, end } = await open(site.address);
  await page.check('input[value=number]');
  await page.waitForFunction(() => document.querySelectorAll('#candidate option').length === 3);
  const ask = async (candidate) => {
    await page.selectOption('#candidate', candidate);
    await page.fill('#value', '42000');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.bound');
  };
  await ask('1');
  assert.equal(await page.inputValue('#party'), 'bridge', 'the party of the candidate');
  assert.match(await page.innerText('[data-by=keys]'), /^By keys: 0 of these forms [^.]*bridge’s own agents[^.]*\.$/);
  assert.match(await page.innerText('[data-by=ink]'), /^In ink: of 30 forms .* At least \d+ of these 30 must be wrong/);
  await page.selectOption('#party', 'circle');
  await page.waitForFunction(() => document.querySelector('[data-by=keys]').textContent.includes('circle'));
  assert.equal(await page.evaluate(() => document.activeElement.id), 'party', 'the focus stays');
  assert.match(await page.innerText('[data-by=keys]'), /^By keys: 78 of these forms .* At least \d+ of these 78 must be wrong, even if every other form is\.$/);
  assert.match(await page.innerText('[data-by=ink]'), /of 0 forms/);
  await accessible(page, 'answers');
  await page.selectOption('#party', '');
  await page.waitForFunction(() => document.querySelector('[data-by]') === null);
  // An independent's agents are of no party: the first is asked after.
  await ask('2');
  assert.equal(await page.inputValue('#party'), 'circle');
  await page.fill('#value', '99 999 999');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.bound');
  assert.ok((await page.innerText('[data-by=keys]')).endsWith('The claim cannot hold even if all of these are wrong, and every other form.'));
  assert.deepEqual(told.errors, []);
  await end();
});

test('an older file does not tell who answers, and the page says so', async () => {
  const older = await serveClaims(OLDER);
  const { page, end } = await open(older.address);
  await take(page, TABLE);
  await compare(page);
  assert.ok((await out(page)).includes('does not tell who answers for the forms'));
  assert.equal(await page.locator('#party').count(), 0);
  await end();
  await older.end();
});

test('the map: a square an area with its count, a table that says the same, rows of an area and of all again', async () => {
  for (const choice of [{}, { ...PHONE, colorScheme: 'dark' }]) {
    const { page, told, end } = await open(site.address, choice);
    await take(page, TABLE);
    await compare(page);
    assert.deepEqual(await page.locator('.squares b').allInnerTexts(), ['0', '0', '0', '2', '0', '0']);
    assert.equal(await page.getAttribute('[data-area=c4]', 'class'), 'shade-some');
    assert.equal(await page.getAttribute('[data-area=c4]', 'title'), 'c4 Jimbo la 4: 2 of 20 compared rows differ');
    assert.deepEqual(await page.locator('.areas tbody tr:nth-child(4) td').allInnerTexts(), ['18', '2', '0', '0', '0', '+36', '±0', '±0']);
    assert.ok((await page.innerText('.outside')).includes('1 rows: only in the table 1'));
    await accessible(page, 'map');
    await shot(page, `claim-map-${choice.colorScheme ?? 'light'}`);
    // By keyboard: one stop for the map, arrows within it.
    await page.focus('[data-area=c1]');
    for (const key of ['ArrowRight', 'ArrowDown', 'End', 'ArrowLeft', 'ArrowLeft']) await page.keyboard.press(key);
    assert.equal(await page.evaluate(() => document.activeElement.dataset.area), 'c4');
    await page.keyboard.press('Enter');
    await rowsShown(page, 'to 2 of 2');
    assert.equal(await page.getAttribute('[data-area=c4]', 'aria-pressed'), 'true');
    assert.ok((await page.innerText('#rows h3')).includes('Jimbo la 4'));
    await page.click('[data-filter=all]');
    await rowsShown(page, 'to 20 of 20');
    await page.click('[data-keep=everywhere]');
    await rowsShown(page, 'of 121');
    await page.click('[data-outside]');
    await rowsShown(page, 'to 1 of 1');
    assert.equal(await page.getAttribute('.rows tbody tr', 'data-code'), '99999');
    await page.click('[data-row=c6]');
    await rowsShown(page, 'to 20 of 20');
    assert.deepEqual(told.errors, []);
    await end();
  }
});

test('outlines where the site has them; what is no path is a square; areas rolled up; by keyboard', async () => {
  const outlined = await serveClaims(OUTLINED);
  const { page, told, end } = await open(outlined.address);
  await take(page, areaTable((row, i) => (i === 2 ? [row[0], row[1] + 1, row[2], row[3]] : row)));
  await compare(page);
  assert.equal(await page.locator('.outlines path').count(), 5);
  assert.deepEqual(await page.locator('.outlines text').allTextContents(), ['–', '–', '1', '0', '0']);
  assert.equal(await page.locator('.squares button').count(), 1);
  assert.ok((await out(page)).includes('Areas without an outline'));
  await page.focus('.outlines [data-area=c1]');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Space');
  await rowsShown(page, 'to 1 of 1');
  await accessible(page, 'outlines');
  await shot(page, 'claim-outlines');
  assert.equal(await page.getAttribute('.rows a', 'href'), new URL('en/area/president/c3/', outlined.address).href);
  assert.ok(told.requests.filter((url) => url.endsWith('/data/outlines.json')).length === 1);
  assert.deepEqual(told.errors, []);
  await end();
  await outlined.end();
});

test('from a row to the log’s own page: in a new tab, without saying from where', async () => {
  const { page, end } = await open(`${site.address}#lang=sw`);
  await take(page, TABLE);
  await compare(page);
  const link = page.locator(`tr[data-code="${codeOf(3)}"] a`);
  assert.equal(await link.getAttribute('href'), new URL(`sw/station/president/${codeOf(3)}/`, site.address).href);
  assert.deepEqual([await link.getAttribute('target'), await link.getAttribute('rel')], ['_blank', 'noopener noreferrer']);
  assert.equal(await page.locator('tr[data-code="99999"] a').count(), 0, 'the log has no page of what it does not know');
  assert.ok((await page.innerText('#quote')).startsWith('Jedwali linatofautiana na kumbukumbu katika vituo 2 kati ya 118'), await page.innerText('#quote'));
  await end();
});

test('a contest whose areas have ballots of their own: the table says which, or the reader; nothing beyond it is compared', async () => {
  const balloted = await serveClaims(BALLOTED);
  const { page, told, end } = await open(balloted.address);
  const own = tableOf((place, row) => ([0, 2, 3].includes(place % 6) ? row.slice(0, 4) : false)).replace(/^.*/, 'station,name,Ali Mto,Bahati Mwamba');
  await take(page, own);
  assert.equal(await page.inputValue('#ballot'), 'c1', 'guessed by the stations');
  assert.equal(await page.inputValue('[data-column="2"]'), 'candidate:0');
  await compare(page);
  // Stations of c1 itself and of its wards c3 and c4; station 6, contested, lies there too.
  assert.deepEqual([await count(page, 'identical'), await count(page, 'different'), await count(page, 'not-comparable'), await count(page, 'all')], ['59', '0', '1', '60']);
  assert.ok((await page.innerText('#source-said')).includes('President of Mfano, Jimbo la 1'));
  assert.deepEqual(await page.locator('.squares b').allInnerTexts(), ['0', '0'], 'wards of that area alone');
  await accessible(page, 'ballots');
  await page.selectOption('#ballot', 'c2');
  await page.waitForFunction(() => document.querySelector('#source-said').textContent.includes('Jimbo la 2'));
  assert.equal(await page.locator('#columns tr').count() && await page.isVisible('#map'), false, 'a table of another ballot is forgotten');
  await page.check('input[value=number]');
  await page.waitForFunction(() => document.querySelector('#candidate').textContent.includes('Chausiku'));
  await page.fill('#value', '4000');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.bound');
  assert.match(await page.innerText('.bound'), /of 20 station forms/, 'without those of the ward that has a ballot of its own');
  await page.selectOption('#ballot', '');
  await page.waitForFunction(() => document.querySelector('#source-said').textContent.includes('3 areas have candidates'));
  await page.fill('#value', '4000');
  await page.click('#form button.main:visible');
  await page.waitForSelector('#error:not([hidden])');
  assert.ok((await page.innerText('#error')).includes('Choose above whose ballot'));
  assert.deepEqual(told.errors, []);
  await end();
  await balloted.end();
});

await runAll();
await site.end();
