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
  const form = { class: 'kit', place, record: 'ab'.repeat(32), votes, boxes: { disputed: 0, registered: 400, rejected: place % 4, valid, 'valid-counted': valid } };
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

/** @param {string | null} folder data files of another site @returns what is served, and what was asked */
export async function serveClaims(folder = null) {
  const asked = [];
  const server = createServer(async (request, response) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    asked.push({ method: request.method, url: request.url, headers: request.headers, body: Buffer.concat(parts).toString('latin1') });
    const path = normalize(new URL(request.url, 'http://x').pathname).slice(1);
    const isPage = path === 'claim.html';
    const bytes = isPage ? await readFile(PAGE) : folder === null ? FILES.get(path) : await readFile(join(folder, path)).catch(() => undefined);
    // As crates/site serves it.
    const policy = "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'";
    response.writeHead(bytes === undefined ? 404 : 200, { 'Content-Type': isPage ? 'text/html; charset=utf-8' : 'application/json', 'Content-Security-Policy': policy });
    response.end(bytes);
  });
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return {
    asked, address: `http://127.0.0.1:${server.address().port}/claim.html`,
    end: () => new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); }),
  };
}
