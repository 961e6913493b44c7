// One area in the browser: desktop and phone, the same figures and others, receipts and bundles.

import assert from 'node:assert/strict';

import { ask, AREA, error, FILE, here, open, report, settled, shot, test } from './support/bench.mjs';

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

test('one area from a file: register, records, signatures and sums, and what was not checked', async () => {
  const { page, told, end } = await open(`${FILE}#from=${here('good')}&area=${AREA}&contest=president`);
  assert.deepEqual(told.requests, []);
  await shot(page, 'area-start-desktop');
  await page.click('#go');
  await settled(page);
  const said = await report(page);
  for (const part of ['Everything that was checked fits', '150 stations', 'names exactly these', 'sums computed here are those', '1 contested',
    'needs the whole log', 'Neema Tofali', '149 records that were checked here']) assert.ok(said.includes(part), part);
  assert.ok(told.requests.every((url) => url.startsWith(here('good'))));
  assert.ok(told.requests.some((url) => url.includes('/receipt/')));
  await shot(page, 'area-desktop');
  assert.deepEqual(told.errors, []);
  await end();
});

test('one area on a phone, whose list has another figure: the first record is named and shown', async () => {
  const { page, told, end } = await open(`${FILE}#lang=sw&from=${here('list')}&area=${AREA}`, PHONE);
  await page.tap('#go');
  await settled(page);
  assert.match(await report(page), /Rekodi ya kwanza ambapo hizo mbili zinatofautiana: nafasi ya \d+, kituo mfano-2-s0019, kisanduku “1”/);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.equal(wide, 0, 'nothing is wider than the phone');
  assert.equal(await page.locator('#report .paper').count(), 1);
  await shot(page, 'area-sw-phone');
  assert.deepEqual(told.errors, []);
  await end();
});

test('an area that the register does not have, and no code at all', async () => {
  const { page, end } = await open(FILE);
  await ask(page, 'area', 'nowhere', here('good'));
  assert.match(await error(page), /has no area of the code nowhere/);
  await ask(page, 'area', 'not a code');
  assert.match(await error(page), /Say which area/);
  await end();
});
