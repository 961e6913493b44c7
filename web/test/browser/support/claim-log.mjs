// A rehearsed log and its published site, made by the program, for the tests of the page of claims.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const CONTEST = 'data/president';
/** Squares of a degree, so many to a row. */
const COLUMNS = 6;

/**
 * @param {string} program path of `hakiki`
 * @param {boolean} isLacking the program does not write who answers, nor outlines: what it would write is put in from the pages that it writes
 */
export function rehearsed(program, isLacking) {
  const folder = mkdtempSync(join(tmpdir(), 'hakiki-claim-log-'));
  const [log, site, boundaries] = ['log', 'site', 'counties.geojson'].map((name) => join(folder, name));
  const run = (...args) => execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 1 << 26 });
  const read = (path) => JSON.parse(readFileSync(join(site, path), 'utf8'));
  run('demo', '--stations', '120', '--minutes', '0', '--dir', log, '--exit');
  run('publish', '--from', log, '--out', site);
  writeFileSync(boundaries, JSON.stringify(squaresOf(read(`${CONTEST}/areas.json`).areas)));
  run('publish', '--from', log, '--out', site, '--boundaries', boundaries);
  if (isLacking) putIn(site, read);
  return {
    site, read, stations: read(`${CONTEST}/stations.json`), areas: read(`${CONTEST}/areas.json`).areas,
    /** What the program says would have to be false. @param {...string} args */
    bounds: (...args) => boundsOf(program, ['claim', 'bounds', '--log', log, '--json', ...args]),
    end: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Exit 1 says that something would have to be false. */
function boundsOf(program, args) {
  try {
    return JSON.parse(execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
  } catch (refused) {
    if (refused.status !== 1) throw refused;
    return JSON.parse(refused.stdout);
  }
}

/** An outline for every county but the last. */
function squaresOf(areas) {
  const counties = areas.filter(({ level }) => level === 'county').slice(0, -1);
  const ring = (i) => {
    const [x, y] = [30 + (i % COLUMNS), 1 - Math.floor(i / COLUMNS)];
    return [[x, y], [x + 1, y], [x + 1, y - 1], [x, y - 1], [x, y]];
  };
  const features = counties.map(({ code }, i) => ({ type: 'Feature', properties: { code }, geometry: { type: 'Polygon', coordinates: [ring(i)] } }));
  return { type: 'FeatureCollection', features };
}

/** What the program will write of itself: who answers, as its pages of stations say it, and outlines. */
function putIn(site, read) {
  const write = (path, value) => writeFileSync(join(site, path), JSON.stringify(value));
  const stations = read(`${CONTEST}/stations.json`);
  for (const { code, form } of stations.stations) {
    if (form === null) continue;
    const page = readFileSync(join(site, `en/station/president/${code}/index.html`), 'utf8');
    const said = (by, test) => page.split('</li>').map((line) => new RegExp(`<li class="${by}">.*Agent, ([a-z]+):? ([^<]*)`).exec(line))
      .filter((found) => found !== null && test.test(found[2])).map(([, party]) => party);
    form.answers = { keys: said('by-key', /^(?:signed|own copy, same|$)/), ink: said('by-ink', /^signed/) };
  }
  write(`${CONTEST}/stations.json`, stations);
  if (existsSync(join(site, 'data/outlines.json'))) return;
  const counties = read(`${CONTEST}/areas.json`).areas.filter(({ level }) => level === 'county').slice(0, -1);
  const d = (i) => `M${(i % COLUMNS) * 70} ${Math.floor(i / COLUMNS) * 70}l70 0l0 70l-70 0Z`;
  const index = read('data/index.json');
  write('data/outlines.json', { schema: 'hakiki/outlines@v1', election: index.election, width: 420, height: 350, areas: Object.fromEntries(counties.map(({ code }, i) => [code, d(i)])) });
  write('data/index.json', { ...index, files: [...index.files, 'data/outlines.json'] });
}
