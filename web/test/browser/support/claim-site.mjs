// What a portal publishes of an invented contest, and a server for it beside the page of claims, which writes down every request.

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

export const PAGE = fileURLToPath(new URL('../../../claim.html', import.meta.url));

const ELECTION = { title: 'Mfano 2031: a rehearsal', fingerprint: 'f'.repeat(64), mode: 'rehearsal', authority: 'commission.mfano.example' };
const HEAD = { size: 777, root: '3c'.repeat(32), signed_unix_seconds: 1_930_000_000, state: 'signed', cosigned_by: [], held_by: [] };
const CANDIDATES = [
  { number: 1, name: 'Neema Tofali', party: 'circle' }, { number: 2, name: 'Kito Rusha', party: 'bridge' }, { number: 3, name: 'Sifa Ngazi', party: null },
];
export const STATIONS = 120;
export const codeOf = (place) => `10${String(place).padStart(3, '0')}`;
const areaOf = (place) => `c${1 + (place % 6)}`;

/** Station 5 is missing, 6 contested; 7 has a blank box. */
function stationOf(place) {
  const votes = [100 + ((place * 37) % 90), 80 + ((place * 53) % 90), place === 7 ? 'blank' : 5 + (place % 9)];
  const valid = votes.reduce((sum, vote) => sum + (typeof vote === 'number' ? vote : 0), 0);
  const state = place === 5 ? 'missing' : place === 6 ? 'contested' : 'standing';
  // Neema Tofali's agents sign two of three forms by key; of every fourth the officer states ink of Kito Rusha's.
  const answers = { keys: place % 3 === 0 ? [] : ['circle'], ink: place % 4 === 0 ? ['bridge'] : [] };
  const form = { class: 'kit', place, record: 'ab'.repeat(32), answers, votes, boxes: { disputed: 0, registered: 400, rejected: place % 4, valid, 'valid-counted': valid } };
  return { code: codeOf(place), name: `School no. ${place}`, area: areaOf(place), registered: 400, state, form: state === 'standing' ? form : null };
}

const stations = Array.from({ length: STATIONS }, (_, place) => stationOf(place));
const contest = { code: 'president', title: 'President of Mfano', rule: 'majority' };
const opening = (schema) => ({ schema, election: ELECTION, contest, head: HEAD });
const area = { code: 'mfano', name: 'Mfano', whole: true };
const areas = [
  { code: 'mfano', name: 'Mfano', level: 'whole', parent: null },
  ...Array.from({ length: 6 }, (_, i) => ({ code: `c${i + 1}`, name: `Jimbo la ${i + 1}`, level: 'constituency', parent: 'mfano' })),
];

/** The data files, by path. */
export const FILES = new Map(Object.entries({
  'data/index.json': { schema: 'hakiki/data@v1', election: ELECTION, head: HEAD, files: ['data/index.json', 'air/president.json', 'data/president/areas.json', 'data/president/stations.json'] },
  'air/president.json': { ...opening('hakiki/air@v1'), area, candidates: CANDIDATES },
  'data/president/areas.json': { ...opening('hakiki/areas@v1'), areas },
  'data/president/stations.json': { ...opening('hakiki/stations@v1'), area, candidates: CANDIDATES.map(({ number, name }) => ({ number, name })), stations },
}).map(([path, value]) => [path, JSON.stringify(value)]));

/** A square for each constituency but the last, which has no outline; one path is none. */
const outline = (i) => `M${(i % 3) * 100} ${Math.floor(i / 3) * 100}h90v90h-90z`;
const OUTLINES = {
  schema: 'hakiki/outlines@v1', election: ELECTION, width: 420, height: 380,
  areas: { ...Object.fromEntries(areas.slice(1, 6).map(({ code }, i) => [code, outline(i)])), c6: 'M0 0 url(x)' },
};

/** The same site, where the operator has outlines. */
export const OUTLINED = new Map([...FILES, ['data/outlines.json', JSON.stringify(OUTLINES)],
  ['data/index.json', FILES.get('data/index.json').replace('"data/president/areas.json"', '"data/outlines.json","data/president/areas.json"')]]);

/** The same, written by a program that did not tell who answers. */
export const OLDER = new Map([...FILES].map(([path, text]) => [path, text.replace(/"answers":\{[^}]*\},/g, '')]));

/** Three constituencies have ballots of their own; within the second a ward has one. Areas c4 to c6 lie in them. */
const BALLOTS = [['c1', 'Ali Mto', 'Bahati Mwamba'], ['c2', 'Chausiku Radi', 'Daudi Ziwa'], ['c5', 'Eshe Mlima', 'Farida Pwani']]
  .map(([area, ...names]) => ({ area, candidates: names.map((name, i) => ({ number: i + 1, name, party: i === 0 ? 'circle' : null })) }));
const PARENTS = { c4: 'c1', c5: 'c2', c6: 'c5', c3: 'c1' };
export const BALLOTED = new Map([...FILES].map(([path, text]) => {
  const file = JSON.parse(text);
  if (path === 'air/president.json') file.candidates = null;
  if (path === 'data/president/areas.json') file.areas = areas.map((each) => ({ ...each, parent: PARENTS[each.code] ?? each.parent, level: PARENTS[each.code] ? 'ward' : each.level }));
  if (path === 'data/president/stations.json') {
    const two = (form) => form && { ...form, votes: form.votes.slice(0, 2), boxes: { valid: form.votes[0] + form.votes[1] } };
    Object.assign(file, { candidates: null, ballots: BALLOTS, stations: file.stations.map((each) => ({ ...each, form: two(each.form) })) });
  }
  return [path, JSON.stringify(file)];
}));

/** A table by station, which says what the log says, with `change` of single rows. */
export function tableOf(change = () => null) {
  const rows = stations.flatMap((station, place) => {
    const { votes, boxes } = station.form ?? { votes: [1, 2, 3], boxes: { valid: 6, rejected: 0 } };
    const row = [station.code, station.name, ...votes.map((vote) => (typeof vote === 'number' ? vote : '')), boxes.valid, boxes.rejected];
    const changed = change(place, row);
    return changed === false ? [] : [(changed ?? row).join(',')];
  });
  return ['Station code,Station name,Tofali,Rusha,Ngazi,Valid votes,Rejected', ...rows].join('\n');
}

/** Sums of the stations that stand, by constituency. */
export function areaTable(change = (row) => row) {
  const rows = areas.slice(1).map(({ name }, i) => {
    const own = stations.filter((station) => station.area === `c${i + 1}` && station.form !== null);
    const sum = (at) => own.reduce((total, { form: { votes } }) => total + (typeof votes[at] === 'number' ? votes[at] : 0), 0);
    return change([name, sum(0), sum(1), sum(2)], i).join(';');
  });
  return ['Constituency;Tofali;Rusha;Ngazi', ...rows].join('\n');
}

const TYPES = { html: 'text/html; charset=utf-8', json: 'application/json', css: 'text/css', js: 'text/javascript', csv: 'text/csv', txt: 'text/plain' };

/** The page of this folder, and for the rest a folder of plain files or files by path. */
async function bytesOf(path, site) {
  if (path === 'claim.html') return readFile(PAGE);
  if (site instanceof Map) return site.get(path);
  const whole = path === '' || path.endsWith('/') ? `${path}index.html` : path;
  return readFile(join(site, whole)).catch(() => undefined);
}

/** @param {string | Map<string, string>} site data files of another site, or its folder @returns what is served, and what was asked */
export async function serveClaims(site = FILES) {
  const asked = [];
  const server = createServer(async (request, response) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    asked.push({ method: request.method, url: request.url, headers: request.headers, body: Buffer.concat(parts).toString('latin1') });
    const path = decodeURIComponent(normalize(new URL(request.url, 'http://x').pathname).slice(1));
    const bytes = await bytesOf(path, site);
    const type = TYPES[path.endsWith('/') || path === '' ? 'html' : path.split('.').at(-1)] ?? 'application/octet-stream';
    // As crates/site serves it.
    const policy = path === 'claim.html' ? { 'Content-Security-Policy': "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'" } : {};
    response.writeHead(bytes === undefined ? 404 : 200, { 'Content-Type': type, ...policy });
    response.end(bytes);
  });
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  // A test that fails does not end it: it holds nothing up.
  server.unref();
  return {
    asked, address: `http://127.0.0.1:${server.address().port}/claim.html`,
    end: () => new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); }),
  };
}
