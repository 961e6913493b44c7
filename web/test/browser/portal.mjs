// Every kind of page in a real browser: both languages, phone and desktop, light and dark, with and without script, on a slow line.
//
//   node test/browser/portal.mjs --hakiki PATH [--base URL] [--sample] [--renew] [--shots DIR]
//
// It starts a demo of a small country, unless it is given an address. Exit 1 if anything is wrong, with each fault on a line.
import { mkdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { WIDTHS, launch } from './support/chromium.mjs';
import { compareLook, look } from './support/looks.mjs';
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
const AXE = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');
const LOOKS = fileURLToPath(new URL('./looks/', import.meta.url));
const FIRST_VIEW_MAX_BYTES = 30 * 1024;
const USEFUL_MAX_MS = 2000;
const LANGUAGES = ['en', 'sw'];
/** Pages of one kind that are looked at. */
const OF_A_KIND = 2;
/** Kinds of pages of what people and machines did, and of the audit, of which the demo has something to show: each must be seen filled. */
const OF_CONDUCT = ['audits/*', 'servers', 'servers/*', 'sessions', 'logins', 'software', 'custody', 'custody/*/*', 'doubts', 'scrutiny', 'withheld'];

const faults = [];
const fault = (where, what) => {
  faults.push(`${where}: ${what}`);
  console.log(`FAULT ${where}: ${what}`);
};

/** Codes and numbers in an address are of no account: what is left names the kind of page. */
const kindOf = (path) => {
  const [address] = path.split(/[?#]/);
  const words = address.split('/').filter(Boolean).slice(1);
  const fixed = /^(contest|area|station|record|findings|missing|log|changes|search|about|timeline|rulings|declarations|data|page|slip|hall|embed|servers|sessions|logins|software|custody|doubts|scrutiny|withheld|audits|pull|tally|sign|code|state|contested|standing|disregarded)$/;
  return words.map((word) => (fixed.test(word) ? word : '*')).join('/') || 'whole';
};

/** Follows links of pages until each kind was seen; gives addresses by kind. */
async function crawl(browser, base) {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  const kinds = new Map();
  const queue = [`${base}/en/`];
  const seen = new Set(queue);
  while (queue.length > 0) {
    const address = queue.shift();
    const kind = kindOf(new URL(address).pathname);
    const known = kinds.get(kind) ?? [];
    if (known.length >= OF_A_KIND) continue;
    const response = await page.goto(address);
    if (response === null || response.status() !== 200) {
      fault(address, `status ${response?.status()}, from a link of a page`);
      continue;
    }
    if (!(response.headers()['content-type'] ?? '').startsWith('text/html')) continue;
    kinds.set(kind, [...known, new URL(address).pathname]);
    const links = await page.$$eval('a[href], iframe[src]', (all) => all.map((one) => new URL(one.getAttribute('href') ?? one.getAttribute('src'), document.baseURI).href));
    for (const link of links) {
      const url = new URL(link);
      url.hash = '';
      const isPage = url.origin === base && url.pathname.startsWith('/en/') && url.pathname.endsWith('/');
      if (isPage && !seen.has(url.href)) {
        seen.add(url.href);
        queue.push(url.href);
      }
    }
  }
  await context.close();
  return kinds;
}

/**
 * One page at one width, in one scheme, with script: nothing fails, nothing is outside, nobody is shut out.
 * The reader's clock stands still at `milliseconds`: a run that takes longer than the age of a head sees the same page.
 */
async function visit(browser, base, path, width, scheme, milliseconds) {
  const context = await browser.newContext({ viewport: WIDTHS[width], colorScheme: scheme, reducedMotion: 'reduce' });
  await context.clock.setFixedTime(milliseconds);
  const page = await context.newPage();
  const where = `${path} ${width} ${scheme}`;
  page.on('console', (message) => message.type() === 'error' && fault(where, `console: ${message.text()}`));
  page.on('pageerror', (error) => fault(where, `script: ${error.message}`));
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(base) && !url.startsWith('data:') && !url.startsWith('blob:')) fault(where, `asks elsewhere: ${url}`);
  });
  await page.goto(base + path, { waitUntil: 'load' });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  if (wide > 0) fault(where, `wider than the screen by ${wide} pixels`);
  await page.evaluate(AXE);
  const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  for (const violation of found.violations) {
    const nodes = violation.nodes.slice(0, 3).map((node) => node.target.join(' ')).join(', ');
    fault(where, `axe ${violation.id}: ${violation.help} (${violation.nodes.length}: ${nodes})`);
  }
  if (options.shots) {
    mkdirSync(options.shots, { recursive: true });
    const name = `${path.replaceAll('/', '_')}-${width}-${scheme}.png`;
    await page.screenshot({ path: join(options.shots, name), fullPage: true });
  }
  const seen = scheme === 'light' ? await look(page) : null;
  const alarm = await page.locator('#alarm:visible').allTextContents();
  await context.close();
  return { seen, alarm: alarm.join(' ').trim() };
}

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

/** Reading needs no script: the same figures stand in the page. */
async function withoutScript(browser, base, path) {
  const texts = [];
  for (const javaScriptEnabled of [true, false]) {
    const context = await browser.newContext({ javaScriptEnabled });
    const page = await context.newPage();
    await page.goto(base + path);
    const numbers = (await page.locator('main').innerText()).match(/\d[\d,.\s]*/g) ?? [];
    texts.push(numbers.length);
    await context.close();
  }
  const [withIt, without] = texts;
  if (without < withIt * 0.9) fault(path, `${without} figures without script, ${withIt} with it`);
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

/** Keys alone: the first stop is the way past the navigation, every stop is seen, and nothing holds the focus. */
async function byKeyboard(browser, base, path) {
  const context = await browser.newContext({ viewport: WIDTHS.desktop });
  const page = await context.newPage();
  await page.goto(base + path);
  const stops = [];
  for (let press = 0; press < 25; press += 1) {
    await page.keyboard.press('Tab');
    const stop = await page.evaluate(() => {
      const element = document.activeElement;
      if (!element || element === document.body) return null;
      // In a picture the shape within a link shows the focus.
      const shape = element.matches('svg a') ? element.querySelector('rect, path') : null;
      const style = getComputedStyle(element);
      const isSeen = (shape && parseFloat(getComputedStyle(shape).strokeWidth) >= 3) || style.outlineStyle !== 'none' || style.boxShadow !== 'none' || style.textDecorationLine !== 'none';
      return { what: `${element.tagName} ${element.getAttribute('href') ?? ''}`, isSeen };
    });
    if (stop === null) break;
    stops.push(stop);
  }
  // The tally hall's screen and a figure on another's page have no navigation to go past.
  const isBare = /^\/\w+\/(hall|embed)\//.test(path);
  if (!isBare && stops[0]?.what !== 'A #main') fault(path, `the first stop of the Tab key is ${stops[0]?.what}, expected the way to #main`);
  for (const stop of stops.filter((one) => !one.isSeen)) fault(path, `the focus is not seen at ${stop.what}`);
  if (new Set(stops.map((stop) => stop.what)).size < Math.min(5, stops.length)) fault(path, 'the focus goes in a circle');
  await context.close();
}

const browser = await launch();
const server = options.base ? null : await demo(options.hakiki, Number(options.stations));
const base = options.base ?? server.base;
const now = Date.now();
try {
  const kinds = await crawl(browser, base);
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
    await withoutScript(browser, base, path);
    await byKeyboard(browser, base, path);
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
