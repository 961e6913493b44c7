// Every kind of page in a real browser: both languages, phone and desktop, light and dark, with and without script, on a slow line.
//
//   node test/browser/portal.mjs --hakiki PATH [--base URL] [--sample] [--renew] [--shots DIR]
//
// It starts a demo of a small country, unless it is given an address. Exit 1 if anything is wrong, with each fault on a line.
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { WIDTHS, launch } from './support/chromium.mjs';
import { compareLook } from './support/looks.mjs';
import { byKeyboard, crawl, visit as visitPage, withoutScript } from './support/pages.mjs';
import { demo } from './support/server.mjs';
import { lying } from './support/lying.mjs';

const { values: options } = parseArgs({
  options: {
    hakiki: { type: 'string', default: 'hakiki' },
    base: { type: 'string' },
    stations: { type: 'string', default: '600' },
    sample: { type: 'boolean', default: false },
    renew: { type: 'boolean', default: false },
    shots: { type: 'string' },
  },
});
const LOOKS = fileURLToPath(new URL('./looks/', import.meta.url));
const FIRST_VIEW_MAX_BYTES = 30 * 1024;
const USEFUL_MAX_MS = 2000;
const LANGUAGES = ['en', 'sw'];
/** Kinds of pages of what people and machines did, and of the audit, of which the demo has something to show: each must be seen filled. */
const OF_CONDUCT = ['audits/*', 'servers', 'servers/*', 'sessions', 'logins', 'software', 'custody', 'custody/*/*', 'doubts', 'scrutiny', 'withheld'];

/** Codes and numbers in an address are of no account: what is left names the kind of page. */
const FIXED = /^(contest|area|station|record|findings|missing|log|changes|search|about|timeline|rulings|declarations|data|page|slip|hall|embed|servers|sessions|logins|software|custody|doubts|scrutiny|withheld|audits|pull|tally|sign|code|state|contested|standing|disregarded)$/;
const faults = [];
const fault = (where, what) => {
  faults.push(`${where}: ${what}`);
  console.log(`FAULT ${where}: ${what}`);
};
const visit = (browser, base, path, width, scheme, milliseconds) => visitPage(browser, base, path, { width, scheme, milliseconds, fault, shots: options.shots });

/** A day later nothing new has come: each page that tells of a head says how old it is, and is still for everybody. */
async function growsOld(browser, base, path, milliseconds) {
  const DAY_MINUTES = 24 * 60;
  for (const width of Object.keys(WIDTHS)) {
    const { alarm } = await visit(browser, base, path, width, 'light', milliseconds + DAY_MINUTES * 60_000);
    const minutes = Number(alarm.replaceAll(/[^0-9]/g, ''));
    if (!(minutes >= DAY_MINUTES && minutes < DAY_MINUTES + 60)) fault(path, `a head a day old is told of as "${alarm}", expected about ${DAY_MINUTES} minutes`);
  }
}

/** What axe has looked at was no empty page: rows of a table stand in it. */
async function filled(browser, base, kinds) {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  for (const kind of OF_CONDUCT) {
    const path = kinds.get(kind)?.[0];
    if (path === undefined) {
      fault(kind, 'no page of this kind was found');
      continue;
    }
    await page.goto(base + path);
    const rows = await page.locator('main table tbody tr').count();
    console.log(`${path}: ${rows} rows`);
    if (rows === 0) fault(path, 'no row of a table: the demo left this page empty');
  }
  await context.close();
}

/** The first view on a line of 400 kbit/s: bytes over the wire, and when something useful is there. */
async function slowly(browser, base, path) {
  const context = await browser.newContext({ viewport: WIDTHS.phone });
  const page = await context.newPage();
  const protocol = await context.newCDPSession(page);
  await protocol.send('Network.enable');
  await protocol.send('Network.emulateNetworkConditions', {
    offline: false, latency: 150, downloadThroughput: 50_000, uploadThroughput: 25_000,
  });
  let bytes = 0;
  protocol.on('Network.loadingFinished', ({ encodedDataLength }) => { bytes += encodedDataLength; });
  await page.goto(base + path, { waitUntil: 'load' });
  const painted = () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime;
  const usefulMs = await (await page.waitForFunction(painted)).jsonValue();
  console.log(`first view of ${path}: ${bytes} bytes, useful after ${Math.round(usefulMs)} ms at 400 kbit/s`);
  if (bytes > FIRST_VIEW_MAX_BYTES) fault(path, `first view of ${bytes} bytes, limit ${FIRST_VIEW_MAX_BYTES}`);
  if (usefulMs > USEFUL_MAX_MS) fault(path, `useful after ${usefulMs} ms, limit ${USEFUL_MAX_MS}`);
  await context.close();
}

const browser = await launch();
const server = options.base ? null : await demo(options.hakiki, Number(options.stations));
const base = options.base ?? server.base;
const now = Date.now();
try {
  const kinds = await crawl(browser, base, FIXED, fault);
  console.log(`${kinds.size} kinds of pages: ${[...kinds.keys()].sort().join(', ')}`);
  if (server !== null) await filled(browser, base, kinds);
  let views = 0;
  for (const [kind, [path]] of [...kinds].sort(([a], [b]) => (a < b ? -1 : 1))) {
    for (const language of LANGUAGES) {
      const address = path.replace('/en/', `/${language}/`);
      for (const width of Object.keys(WIDTHS)) {
        for (const scheme of ['light', 'dark']) {
          if (options.sample && scheme === 'dark' && (width === 'desktop' || language === 'sw')) continue;
          const { seen, alarm } = await visit(browser, base, address, width, scheme, now);
          views += 1;
          if (alarm !== '') fault(address, `an alarm on a night that went well: ${alarm}`);
          if (seen === null || language !== 'en') continue;
          const wrong = compareLook(join(LOOKS, `${kind.replaceAll('/', '-').replaceAll('*', 'x')}-${width}.txt`), seen, options.renew);
          if (wrong) fault(address, wrong);
        }
      }
    }
    await withoutScript(browser, base, path, fault);
    await byKeyboard(browser, base, path, fault);
  }
  const station = [...kinds].find(([kind]) => kind.startsWith('station/'))?.[1][0];
  for (const path of ['/en/', station].filter(Boolean)) await slowly(browser, base, path);
  if (server !== null) await growsOld(browser, base, '/en/', now);
  if (station) await lying(browser, base, station, fault);
  console.log(`${views} views of ${kinds.size} kinds of pages`);
} finally {
  await browser.close();
  await server?.stop();
}
console.log(`${faults.length === 0 ? 1 : 0} passed, ${faults.length} failed`);
process.exit(faults.length === 0 ? 0 : 1);
