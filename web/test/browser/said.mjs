// The pages of a log of claims in a real browser: claims with their tests and rulings, statements, publishers, what is said of a place.
//
//   node test/browser/said.mjs --pages DIRECTORY [--shots DIR]   DIRECTORY: `told` of what `examples/pages` of hakiki-portal writes
//
// Both languages, phone and desktop, light and dark, with and without script. Exit 1 if anything is wrong, with each fault on a line.
import { parseArgs } from 'node:util';
import { launch } from './support/chromium.mjs';
import { serveFolder } from './support/folder.mjs';
import { byKeyboard, crawl, visit, withoutScript } from './support/pages.mjs';

const { values: options } = parseArgs({ options: { pages: { type: 'string' }, shots: { type: 'string' } } });
const FIXED = /^(claims|statements|publishers|said|language|day|days|search|page|record|log|changes|about|data|rulings|declarations|timeline|servers|findings|area|contest|station|missing|scrutiny|sign|slip)$/;
/** Each must be found, and have something on it. */
const NEEDED = ['claims', 'claims/*', 'statements', 'statements/*', 'statements/days', 'statements/day/*', 'statements/language/*', 'statements/search', 'publishers', 'publishers/*/*', 'said', 'said/*'];
/** Language, width, scheme. */
const VIEWS = [['en', 'phone', 'dark'], ['en', 'desktop', 'light'], ['sw', 'phone', 'light']];
const OF_THIS = /^(claims|statements|publishers|said)/;

const faults = [];
const fault = (where, what) => {
  faults.push(`${where}: ${what}`);
  console.log(`FAULT ${where}: ${what}`);
};

/** What a claim's page must say: who tested it and what was found, which court held what. @returns {Promise<string>} where it stands */
async function claims(browser, base) {
  const page = await (await browser.newContext()).newPage();
  await page.goto(`${base}/en/claims/`);
  const list = await page.locator('main').innerText();
  if (!/ruled on by high-court/.test(list)) fault('/en/claims/', 'does not say that a court ruled');
  const tested = page.locator('main li, main tr, main article').filter({ hasText: 'high-court' }).locator('a[href]').first();
  await tested.click();
  const said = await page.locator('main').innerText();
  for (const part of ['jury found differences', 'daraja found what could be compared to be the same', 'high-court, case 5/2031: claim not accepted']) {
    if (!said.includes(part)) fault(page.url(), `does not say ${part}`);
  }
  const schema = await page.locator('script[type="application/ld+json"]').allTextContents();
  if (!schema.some((text) => JSON.stringify(JSON.parse(text)).includes('ClaimReview'))) fault(page.url(), 'has no ClaimReview');
  await page.context().close();
  return new URL(page.url()).pathname;
}

const browser = await launch();
const site = await serveFolder(options.pages ?? '.');
const now = Date.now();
try {
  const kinds = await crawl(browser, site.base, FIXED, fault);
  for (const kind of NEEDED) if (!kinds.has(kind)) fault(kind, 'no page of this kind was found');
  // Of all claims the one that has everything is looked at.
  kinds.set('claims/*', [await claims(browser, site.base)]);
  let views = 0;
  for (const [kind, [path]] of [...kinds].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (!OF_THIS.test(kind)) continue;
    for (const [language, width, scheme] of VIEWS) {
      await visit(browser, site.base, path.replace('/en/', `/${language}/`), { width, scheme, milliseconds: now, fault, shots: options.shots });
      views += 1;
    }
    await withoutScript(browser, site.base, path, fault);
    await byKeyboard(browser, site.base, path, fault);
  }
  console.log(`${views} views of ${[...kinds.keys()].filter((kind) => OF_THIS.test(kind)).join(', ')}`);
} finally {
  await browser.close();
  await site.end();
}
console.log(`${faults.length === 0 ? 1 : 0} passed, ${faults.length} failed`);
process.exit(faults.length === 0 ? 0 : 1);
