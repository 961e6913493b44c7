// Pages of a site in a real browser: finds each kind of them by its links, and looks at one: with and without script, by keys alone.
// What is wrong is told to `fault(where, what)`.
import { mkdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { WIDTHS } from './chromium.mjs';
import { look } from './looks.mjs';

const AXE = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');
/** Pages of one kind that are looked at. */
const OF_A_KIND = 2;

/** What is left of an address without codes and numbers names the kind of page; `fixed` matches the words that stay. */
const kindOf = (path, fixed) => {
  const [address] = path.split(/[?#]/);
  const words = address.split('/').filter(Boolean).slice(1);
  return words.map((word) => (fixed.test(word) ? word : '*')).join('/') || 'whole';
};

/** Follows links of pages until each kind was seen; gives addresses by kind. */
export async function crawl(browser, base, fixed, fault) {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  const kinds = new Map();
  const queue = [`${base}/en/`];
  const seen = new Set(queue);
  while (queue.length > 0) {
    const address = queue.shift();
    const kind = kindOf(new URL(address).pathname, fixed);
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
export async function visit(browser, base, path, { width, scheme, milliseconds, fault, shots }) {
  const context = await browser.newContext({ viewport: WIDTHS[width], colorScheme: scheme, reducedMotion: 'reduce' });
  await context.clock.setFixedTime(milliseconds);
  const page = await context.newPage();
  const where = `${path} ${width} ${scheme}`;
  page.on('console', (message) => message.type() === 'error' && fault(where, `console: ${message.text()}`));
  page.on('response', (response) => response.status() >= 400 && fault(where, `status ${response.status()}: ${response.url()}`));
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
  if (shots) {
    mkdirSync(shots, { recursive: true });
    const name = `${path.replaceAll('/', '_')}-${width}-${scheme}.png`;
    await page.screenshot({ path: join(shots, name), fullPage: true });
  }
  const seen = scheme === 'light' ? await look(page) : null;
  const alarm = await page.locator('#alarm:visible').allTextContents();
  await context.close();
  return { seen, alarm: alarm.join(' ').trim() };
}

/** Reading needs no script: the same figures stand in the page. */
export async function withoutScript(browser, base, path, fault) {
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

/** Keys alone: the first stop is the way past the navigation, every stop is seen, and nothing holds the focus. */
export async function byKeyboard(browser, base, path, fault) {
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
