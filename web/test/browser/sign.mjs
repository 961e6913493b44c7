// Signing in a real browser against a real node: a key is made there, becomes a custodian's, and gives the last signature of a text.
//
//   node test/browser/sign.mjs --hakiki PATH
//
// The other signers use the command. Exit 1 if anything is wrong, with each fault on a line.
import { spawn, spawnSync } from 'node:child_process';
import { createHash, createPublicKey, verify } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { launch } from './support/chromium.mjs';

const { values: options } = parseArgs({ options: { hakiki: { type: 'string', default: 'hakiki' } } });
const ORIGIN = 'log.mfano.example/browser';
const CUSTODIANS = ['k/1', 'k/2', 'k/3'];
const MINE = 'k/browser';
const WAIT_MS = 30_000;

const dir = mkdtempSync(join(tmpdir(), 'hakiki-sign-'));
const path = (name) => join(dir, name);
const keyFile = (name) => path(name.replace('/', '-'));
let passed = 0;
const faults = [];
const check = (what, isTrue, found = '') => {
  if (isTrue) passed += 1;
  else {
    faults.push(what);
    console.log(`FAULT ${what} ${found}`);
  }
};

function hakiki(...args) {
  const ended = spawnSync(options.hakiki, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  if (ended.status !== 0) throw new Error(`hakiki ${args.join(' ')}: ${ended.status}\n${ended.stdout}${ended.stderr}`);
  return ended.stdout;
}

/** The election: three custodians, each with a key in a file. */
function found() {
  const log = hakiki('keygen', ORIGIN, '--out', path('log.key')).trim();
  const vkeys = new Map();
  let plan = `title = "Signing"\nmode = "rehearsal"\nauthority = "commission.mfano.example"\nlog_key = "${log}"\n`
    + 'polling_day = "2031-06-19"\ncounting_from = "2031-06-19T17:00:00+03:00"\nlevels = ["nation"]\n'
    + `signers = ${JSON.stringify(CUSTODIANS)}\n\n[quorums]\nelection = 2\nnotice = 3\nkey = 2\namend = 2\n\n`
    + '[[contest]]\ncode = "president"\ntitle = "President"\nrule = "plurality"\nboxes = ["valid", "rejected"]\n';
  for (const name of CUSTODIANS) {
    const [vkey, proof] = hakiki('keygen', name, '--out', keyFile(name), '--origin', ORIGIN).trim().split('\n');
    vkeys.set(name, vkey);
    const [, key, signature] = proof.split(' ');
    plan += `\n[[custodian]]\nof = "commission"\nname = "${name}"\nkey = "${key}"\nproof = "${signature}"\n`;
  }
  writeFileSync(path('plan.toml'), plan);
  const [fingerprint] = hakiki('election', 'new', path('plan.toml'), '--out', path('election.txt')).split('\n');
  for (const name of CUSTODIANS) hakiki('election', 'sign', path('election.txt'), '--key', keyFile(name));
  return { fingerprint, vkeys };
}

async function serve() {
  const args = ['serve', '--dir', path('served'), '--log-key', path('log.key'), '--listen', '127.0.0.1:0', '--found', path('election.txt'), '--set', 'log_level=warn'];
  const child = spawn(options.hakiki, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  let said = '';
  const base = await new Promise((resolve, reject) => {
    child.stderr.on('data', (bytes) => {
      said += bytes;
      const address = said.match(/Serving at (http:\/\/\S+)/);
      if (address) resolve(address[1].replace(/\/$/, ''));
    });
    child.once('exit', (code) => reject(new Error(`the node ended with ${code}:\n${said}`)));
  });
  return { base, stop: () => { child.kill('SIGINT'); return ended; } };
}

/** A text with its signer lines, in a file. */
function written(name, kind, fingerprint, lines, signers) {
  const head = `hakiki/${kind}@v1\nelection ${fingerprint}\n${lines}\n`;
  writeFileSync(path(name), head + hakiki('record', 'signer', ...signers));
  return path(name);
}

/** What the page says of the key is what anybody can check. */
function checkLines(lines, fingerprint) {
  const [vkey, ofOrigin, ofElection] = lines;
  const [name, id, key] = vkey.split(/\+(.*?)\+(.*)/s);
  const typed = Buffer.from(key, 'base64');
  const hash = (...parts) => createHash('sha256').update(Buffer.concat(parts)).digest('hex');
  check('the key has its id', name === MINE && id === hash(Buffer.from(`${MINE}\n`), typed).slice(0, 8), vkey);
  const der = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), typed.subarray(1)]);
  const publicKey = createPublicKey({ key: der, format: 'der', type: 'spki' });
  for (const [line, over] of [[ofOrigin, `origin ${ORIGIN}`], [ofElection, `election ${fingerprint}`]]) {
    const [of, shown, proof] = line.split(' ');
    const text = `hakiki/possession@v1\n${over}\nname ${MINE}\nkey ${hash(typed)}\n`;
    const isGood = of === MINE && shown === key && verify(null, Buffer.from(text), publicKey, Buffer.from(proof, 'base64'));
    check(`the proof over the ${over.split(' ')[0]} is good`, isGood, line);
  }
}

/** The secret half cannot be read by any script, this page's own included. */
const isLocked = (page) => page.evaluate(async () => {
  const done = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const store = (await done(indexedDB.open('hakiki-sign', 1))).transaction('keys').objectStore('keys');
  const [key] = await done(store.getAll());
  const exported = await Promise.allSettled(['pkcs8', 'jwk', 'raw'].map((format) => crypto.subtle.exportKey(format, key.private)));
  return key.private.extractable === false && exported.every((one) => one.status === 'rejected');
});

const until = (page, id, words) => page.waitForFunction(
  ([of, said]) => document.getElementById(of).textContent.includes(said), [id, words], { timeout: WAIT_MS },
);

async function makeKey(page, base) {
  await page.goto(`${base}/en/sign/`);
  await until(page, 'pending-state', 'No text waits');
  check('a name is proposed that says nothing', /^k-[0-9a-f]{16}$/.test(await page.inputValue('#key-name')));
  await page.fill('#key-name', 'two words');
  await page.click('#make-key button');
  await until(page, 'key-trouble', 'no spaces');
  await page.fill('#key-name', MINE);
  await page.click('#make-key button');
  await until(page, 'public', MINE);
  return (await page.textContent('#public')).trim().split('\n');
}

/** Everything that a reader does with one text, and that a server could do to them. */
async function signText(page, base, text, id) {
  await page.route(`${base}/pending/${id}`, async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, body: (await answer.text()).replace('reason power', 'reason water') });
  });
  await page.click('#refresh');
  await until(page, 'pending', id);
  await page.click('#pending button');
  await until(page, 'signed-state', 'another text');
  check('a text that was changed on the way is not signed', await page.isHidden('#do-sign'));
  await page.unroute(`${base}/pending/${id}`);
  await page.click('#pending button');
  await until(page, 'text', 'reason power');
  check('the text is shown in full', (await page.textContent('#text')) === text);
  check('the button says who signs', (await page.textContent('#do-sign')).includes(MINE));
  await page.click('#do-sign');
  await until(page, 'signed-state', 'in the log');
  const link = await page.getAttribute('#signed-state a', 'href');
  const address = new URL(link, page.url()).href;
  // The page of the record comes with the next head.
  const isThere = async () => (await page.request.get(address)).status() === 200;
  const end = Date.now() + WAIT_MS;
  while (!(await isThere()) && Date.now() < end) await page.waitForTimeout(100);
  await page.goto(address);
  const said = await page.innerText('main');
  check('the record is in the log with the signature', said.includes('reason power') && said.includes(`\u2014 ${MINE} `), said);
}

/** Without script, and at a copy that keeps no texts. */
async function elsewhere(browser, base) {
  const bare = await browser.newContext({ javaScriptEnabled: false });
  const page = await bare.newPage();
  await page.goto(`${base}/sw/sign/`);
  const said = await page.innerText('main');
  check('without script the command stands there', said.includes('hakiki sign --pending') && (await page.isVisible('#no-script')));
  check('and nothing that needs one', await page.isHidden('#sign'));
  await bare.close();
  const context = await browser.newContext();
  const copy = await context.newPage();
  await copy.route(`${base}/pending`, (route) => route.fulfill({ status: 404, body: '' }));
  await copy.goto(`${base}/en/sign/`);
  await until(copy, 'pending-state', 'at the node');
  check('a copy says where the texts are', true);
  await context.close();
}

const browser = await launch();
let server;
try {
  const { fingerprint, vkeys } = found();
  server = await serve();
  const { base } = server;
  const context = await browser.newContext();
  const page = await context.newPage();
  page.on('console', (message) => {
    const { url } = message.location();
    // A browser asks by itself for an icon.
    if (message.type() === 'error' && !url.endsWith('/favicon.ico')) check('nothing fails in the page', false, `${message.text()} ${url}`);
  });
  page.on('pageerror', (error) => check('the script runs', false, error.message));
  const lines = await makeKey(page, base);
  checkLines(lines, fingerprint);
  check('the key cannot leave the browser', await isLocked(page));
  await page.reload();
  await until(page, 'public', lines[2]);
  check('the key is there again', (await page.textContent('#public')).trim() === lines.join('\n'));

  // Two custodians take the key among them; the text does not name it.
  const [, key, proof] = lines[1].split(' ');
  const two = CUSTODIANS.slice(0, 2).map((name) => vkeys.get(name));
  const amend = written('amend.txt', 'amend', fingerprint, `custodian-in ${MINE} ${key} commission ${proof}\nreason new-custodian`, two);
  hakiki('sign', amend, '--pending', base, '--key', keyFile('k/1'), '--yes');
  await page.click('#refresh');
  await until(page, 'pending', 'amend@v1');
  await page.click('#pending button');
  await until(page, 'signed-state', 'not among those');
  check('who is not named cannot sign', await page.isHidden('#do-sign'));
  hakiki('sign', '--pending', base, '--key', keyFile('k/2'), '--yes');
  // The page hears of the new head while nothing in it has the focus; what its reader began stays.
  await page.evaluate(() => document.activeElement.blur());
  await page.waitForFunction(() => Number(document.getElementById('strip').dataset.head) > 1, undefined, { timeout: WAIT_MS });
  check('a new head takes nothing away', (await page.isVisible('#public')) && (await page.textContent('#text')).includes('new-custodian'));

  // Then it gives the last of three signatures.
  const three = [...two, lines[0]];
  const notice = written('notice.txt', 'notice', fingerprint, 'about pause\nfrom 2031-06-19T19:00:00+03:00\nreason power', three);
  for (const name of ['k/1', 'k/2']) hakiki('sign', notice, '--pending', base, '--key', keyFile(name), '--yes');
  const [id] = hakiki('sign', '--status', '--pending', base).split(' ');
  const text = `hakiki/notice@v1\nelection ${fingerprint}\nabout pause\nfrom 2031-06-19T19:00:00+03:00\nreason power\n${hakiki('record', 'signer', ...three)}`;
  await signText(page, base, text, id);
  check('nothing waits any more', hakiki('sign', '--status', '--pending', base) === '');
  check('there is no cookie', (await context.cookies()).length === 0);
  await elsewhere(browser, base);
} catch (error) {
  check('it runs to its end', false, error.stack);
} finally {
  await browser.close();
  await server?.stop();
  rmSync(dir, { recursive: true, force: true });
}
console.log(`${passed} passed, ${faults.length} failed`);
process.exit(faults.length === 0 ? 0 : 1);
