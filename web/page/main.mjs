// The checker's page: what the reader asks, and the report. The same program runs in the workers of the whole check.

import { askArea, askFiles, askNote, askNoteOffline, askRecord, askStation } from '../src/checker/ask.mjs';
import { readFragment } from '../src/checker/payload.mjs';
import { poolOf } from '../src/checker/pool.mjs';
import { open } from '../src/checker/record.mjs';
import { electionOf } from '../src/checker/whole-report.mjs';
import { LANGUAGES, wordsIn } from '../src/checker/words.mjs';
import { Failure } from '../src/failure.mjs';
import { folderSource, httpSource } from '../src/source.mjs';
import { codes } from './codes.mjs';
import { codesInPicture } from './decode.mjs';
import { byId } from './dom.mjs';
import { filesPanel } from './files.mjs';
import { fingerprintPanel } from './fingerprint.mjs';
import { canScan, startScan } from './scan.mjs';
import { viewReport } from './view.mjs';
import { beWorker, runWhole } from './workers.mjs';

/** What is on the page. `stop` ends what is under way; `scan` turns the camera off. */
const state = { words: wordsIn('en'), report: null, error: null, stop: null, scan: null, where: '', isSame: false, link: null };
const code = codes();
const files = filesPanel();
const print = fingerprintPanel(() => draw());

/** A code of an area, a station or a contest. */
const CODE = /^[A-Za-z0-9._-]{1,64}$/;
const isHttp = () => location.protocol.startsWith('http');
const asked = () => document.querySelector('input[name=ask]:checked').value;
const folderName = () => byId('folder').files[0]?.webkitRelativePath.split('/')[0] ?? '';

/** What a person can put right, or a code of the reference: never a fault of this program. */
class Told {
  constructor(key) {
    this.key = key;
  }
}

function draw() {
  const { words } = state;
  document.documentElement.lang = words.language;
  document.title = words.say('page.title');
  for (const node of document.querySelectorAll('[data-say]')) node.textContent = words.say(node.dataset.say);
  for (const node of document.querySelectorAll('[data-label]')) node.setAttribute('aria-label', words.say(node.dataset.label));
  for (const node of document.querySelectorAll('[data-language]')) {
    node.setAttribute('aria-pressed', String(node.dataset.language === words.language));
  }
  for (const node of document.querySelectorAll('[data-for]')) node.hidden = node.dataset.for !== asked();
  byId('error').hidden = state.error === null;
  byId('error').textContent = state.error === null ? '' : sayFailure(state.error);
  print.draw(words);
  files.draw(byId('files-chosen'), words);
  drawCode();
  drawReport();
}

function sayFailure(error) {
  const { say, has } = state.words;
  if (error instanceof Told) return say(error.key);
  const { code: of, detail, path, place } = error;
  const said = has(`failure.${of}`)
    ? say(`failure.${of}`, { detail, path: path ?? detail, place: place ?? '–' })
    : say('failure.other', { code: `${of} ${detail}`.trim() });
  return `${said} ${say('rest.failed')}`;
}

function drawReport() {
  const { report, words } = state;
  byId('band').hidden = report?.election?.mode !== 'rehearsal';
  if (report === null) return byId('report').replaceChildren();
  const items = report.election === null ? report.items : [...report.items, print.item(), ...checkerItems()];
  const wasOpen = [...document.querySelectorAll('#report details')].map((node) => node.open);
  byId('report').replaceChildren(...viewReport({ ...report, items }, words, {
    isFinal: !state.isSame, where: state.where, fragment: fragmentNow(),
  }));
  return document.querySelectorAll('#report details').forEach((node, i) => { node.open = wasOpen[i] ?? false; });
}

/** Where this file itself came from. */
function checkerItems() {
  if (!isHttp()) return [open('checker.file')];
  const { host, hostname } = location;
  const items = [state.isSame ? open('checker.same', { host }) : open('checker.elsewhere', { host, where: state.where })];
  const isHere = ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
  return location.protocol === 'http:' && !isHere ? [...items, open('checker.plain')] : items;
}

/** The same question, for a checker elsewhere. */
function fragmentNow() {
  const fields = new URLSearchParams();
  if (state.where.startsWith('http')) fields.set('from', state.where);
  const which = byId('record').value.trim();
  if (asked() === 'record' && which !== '') fields.set(/^[0-9]{1,15}$/.test(which) ? 'place' : 'record', which);
  if (asked() === 'station') fields.set('station', byId('station').value.trim());
  if (asked() === 'area') fields.set('area', byId('area').value.trim());
  if (asked() === 'area' && byId('contest').value.trim() !== '') fields.set('contest', byId('contest').value.trim());
  fields.set('lang', state.words.language);
  return fields.toString();
}

function drawCode() {
  const { say } = state.words;
  byId('forget').hidden = code.isEmpty();
  byId('scan').hidden = !canScan();
  byId('scan').textContent = say(state.scan === null ? 'ask.scan' : 'ask.scan-stop');
  const lines = canScan() ? [] : [say('ask.scan-not-here')];
  const missing = code.missing();
  if (missing.length > 0) {
    const total = code.total();
    lines.push(say('ask.parts', { have: total - missing.length, total, missing: missing.join(', ') }));
  }
  byId('scan-state').textContent = lines.join(' ');
}

/** A folder, an address, or null. */
function chosenSource(isNeeded) {
  const { files: folder } = byId('folder');
  if (folder.length > 0) return { files: [...folder], base: null, make: () => folderSource(folder) };
  const base = byId('base').value.trim().replace(/[?#].*$/, '').replace(/\/+$/, '');
  if (/^https?:\/\/[^\s/]/.test(base)) return { files: null, base, make: (signal) => httpSource(base, { signal }) };
  if (isNeeded) throw new Told('error.no-source');
  return null;
}

function isSameOrigin(base) {
  try {
    return isHttp() && new URL(base).origin === location.origin;
  } catch {
    throw new Told('error.no-source');
  }
}

/** What the form asks. */
function which() {
  const kind = asked();
  if (kind === 'record') {
    const written = byId('record').value.trim().toLowerCase();
    if (/^[0-9a-f]{64}$/.test(written)) return { kind, id: written, place: null };
    if (/^(?:0|[1-9][0-9]{0,14})$/.test(written)) return { kind, id: null, place: Number(written) };
    throw new Told('error.nothing-asked');
  }
  if (kind === 'station') {
    const station = byId('station').value.trim();
    if (!CODE.test(station)) throw new Told('error.no-station');
    return { kind, station, contest: state.link?.station === station ? state.link.contest : null };
  }
  if (kind === 'area') {
    const [area, contest] = ['area', 'contest'].map((id) => byId(id).value.trim());
    if (!CODE.test(area) || (contest !== '' && !CODE.test(contest))) throw new Told('error.no-area');
    return { kind, area, contest: contest === '' ? null : contest };
  }
  if (kind === 'files' && files.isEmpty()) throw new Told('error.no-files');
  if (kind === 'code') {
    takeCode(byId('code').value);
    if (code.isEmpty()) throw new Told('error.no-code');
  }
  return { kind };
}

/** @param {string} written @returns {boolean} all parts of a note are here */
function takeCode(written) {
  if (written.trim() === '') return false;
  const { isWhole, from } = code.take(written);
  if (from !== null && byId('base').value.trim() === '') byId('base').value = from;
  byId('code').value = '';
  return isWhole;
}

/** What is under way, or null. @param {string | null} key */
function busy(key, values = {}) {
  byId('busy').hidden = key === null;
  byId('stop').hidden = key === null;
  byId('go').disabled = key !== null;
  if (key === null) return;
  byId('busy-text').textContent = state.words.say(key, values);
  const bar = byId('bar');
  if (values.of > 0) Object.assign(bar, { max: values.of, value: values.done });
  else bar.removeAttribute('value');
}

async function run(question, source) {
  const stop = new AbortController();
  state.stop = () => stop.abort();
  if (question.kind === 'whole') return whole(source, stop.signal);
  const asking = source === null ? null : {
    source: source.make(stop.signal),
    signal: stop.signal,
    onProgress: (done, of, phase = 'entries') => busy(`busy.${phase}`, { done, of }),
    onOpen: (log) => {
      files.learn(log);
      showElection(electionOf(log).election);
    },
  };
  if (question.kind === 'record') return askRecord(asking, question);
  if (question.kind === 'files') return askFiles(asking, files.all(), files.about());
  if (question.kind === 'station') return askStation(asking, question);
  if (question.kind === 'area') return askArea({ ...asking, pool: poolOf([]), now: () => performance.now() }, question);
  const bytes = await code.note();
  if (bytes === null) return null;
  return asking === null ? askNoteOffline(bytes) : askNote(asking, bytes);
}

async function whole(source, signal) {
  const { report, failure } = await runWhole({
    base: source.base,
    files: source.files,
    program: byId('program').textContent,
    signal,
    onProgress: ({ phase, done, of }) => busy(`busy.${phase}`, { done, of }),
  });
  if (failure) throw Object.assign(new Failure(failure.code, failure.detail ?? ''), failure);
  return { key: 'report.of-whole', values: {}, sections: [], rest: 'rest.whole', ...report };
}

function showElection({ fingerprint, mode }) {
  byId('band').hidden = mode !== 'rehearsal';
  print.show(fingerprint);
  print.draw(state.words);
}

async function go() {
  Object.assign(state, { report: null, error: null });
  draw();
  try {
    const question = which();
    const source = chosenSource(!['code', 'files'].includes(question.kind));
    state.where = source === null ? '' : source.base ?? folderName();
    state.isSame = source !== null && source.base !== null && isSameOrigin(source.base);
    busy('busy.opening');
    state.report = await run(question, source);
    if (state.report?.election) showElection(state.report.election);
    files.learnImages(state.report?.images ?? []);
  } catch (error) {
    const isTold = error instanceof Told || error instanceof Failure;
    if (!isTold) console.error(error);
    state.error = isTold ? error : new Failure('other', String(error));
  } finally {
    busy(null);
    draw();
  }
  if (state.report !== null) byId('report').focus();
}

async function toggleScan() {
  if (state.scan !== null) {
    state.scan();
    state.scan = null;
    return drawCode();
  }
  try {
    state.scan = await startScan(byId('video'), onScanned);
  } catch {
    byId('scan-state').textContent = state.words.say('ask.scan-refused');
    return undefined;
  }
  return drawCode();
}

/** @param {string} written what the camera read @returns {boolean} enough */
function onScanned(written) {
  try {
    if (!takeCode(written)) return drawCode() ?? false;
  } catch {
    return false;
  }
  state.scan = null;
  go();
  return true;
}

/** What the link asks is filled in; nothing is fetched before the reader says so. A note in the link is shown at once. */
function takeLink() {
  let link;
  try {
    link = readFragment(location.hash);
  } catch (refused) {
    state.error = refused;
    return;
  }
  state.link = link;
  if (link.lang !== null) state.words = wordsIn(link.lang);
  const base = byId('base');
  if (link.from !== null) base.value = link.from;
  else if (isHttp() && base.value === '') base.value = new URL('.', location.href).href.replace(/\/$/, '');
  const choose = (kind, value) => {
    document.querySelector(`input[name=ask][value=${kind}]`).checked = true;
    byId(kind).value = value;
  };
  if (link.record !== null || link.place !== null) choose('record', link.record ?? String(link.place));
  if (link.station !== null) choose('station', link.station);
  if (link.area !== null) choose('area', link.area);
  if (link.area !== null) byId('contest').value = link.contest ?? '';
  if (link.note === null) return;
  choose('code', '');
  if (takeCode(location.hash)) noteAtOnce();
}

async function noteAtOnce() {
  try {
    state.report = askNoteOffline(await code.note());
  } catch (refused) {
    if (!(refused instanceof Failure)) throw refused;
    state.error = refused;
  }
  draw();
}

/** Files are checked at once by themselves; the log is asked when the reader says so. @param {FileList} chosen */
async function takeFiles(chosen) {
  if (chosen.length === 0) return;
  document.querySelector('input[name=ask][value=files]').checked = true;
  Object.assign(state, { error: null, where: '', isSame: false });
  try {
    await files.take(chosen);
    state.report = await askFiles(null, files.all(), files.about());
  } catch (refused) {
    if (!(refused instanceof Failure)) throw refused;
    state.error = refused;
  }
  draw();
}

/** A code in a picture file. @param {HTMLInputElement} input */
async function readPicture(input) {
  const [file] = input.files;
  if (file === undefined) return;
  const found = await codesInPicture(file);
  input.value = '';
  if (state.scan !== null) await toggleScan();
  if (!found.some(onScanned)) byId('scan-state').textContent = state.words.say(found.length === 0 ? 'ask.picture-none' : 'ask.picture-other');
  if (code.missing().length > 0) drawCode();
}

function onChange({ target }) {
  if (target.name === 'ask') draw();
  if (target.id === 'picture') readPicture(target);
  if (target.id === 'files') takeFiles(target.files);
  if (target.id !== 'folder') return;
  const count = target.files.length;
  byId('folder-chosen').textContent = count === 0 ? '' : state.words.say('source.folder-chosen', { name: folderName(), count });
}

function bePage() {
  byId('form').addEventListener('submit', (event) => {
    event.preventDefault();
    go();
  });
  byId('form').addEventListener('change', onChange);
  for (const node of document.querySelectorAll('[data-language]')) {
    node.addEventListener('click', () => {
      state.words = wordsIn(node.dataset.language);
      draw();
    });
  }
  byId('stop').addEventListener('click', () => state.stop?.());
  byId('scan').addEventListener('click', toggleScan);
  byId('forget').addEventListener('click', () => {
    code.forget();
    draw();
  });
  for (const name of ['dragover', 'drop']) {
    document.addEventListener(name, (event) => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      if (name === 'drop') takeFiles(event.dataTransfer.files);
    });
  }
  globalThis.addEventListener('hashchange', () => {
    takeLink();
    draw();
  });
  const preferred = navigator.languages.map((tag) => tag.slice(0, 2)).find((tag) => tag in LANGUAGES);
  if (preferred !== undefined) state.words = wordsIn(preferred);
  takeLink();
  draw();
}

if (typeof document === 'undefined') beWorker();
else bePage();
