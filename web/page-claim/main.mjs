// The page where a table is compared with the log's results and never leaves the browser: what the reader gives, and the order of
// things. The same program runs in the worker, which holds the table; the page draws. Nothing here sends anything.

import { problem, Refused } from '../src/claims/table.mjs';
import { Failure } from '../src/failure.mjs';
import { byId, el } from '../page/dom.mjs';
import { askDesk, beDesk } from './desk.mjs';
import { mappingPanel } from './mapping-panel.mjs';
import { resultPanel } from './result-panel.mjs';
import { viewBounds } from './view-bounds.mjs';
import { viewError } from './view-error.mjs';
import { LANGUAGES, wordsIn } from './words.mjs';

/** What is on the page. `opened` and `read` are promises of the contests and of the contest's results, once somebody began. */
const state = {
  words: wordsIn('en'), ask: null, from: null, fromName: '', opened: null, read: null, contests: [], info: null, table: null, error: null, bounds: null,
};
const mapping = mappingPanel({ levels: () => state.ask('levels'), onChange: () => clear() });
const result = resultPanel({ ask: (...given) => state.ask(...given), words: () => state.words });

const claimed = () => document.querySelector('input[name=claim]:checked').value;
const isHttp = () => location.protocol.startsWith('http');

function draw() {
  const { words } = state;
  const { say } = words;
  document.documentElement.lang = words.language;
  document.title = say('page.title');
  for (const node of document.querySelectorAll('[data-say]')) node.textContent = say(node.dataset.say);
  for (const node of document.querySelectorAll('[data-label]')) node.setAttribute('aria-label', say(node.dataset.label));
  for (const node of document.querySelectorAll('[data-language]')) {
    node.setAttribute('aria-pressed', String(node.dataset.language === words.language));
  }
  for (const node of document.querySelectorAll('[data-for]')) node.hidden = node.dataset.for !== claimed();
  byId('map').hidden = claimed() !== 'table' || state.table === null;
  byId('error').hidden = state.error === null;
  byId('error').replaceChildren(...(state.error === null ? [] : viewError(state.error, words)));
  drawSource();
  drawTable();
  drawNumber();
  mapping.draw(words);
  drawOut();
}

function drawSource() {
  const { words: { say }, info, contests, fromName } = state;
  byId('contest-row').hidden = contests.length < 2;
  byId('band').hidden = info?.mode !== 'rehearsal';
  const from = fromName === '' ? [] : [say('source.files-from', { name: fromName })];
  const said = info === null ? [] : [say('source.head', { title: info.title, forms: info.forms, stations: info.stations, size: info.head.size, root: `${info.head.root.slice(0, 16)}…` })];
  byId('source-said').textContent = [...from, ...said].join(' · ');
}

function drawTable() {
  const { words: { say }, table } = state;
  if (table === null) return byId('table-said').replaceChildren();
  const said = [say('claim.read', { name: table.name, rows: table.rows, columns: table.header.length })];
  if (table.encoding === 'windows-1252') said.push(say('claim.latin'));
  return byId('table-said').replaceChildren(said.join(' '));
}

function drawNumber() {
  byId('over-row').hidden = byId('kind').value !== 'lead';
  const { info } = state;
  for (const [id, preset] of [['candidate', 0], ['over', 1]]) {
    const chosen = byId(id).value;
    byId(id).replaceChildren(...(info?.candidates ?? []).map(({ number, name }, place) => el('option', { value: place }, `${number} ${name}`)));
    if (info !== null) byId(id).value = chosen === '' ? String(Math.min(preset, info.candidates.length - 1)) : chosen;
  }
}

function drawOut() {
  const out = byId('out');
  if (claimed() === 'number') {
    out.replaceChildren(...(state.bounds === null ? [] : [el('h2', {}, state.words.say('bounds.title')), viewBounds(state.bounds, state.info, state.words)]));
  } else {
    result.draw(out, state.info);
  }
}

/** Forgets what was compared, since what it came of has changed. */
function clear() {
  result.forget();
  Object.assign(state, { error: null, bounds: null });
}

/** Does something that may be refused, saying what is under way. */
async function doing(key, work) {
  byId('busy').textContent = state.words.say(key);
  state.error = null;
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Refused || error instanceof Failure)) console.error(error);
    state.error = error instanceof Refused || error instanceof Failure ? error : new Failure('other', String(error));
    return null;
  } finally {
    byId('busy').textContent = '';
    draw();
  }
}

/** The contests, asked for when somebody begins: whoever only reads this page fetches nothing. */
async function open() {
  const from = state.from ?? (isHttp() ? { base: new URL('.', location.href).href } : null);
  if (from === null) throw new Failure('no-answer', '');
  const { contests } = await state.ask('open', from);
  if (contests.length === 0) throw new Failure('no-contest', '');
  state.contests = contests;
  byId('contest').replaceChildren(...contests.map((code) => el('option', { value: code }, code)));
  const wanted = new URLSearchParams(location.hash.slice(1)).get('contest');
  if (contests.includes(wanted)) byId('contest').value = wanted;
}

/** The results of the contest that is chosen; the same promise for all who ask. */
function read() {
  state.opened ??= open();
  state.read ??= state.opened.then(async () => {
    state.info = await state.ask('contest', { code: byId('contest').value });
  });
  const { opened, read: reading } = state;
  // What failed is tried again by the next who asks.
  reading.catch(() => {
    if (state.read === reading) state.read = null;
    if (state.opened === opened && state.contests.length === 0) state.opened = null;
  });
  return reading;
}

const begin = () => doing('source.loading', read);

async function takeTable(file) {
  if (file === undefined) return;
  document.querySelector('input[name=claim][value=table]').checked = true;
  clear();
  Object.assign(state, { table: null });
  await doing('busy.reading', async () => {
    await read();
    state.table = await state.ask('table', { file });
    mapping.take(state.table, state.info);
  });
}

async function compare() {
  if (state.table === null) return;
  clear();
  const began = performance.now();
  const found = await doing('busy.comparing', async () => {
    await result.compare(mapping.mapping(), state.info);
    return true;
  });
  if (found === null) return;
  // Behind the next frame: what the reader sees is there.
  await new Promise((done) => { requestAnimationFrame(() => setTimeout(done)); });
  result.took(byId('out'), performance.now() - began);
  byId('out').focus({ preventScroll: true });
  byId('out').scrollIntoView({ block: 'start' });
}

async function askNumber() {
  clear();
  await doing('busy.comparing', async () => {
    await read();
    const is = byId('kind').value;
    const written = byId('value').value.trim();
    const isNegative = is === 'lead' && /^[-−]/.test(written);
    const figure = wholeNumber((isNegative ? written.slice(1) : written).trim());
    if (figure === null) throw new Refused([problem('value', { found: written })]);
    const [candidate, over] = ['candidate', 'over'].map((id) => Number(byId(id).value));
    if (is === 'lead' && candidate === over) throw new Refused([problem('candidate-twice', { found: state.info.candidates[over].name })]);
    state.bounds = await state.ask('bounds', { figure: { is, candidate, over, value: isNegative ? -figure : figure } });
  });
  if (state.bounds !== null) byId('out').focus();
}

/** Up to fifteen digits, with marks where thousands are or none: a claimed total may be larger than any count of a record. */
function wholeNumber(written) {
  const isNumber = /^(?:[0-9]{1,15}|[0-9]{1,3}([,.' \u00a0\u202f])[0-9]{3}(?:\1[0-9]{3}){0,3})$/.test(written);
  return isNumber ? Number(written.replace(/[^0-9]/g, '')) : null;
}

/** Other results than those beside this page. */
async function takeSource(from, name) {
  clear();
  Object.assign(state, { from, fromName: name, opened: null, read: null, contests: [], info: null, table: null });
  await begin();
}

function onChange({ target }) {
  const [file] = target.files ?? [];
  if (target.name === 'claim') {
    state.error = null;
    draw();
    if (claimed() === 'number') begin();
  }
  if (target.id === 'table') takeTable(file);
  if (target.id === 'kind') draw();
  if (target.id === 'folder' && file) takeSource({ files: [...target.files] }, file.webkitRelativePath.split('/')[0]);
  if (target.id === 'zip' && file) takeSource({ zip: file }, file.name);
  if (target.id === 'contest') {
    clear();
    Object.assign(state, { read: null, info: null, table: null });
    begin();
  }
}

function listenForDrops() {
  const isFile = (event) => event.dataTransfer?.types.includes('Files');
  for (const name of ['dragover', 'dragleave', 'drop']) {
    document.addEventListener(name, (event) => {
      if (!isFile(event)) return;
      event.preventDefault();
      byId('drop').classList.toggle('over', name === 'dragover');
      if (name === 'drop') takeTable(event.dataTransfer.files[0]);
    });
  }
}

function bePage() {
  state.ask = askDesk(byId('program').textContent);
  byId('form').addEventListener('submit', (event) => {
    event.preventDefault();
    if (claimed() === 'number') askNumber();
    else compare();
  });
  byId('form').addEventListener('change', onChange);
  mapping.listen();
  listenForDrops();
  for (const node of document.querySelectorAll('[data-language]')) {
    node.addEventListener('click', () => {
      state.words = wordsIn(node.dataset.language);
      draw();
    });
  }
  const asked = new URLSearchParams(location.hash.slice(1)).get('lang');
  const preferred = [asked, ...navigator.languages].map((tag) => tag?.slice(0, 2)).find((tag) => LANGUAGES.includes(tag));
  if (preferred !== undefined) state.words = wordsIn(preferred);
  draw();
  // The results are fetched when somebody begins, so that they are there when the table is.
  for (const name of ['pointerdown', 'keydown', 'dragenter']) {
    document.addEventListener(name, () => { if (state.read === null && state.error === null && isHttp()) begin(); }, { once: true });
  }
}

if (typeof document === 'undefined') beDesk();
else bePage();
