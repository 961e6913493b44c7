// A rehearsed log and its published site, made by the program, for the tests of the page of claims.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const CONTEST = 'data/president';
/** Squares of a degree, so many to a row. */
const COLUMNS = 6;

/**
 * @param {string} program path of `hakiki`
 */
export function rehearsed(program) {
  const folder = mkdtempSync(join(tmpdir(), 'hakiki-claim-log-'));
  const [log, site, boundaries] = ['log', 'site', 'counties.geojson'].map((name) => join(folder, name));
  const run = (...args) => execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 1 << 26 });
  const read = (path) => JSON.parse(readFileSync(join(site, path), 'utf8'));
  run('demo', '--stations', '120', '--minutes', '0', '--dir', log, '--exit');
  run('publish', '--from', log, '--out', site);
  writeFileSync(boundaries, JSON.stringify(squaresOf(read(`${CONTEST}/areas.json`).areas)));
  run('publish', '--from', log, '--out', site, '--boundaries', boundaries);
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
