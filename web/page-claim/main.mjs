// The page where a table is compared with the log's results and never leaves the browser: what the reader gives, and the order of
// things. The same program runs in the worker, which holds the table; the page draws. Nothing here sends anything.

import { plainBlanks } from '../src/claims/blanks.mjs';
import { problem, Refused } from '../src/claims/table.mjs';
import { Failure } from '../src/failure.mjs';
import { byId, el } from '../page/dom.mjs';
import { askDesk } from './ask-desk.mjs';
import { boundsPanel } from './bounds-panel.mjs';
import { beDesk } from './desk.mjs';
import { mappingPanel } from './mapping-panel.mjs';
import { resultPanel } from './result-panel.mjs';
import { viewError } from './view-error.mjs';
import { LANGUAGES, wordsIn } from './words.mjs';

/**
 * What is on the page. `opened` and `read` are promises of the contests and of the contest's results, once somebody began; `turn`
 * counts what the reader gave or changed, so that an answer to what stood there before is dropped; `underWay` is what the reader waits for.
 */
const state = {
  words: wordsIn('en'), ask: null, from: null, fromName: '', opened: null, read: null, contests: [], info: null, table: null, error: null,
  turn: 0, underWay: [],
};
const mapping = mappingPanel({ onChange: () => clear() });
const asking = { ask: (...given) => state.ask(...given), trying, words: () => state.words };
const result = resultPanel({ ...asking, site });
const figure = boundsPanel(asking);

const claimed = () => document.querySelector('input[name=claim]:checked').value;
const isHttp = () => location.protocol.startsWith('http');

/** Where the log's pages are beside its data; null where the data came from files. */
function site() {
  if (state.from !== null) return state.from.base ?? null;
  return isHttp() ? new URL('.', location.href).href : null;
}

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
  drawError();
  drawSource();
  drawTable();
  drawNumber();
  mapping.draw(words);
  drawOut();
}

function drawError() {
  byId('error').hidden = state.error === null;
  byId('error').replaceChildren(...(state.error === null ? [] : viewError(state.error, state.words)));
}

function drawBusy() {
  const key = state.underWay.at(-1);
  byId('busy').textContent = key === undefined ? '' : state.words.say(key);
}

function drawSource() {
  const { words: { say }, info, contests, fromName } = state;
  byId('contest-row').hidden = contests.length < 2;
  byId('band').hidden = info?.mode !== 'rehearsal';
  const from = fromName === '' ? [] : [say('source.files-from', { name: fromName })];
  byId('ballot-row').hidden = (info?.ballots ?? null) === null;
  if (info?.ballots) {
    const options = info.ballots.map(({ area, name }) => el('option', { value: area }, `${name} · ${area}`));
    byId('ballot').replaceChildren(el('option', { value: '' }, say('source.ballot-fits')), ...options);
    byId('ballot').value = info.ballot ?? '';
  }
  const root = info === null ? '' : `${info.head.root.slice(0, 16)}…`;
  const said = info === null ? [] : [info.forms === null ? say('source.ballots', { title: info.title, count: info.ballots.length, size: info.head.size, root })
    : say('source.head', { title: info.ballot === null ? info.title : `${info.title}, ${info.place}`, forms: info.forms, stations: info.stations, size: info.head.size, root })];
  byId('source-said').textContent = [...from, ...said].join(' · ');
}

function drawTable() {
  const { words: { say }, table } = state;
  const said = [];
  if (table !== null) said.push(say('claim.read', { name: table.name, rows: table.rows, columns: table.header.length }));
  if (table?.encoding === 'windows-1252') said.push(say('claim.latin'));
  byId('table-said').textContent = said.join(' ');
}

function drawNumber() {
  byId('over-row').hidden = byId('kind').value !== 'lead';
  const { info } = state;
  for (const [id, preset] of [['candidate', 0], ['over', 1]]) {
    const chosen = byId(id).value;
    byId(id).replaceChildren(...(info?.candidates ?? []).map(({ number, name }, place) => el('option', { value: place }, `${number} ${name}`)));
    if (info !== null && info.candidates.length > 0) byId(id).value = chosen === '' || Number(chosen) >= info.candidates.length ? String(Math.min(preset, info.candidates.length - 1)) : chosen;
  }
}

function drawOut() {
  const out = byId('out');
  if (claimed() === 'number') {
    const bounds = figure.element();
    out.replaceChildren(...(bounds === null ? [] : [el('h2', {}, state.words.say('bounds.title')), bounds]));
  } else {
    result.draw(out);
  }
}

/** Forgets what was compared, since what it came of has changed: nothing of it stays on the page. What one number gave is no part of a table. */
function clear(isTable = true) {
  state.turn += 1;
  if (isTable) result.forget();
  figure.forget();
  state.error = null;
  drawError();
  drawOut();
}

/** What was refused is shown, unless the reader has changed something since; then the answer is null. */
async function trying(work) {
  const { turn } = state;
  try {
    return await work();
  } catch (error) {
    const isKnown = error instanceof Refused || error instanceof Failure;
    if (!isKnown) console.error(error);
    if (state.turn === turn) state.error = isKnown ? error : new Failure('other', String(error));
    drawError();
    return null;
  }
}

/** Does something that may be refused, saying what is under way. */
async function doing(key, work) {
  state.underWay.push(key);
  state.error = null;
  drawBusy();
  const answer = await trying(work);
  state.underWay.splice(state.underWay.indexOf(key), 1);
  drawBusy();
  draw();
  return answer;
}

/** The contests, asked for when somebody begins: whoever only reads this page fetches nothing. */
async function open() {
  const from = state.from ?? (isHttp() ? { base: site() } : null);
  if (from === null) throw new Failure('no-source', '');
  const { contests } = await state.ask('open', from);
  if (contests.length === 0) throw new Failure('no-contest', '');
  return contests;
}

function takeContests(contests) {
  state.contests = contests;
  byId('contest').replaceChildren(...contests.map((code) => el('option', { value: code }, code)));
  const wanted = new URLSearchParams(location.hash.slice(1)).get('contest');
  if (contests.includes(wanted)) byId('contest').value = wanted;
}

/** The results of the contest that is chosen; the same promise for all who ask. */
function read() {
  if (state.opened === null) {
    const opening = open();
    state.opened = opening;
    opening.then((contests) => { if (state.opened === opening) takeContests(contests); }, () => { if (state.opened === opening) state.opened = null; });
  }
  if (state.read === null) {
    const { opened } = state;
    const reading = opened.then(() => (state.opened === opened ? state.ask('contest', { code: byId('contest').value }) : null));
    state.read = reading;
    // What failed is tried again by the next who asks; what came for another source or contest is not taken.
    reading.then((info) => { if (state.read === reading) state.info = info; }, () => { if (state.read === reading) state.read = null; });
  }
  return state.read;
}

const begin = () => doing('source.loading', read);

/** Begins once, when the reader turns to the form; what failed is tried again by what needs it. */
function beginOnce() {
  if (state.read === null && state.error === null && isHttp()) begin();
}

async function takeTable(file) {
  if (file === undefined) return;
  document.querySelector('input[name=claim][value=table]').checked = true;
  clear();
  const { turn } = state;
  state.table = null;
  await doing('busy.reading', async () => {
    await read();
    if (state.turn !== turn) return;
    const table = await state.ask('table', { file });
    if (state.turn !== turn) return;
    // Where each area has its own ballot, the table may have said which.
    Object.assign(state, { table, info: table.info });
    mapping.take(table, table.info);
  });
}

async function compare() {
  if (state.table === null) return;
  clear();
  const { turn } = state;
  const began = performance.now();
  await doing('busy.comparing', async () => {
    const compared = await result.compare(mapping.mapping(), state.info);
    if (state.turn === turn) result.take(compared);
  });
  if (state.turn !== turn || state.error !== null) return;
  // Behind the next frame: what the reader sees is there.
  await new Promise((done) => { requestAnimationFrame(() => setTimeout(done)); });
  if (state.turn !== turn) return;
  result.took(byId('out'), performance.now() - began);
  byId('out').focus({ preventScroll: true });
  byId('out').scrollIntoView({ block: 'start' });
}

async function askNumber() {
  clear(false);
  const { turn } = state;
  await doing('busy.comparing', async () => {
    await read();
    if (state.info.candidates.length === 0) throw new Failure('no-ballot', state.info.contest);
    const bounds = await state.ask('bounds', { figure: figureAsked() });
    if (state.turn === turn) figure.take(bounds, state.info);
  });
  if (figure.found() !== null) byId('out').focus();
}

/** What the reader claims by one number, or what is wrong with it. */
function figureAsked() {
  const is = byId('kind').value;
  const written = plainBlanks(byId('value').value);
  const isNegative = is === 'lead' && /^[-−]/.test(written);
  const value = wholeNumber(plainBlanks(isNegative ? written.slice(1) : written));
  if (value === null) throw new Refused([problem('value', { found: written })]);
  const [candidate, over] = ['candidate', 'over'].map((id) => Number(byId(id).value));
  if (is === 'lead' && candidate === over) throw new Refused([problem('itself', { found: state.info.candidates[over].name })]);
  return { is, candidate, over, value: isNegative ? -value : value };
}

/** Up to fifteen digits, with marks where thousands are or none: a claimed total may be larger than any count of a record. */
function wholeNumber(written) {
  const isNumber = /^(?:[0-9]{1,15}|[0-9]{1,3}([,.' ])[0-9]{3}(?:\1[0-9]{3}){0,3})$/.test(written);
  return isNumber ? Number(written.replace(/[^0-9]/g, '')) : null;
}

/** Forgets the results that were read, and what was given to compare with them. */
function forgetResults() {
  clear();
  Object.assign(state, { read: null, info: null, table: null });
  byId('table').value = '';
}

/** The results of one ballot, of those that areas have. @param {string} area */
async function takeBallot(area) {
  await doing('source.loading', async () => {
    await read();
    clear();
    state.table = null;
    byId('table').value = '';
    state.info = await state.ask('ballot', { area: area === '' ? null : area });
  });
}

/** Other results than those beside this page. */
async function takeSource(from, name) {
  forgetResults();
  Object.assign(state, { from, fromName: name, opened: null, contests: [] });
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
  if (['kind', 'candidate', 'over'].includes(target.id)) {
    clear(false);
    draw();
  }
  if (target.id === 'ballot') takeBallot(target.value);
  if (target.id === 'folder' && file) takeSource({ files: [...target.files] }, file.webkitRelativePath.split('/')[0]);
  if (target.id === 'zip' && file) takeSource({ zip: file }, file.name);
  if (target.id === 'contest') {
    forgetResults();
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
      if (name === 'dragover') beginOnce();
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
  // The results are fetched when somebody turns to the form, so that they are there when the table is. Not by whom brings a copy.
  for (const name of ['click', 'focusin']) {
    byId('form').addEventListener(name, ({ target }) => { if (target.closest('#other') === null) beginOnce(); });
  }
}

if (typeof document === 'undefined') beDesk();
else bePage();
