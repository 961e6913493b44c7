// The page of claims in a browser: a table dropped, compared and kept; mistakes told; areas; one number; a folder and a ZIP; no
// keyboard trap, no violation that axe knows of, both languages, phone and desktop; and that nothing of the table leaves the browser.
//   CHROMIUM=/usr/bin/chromium node test/browser/claim.mjs [--site FOLDER]   FOLDER: data files of a nation, to measure

import assert from 'node:assert/strict';
import { mkdtemp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { deflateRawSync } from 'node:zlib';

import { open, runAll, shot, test } from './support/bench.mjs';
import { accessible, compare, count, out, PHONE, take } from './support/claim-page.mjs';
import { areaTable, codeOf, FILES, PAGE, serveClaims, STATIONS, tableOf } from './support/claim-site.mjs';

const SITE = process.argv[process.argv.indexOf('--site') + 1];
/** Stands in the table alone: whoever finds it elsewhere has found the table. */
const SECRET = 'Zanahary-7719';

const site = await serveClaims();

/** One station differs by 18, one cannot be, one is left out, one is of nowhere. */
const TABLE = `${tableOf((place, row) => {
  if (place === 3) return [row[0], row[1], row[2] + 18, ...row.slice(3)];
  if (place === 11) return [row[0], SECRET, 390, ...row.slice(3)];
  return place === 9 ? false : null;
})}\n99999,${SECRET},1,2,3,6,0\n`;

test('a table: nothing is asked before somebody begins; classes, rows, arithmetic, what would have to be false', async () => {
  const { page, told, end } = await open(site.address);
  assert.deepEqual(told.requests, [site.address]);
  assert.ok((await page.innerText('.stays')).includes('stays in this browser'));
  await shot(page, 'claim-start-desktop');
  await accessible(page, 'start');
  await take(page, TABLE);
  assert.equal(await page.inputValue('[data-column="2"]'), 'candidate:0');
  await shot(page, 'claim-mapping-desktop');
  await compare(page);
  const counts = await Promise.all(['identical', 'different', 'only-in-claim', 'only-in-reference', 'not-comparable', 'impossible'].map((name) => count(page, name)));
  assert.deepEqual(counts, ['115', '2', '2', '1', '1', '1']);
  const said = await out(page);
  for (const part of ['Compared station by station: 117 of 120', '+18', '523 votes of 400 voters', 'several forms that differ', 'In 2 of 119 rows',
    'find at least one wrong form with 95 %', 'does not say which of the two is right']) assert.ok(said.includes(part), part);
  await shot(page, 'claim-result-desktop');
  await accessible(page, 'result');
  await page.click('[data-filter=identical]');
  await page.waitForSelector(`[data-code="${codeOf(0)}"]`);
  assert.equal(await page.locator('.rows tbody tr').count(), 50);
  await page.click('[data-keep=next]');
  await page.waitForFunction(() => document.querySelector('#rows [role=status]').textContent === 'Rows 51 to 100 of 115');
  await page.click('[data-filter=all]');
  await page.selectOption('#sort', 'difference');
  await page.waitForFunction((code) => document.querySelector('.rows tbody tr').dataset.code === code, codeOf(11));
  await page.click('[data-keep=turn]');
  await page.waitForFunction((code) => document.querySelector('.rows tbody tr').dataset.code !== code, codeOf(11));
  assert.deepEqual(told.errors, []);
  await end();
});

test('nothing of the table leaves the browser: no other address, no query, no body', async () => {
  site.asked.length = 0;
  const { page, told, end } = await open(site.address);
  await take(page, TABLE, `${SECRET}.csv`);
  await compare(page);
  for (const [id, format] of [['keep-csv', 'csv'], ['keep-json', 'json']]) {
    const [download] = await Promise.all([page.waitForEvent('download'), page.click(`#${id}`)]);
    assert.equal(download.suggestedFilename(), `comparison-777.${format}`);
    const kept = await readFile(await download.path(), 'utf8');
    assert.ok(kept.includes('99999') && kept.includes(SECRET));
    if (format === 'json') assert.deepEqual(JSON.parse(kept).counts, { identical: 115, different: 2, only_claim: 2, only_reference: 1, not_comparable: 1 });
  }
  const base = site.address.replace('claim.html', '');
  assert.deepEqual([...new Set(told.requests)].sort(), ['air/president.json', 'claim.html', 'data/index.json', 'data/president/areas.json', 'data/president/stations.json'].map((path) => base + path));
  assert.ok(site.asked.length > 0);
  for (const { method, url, headers, body } of site.asked) {
    assert.equal(`${method} ${body}`, 'GET ');
    assert.ok(!url.includes('?') && !JSON.stringify([url, headers]).includes(SECRET), url);
  }
  // Nor could it: the policy of the page refuses every other address, and every form.
  const refused = await page.evaluate(async () => {
    const violated = [];
    document.addEventListener('securitypolicyviolation', (event) => violated.push(event.effectiveDirective));
    await fetch('http://elsewhere.example/x', { method: 'POST', body: 'x' }).catch(() => null);
    navigator.sendBeacon('http://elsewhere.example/x', 'x');
    await new Promise((done) => { setTimeout(done, 200); });
    return violated;
  });
  assert.ok(refused.length >= 2 && refused.every((directive) => directive === 'connect-src'), String(refused));
  assert.ok(!told.requests.some((url) => url.includes('elsewhere')));
  assert.equal(await page.evaluate(() => localStorage.length + sessionStorage.length), 0, 'nothing is kept');
  await end();
});

test('a mistake: which line, what was found, what was expected; then the column is corrected', async () => {
  const { page, told, end } = await open(site.address, PHONE);
  await take(page, TABLE.replace('10004,School no. 4,', '10004,School no. 4,1.5e3x').replace(/^10002,/m, '10001,'));
  await compare(page);
  const said = await page.innerText('#error');
  for (const part of ['Line 6, column “Tofali”', 'Found “1.5e3x', 'expected digits', 'Line 4, column “Station code”: “10001” stood on line 3 already', 'Nothing was taken']) assert.ok(said.includes(part), part);
  await shot(page, 'claim-mistake-phone');
  await accessible(page, 'mistake');
  await take(page, 'PK\u0003\u0004 a workbook');
  assert.ok((await page.innerText('#error')).includes('save it as CSV'));
  await take(page, 'station,x,y\n10000,5,6\n10001,7\n');
  assert.ok((await page.innerText('#error')).includes('Line 3: The row has 2 cells, the header 3'));
  await take(page, 'station,x,y\n10000,100,80\n10001,137,133\n');
  await compare(page);
  assert.ok((await page.innerText('#error')).includes('No column is a count'));
  await page.selectOption('[data-column="1"]', 'candidate:0');
  await page.selectOption('[data-column="2"]', 'candidate:1');
  await compare(page);
  assert.equal(await count(page, 'identical'), '2');
  assert.ok((await out(page)).includes('does not give the total of every candidate'));
  assert.deepEqual(told.errors, []);
  await end();
});

test('areas without stations, by name: compared with sums, and said so', async () => {
  const { page, told, end } = await open(site.address);
  await take(page, areaTable((row, i) => (i === 2 ? [row[0], row[1] + 1, row[2], row[3]] : row)));
  assert.equal(await page.inputValue('#level'), 'constituency');
  assert.equal(await page.inputValue('#by'), 'name');
  await compare(page);
  const said = await out(page);
  assert.ok(said.includes('nothing is said by station'));
  // The constituencies of the missing, the contested and the blank station are sums that lack something.
  assert.deepEqual([await count(page, 'identical'), await count(page, 'different'), await count(page, 'not-comparable')], ['2', '1', '3']);
  assert.ok(said.includes('1 of 20 stations in the sum lack a figure'));
  await page.selectOption('#level', '');
  await page.selectOption('#by', 'code');
  await page.selectOption('[data-column="0"]', 'code');
  await compare(page);
  assert.ok((await page.innerText('#error')).includes('expected a code'));
  assert.ok(told.requests.some((url) => url.endsWith('/data/president/areas.json')));
  await end();
});

test('codes that lost their zeros are told, and filled up', async () => {
  const { page, end } = await open(site.address);
  await take(page, 'station,1,2,3\n7,100,80,5\n8,137,133,6\n');
  await compare(page);
  assert.ok((await out(page)).includes('no code stands in both. The table has for example “7”, the log “10000”'));
  await page.fill('#width', '5');
  await page.selectOption('#level', '');
  await compare(page);
  assert.ok((await out(page)).includes('“00007”'));
  await end();
});

test('one number: a total, a lead, what cannot hold, what is no number', async () => {
  const { page, told, end } = await open(site.address, PHONE);
  await page.check('input[value=number]');
  await page.waitForFunction(() => document.querySelectorAll('#candidate option').length === 3);
  const ask = async (value) => {
    await page.fill('#value', value);
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.querySelector('.bound') !== null || !document.querySelector('#error').hidden);
  };
  await ask('20,000');
  let said = await out(page);
  assert.match(said, /claimed 20,000, the forms say 16,\d{3}/);
  assert.match(said, /At least \d+ of 117 station forms/);
  assert.ok(said.includes('3 stations have no form that counts'));
  await shot(page, 'claim-number-phone');
  await accessible(page, 'number');
  await page.selectOption('#kind', 'lead');
  await page.selectOption('#over', '1');
  await ask('-99 999 999');
  said = await out(page);
  assert.ok(said.includes('cannot hold even if every one of the 117 forms'));
  await page.selectOption('#kind', 'total');
  await ask('16,950');
  assert.ok((await out(page)).includes('No form has to be wrong'));
  await ask('1.5');
  assert.ok((await page.innerText('#error')).includes('Found “1.5”'));
  await page.selectOption('#kind', 'lead');
  await page.selectOption('#over', await page.inputValue('#candidate'));
  await ask('10');
  assert.ok((await page.innerText('#error')).includes('expected two different candidates'));
  await page.selectOption('#kind', 'total');
  await ask('about 5');
  assert.ok((await page.innerText('#error')).includes('expected a whole number'));
  assert.deepEqual(told.errors, []);
  await end();
});

test('from a folder and from a ZIP, without any request', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hakiki-claim-'));
  for (const [path, text] of FILES) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  const zip = join(folder, '..', `${folder.split('/').at(-1)}.zip`);
  await writeFile(zip, zipOf([...FILES].map(([path, text]) => [`copy/${path}`, Buffer.from(text)])));
  for (const [id, from] of [['#folder', folder], ['#zip', zip]]) {
    const { page, told, end } = await open(`file://${PAGE}`);
    await page.click('#other summary');
    await page.setInputFiles(id, from);
    await page.waitForFunction(() => document.querySelector('#source-said').textContent.includes('777'));
    await take(page, TABLE);
    await compare(page);
    assert.equal(await count(page, 'identical'), '115');
    assert.deepEqual([told.requests, told.errors], [[], []]);
    await end();
  }
  const { page, end } = await open(`file://${PAGE}`);
  await take(page, TABLE);
  assert.ok((await page.innerText('#error')).includes('Choose a folder or a ZIP'));
  await end();
  await damagedZip(zip);
  await rm(folder, { recursive: true });
  await rm(zip);
});

/** Figures of a ZIP with one byte changed are not read. @param {string} zip */
async function damagedZip(zip) {
  const bytes = await readFile(zip);
  const at = bytes.indexOf('PK\x01\x02', 0, 'latin1') - 9;
  bytes[at] ^= 1;
  await writeFile(zip, bytes);
  const { page, end } = await open(`file://${PAGE}`);
  await page.click('#other summary');
  await page.setInputFiles('#zip', zip);
  await page.waitForSelector('#error:not([hidden])');
  assert.ok((await page.innerText('#error')).includes('is damaged'));
  await end();
}

/** A ZIP, every other entry stored. */
function zipOf(entries) {
  const [parts, directory] = [[], []];
  let at = 0;
  entries.forEach(([name, bytes], i) => {
    const isStored = i % 2 === 1;
    const packed = isStored ? bytes : deflateRawSync(bytes);
    const head = Buffer.alloc(26);
    head.writeUInt16LE(20, 0);
    head.writeUInt16LE(isStored ? 0 : 8, 4);
    head.writeUInt32LE(crc32(bytes), 10);
    head.writeUInt32LE(packed.length, 14);
    head.writeUInt32LE(bytes.length, 18);
    head.writeUInt16LE(Buffer.byteLength(name), 22);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(at, 10);
    parts.push(Buffer.from('PK\x03\x04', 'latin1'), head, Buffer.from(name), packed);
    directory.push(Buffer.from('PK\x01\x02', 'latin1'), Buffer.from([20, 0]), head, rest, Buffer.from(name));
    at += 4 + head.length + Buffer.byteLength(name) + packed.length;
  });
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(list.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, list, end]);
}

test('in Swahili, on a phone, in the dark, by keyboard alone', async () => {
  for (const colorScheme of ['light', 'dark']) {
    const { page, told, end } = await open(`${site.address}#lang=sw`, { ...PHONE, colorScheme });
    assert.equal(await page.getAttribute('html', 'lang'), 'sw');
    await take(page, TABLE);
    await page.focus('#width');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#took:not(:empty)');
    assert.ok((await out(page)).includes('zinatofautiana'));
    await shot(page, `claim-result-phone-${colorScheme}`);
    await accessible(page, `phone ${colorScheme}`);
    await page.focus('[data-filter=different]');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.querySelectorAll('.rows tbody tr').length === 2);
    for (const key of ['next', 'back', 'turn']) assert.ok(await page.locator(`[data-keep=${key}]`).isVisible());
    await page.focus('[data-keep=turn]');
    await page.keyboard.press('Space');
    await page.waitForFunction(() => document.activeElement?.dataset.keep === 'turn' && document.activeElement.getAttribute('aria-pressed') === 'true');
    await page.click('[data-language=en]');
    assert.ok((await out(page)).includes('rows differ'));
    assert.deepEqual(told.errors, []);
    await end();
  }
});

test('dropped anywhere on the page', async () => {
  const { page, end } = await open(site.address);
  const data = await page.evaluateHandle((text) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([text], 'dropped.tsv'));
    return transfer;
  }, TABLE.replaceAll(',', '\t'));
  await page.dispatchEvent('h1', 'drop', { dataTransfer: data });
  await page.waitForSelector('#columns tr');
  assert.ok((await page.innerText('#table-said')).includes(`dropped.tsv: ${STATIONS} rows`));
  await compare(page);
  assert.equal(await count(page, 'identical'), '115');
  await end();
});

if (process.argv.includes('--site')) {
  test('a nation: compared and drawn in under a second, the bounds in under a second', async () => {
    const nation = await serveClaims(SITE);
    const { stations, candidates } = JSON.parse(await readFile(join(SITE, 'data/president/stations.json'), 'utf8'));
    const rows = stations.map(({ code, name, form }, place) => {
      const votes = form?.votes ?? candidates.map(() => 1);
      return [code, `"${name.replaceAll('"', '""')}"`, ...votes.map((vote, at) => (typeof vote !== 'number' ? '' : vote + (place % 200 === 3 && at === 1 ? 40 : 0)))].join(',');
    });
    const text = ['station,name,1,2,3,4', ...rows].join('\n');
    const { page, told, end } = await open(nation.address);
    const began = performance.now();
    await take(page, text);
    const read = performance.now() - began;
    for (let run = 0; run < 5; run++) {
      await compare(page);
      const took = await page.innerText('#took');
      process.stdout.write(`     ${rows.length} rows, results and table read in ${Math.round(read)} ms; ${took}\n`);
      assert.ok(Number(/([\d,]+) milliseconds/.exec(took)[1].replace(',', '')) < 1000, took);
    }
    await page.click('[data-filter=different]');
    await shot(page, 'claim-nation-desktop');
    await page.check('input[value=number]');
    await page.fill('#value', '9000000');
    const asked = performance.now();
    await page.keyboard.press('Enter');
    await page.waitForSelector('.bound');
    const bounds = performance.now() - asked;
    process.stdout.write(`     one number: ${Math.round(bounds)} ms; ${(await page.innerText('.bound .verdict'))}\n`);
    assert.ok(bounds < 1000);
    assert.deepEqual(told.errors, []);
    await end();
    await nation.end();
  });
}

await runAll();
await site.end();
