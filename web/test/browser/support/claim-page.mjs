// What the browser tests of the page of claims share: giving it a table, comparing, and what must hold of every state of the page.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const AXE = await readFile(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');
export const PHONE = { viewport: { width: 360, height: 780 } };
export const WAIT_MS = 60_000;

/** Gives the page a table, as a reader would. */
export const take = async (page, text, name = 'tally.csv') => {
  await page.setInputFiles('#table', { name, mimeType: 'text/csv', buffer: Buffer.from(text) });
  await page.waitForFunction(() => document.querySelector('#busy').textContent === ''
    && (document.querySelector('#columns tr') !== null || !document.querySelector('#error').hidden), undefined, { timeout: WAIT_MS });
};
/** Presses Compare, until what it says is drawn or refused. */
export const compare = async (page) => {
  await page.evaluate(() => document.querySelector('#took')?.replaceChildren());
  await page.click('#go');
  await page.waitForFunction(() => document.querySelector('#took')?.textContent || !document.querySelector('#error').hidden, undefined, { timeout: WAIT_MS });
};
export const count = (page, name) => page.innerText(`.classes [data-filter="${name}"] b`);
export const out = (page) => page.innerText('#out');

/** Nobody is shut out, and nothing is wider than the window. */
export async function accessible(page, where) {
  await page.evaluate(AXE);
  const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  assert.deepEqual(found.violations.map(({ id, nodes }) => `${where} ${id}: ${nodes[0].html}`), []);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.equal(wide, 0, `${where}: nothing is wider than the window`);
}
