// A small log, made here from the documents: an invented election with its register, forms, witnesses and mirrors.
// Deterministic: keys come from their names. What another program made is in vectors/.

import { createPrivateKey, createPublicKey, sign as signWith } from 'node:crypto';

import { base64, concat, hex, utf8 } from '../src/bytes.mjs';
import { Ledger } from '../src/ledger/ledger.mjs';
import { resultsText } from '../src/ledger/results.mjs';
import { keyIdOf } from '../src/note.mjs';
import { sha256 } from '../src/sha2.mjs';
import { hashesAt, leafHash, rootOf, TILE_WIDTH, tilePath, tileWidth } from '../src/tlog.mjs';

const ORIGIN = 'log.mfano.example/fixture';
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** @param {string} name @param {number} [algorithm] */
export function keyFor(name, algorithm = 1) {
  const secret = createPrivateKey({ key: Buffer.concat([PKCS8, sha256(utf8(`fixture ${name}`))]), format: 'der', type: 'pkcs8' });
  const key = new Uint8Array(createPublicKey(secret).export({ format: 'der', type: 'spki' }).subarray(12));
  const typed = concat(Uint8Array.of(algorithm), key);
  const keyId = keyIdOf(name, algorithm, key);
  return {
    name, key, keyId,
    public: base64(typed),
    hash: hex(sha256(typed)),
    vkey: `${name}+${hex(keyId)}+${base64(typed)}`,
    sign: (message) => new Uint8Array(signWith(null, message, secret)),
  };
}

const line = (key, bytes) => `\u2014 ${key.name} ${base64(concat(key.keyId, bytes))}\n`;
const byName = (a, b) => (a.name < b.name ? -1 : 1);

/** A record's note. @param {string[]} lines @param {ReturnType<typeof keyFor>[]} signers */
export function note(lines, signers) {
  const sorted = [...signers].sort(byName);
  const text = `${[...lines, ...sorted.map((key) => `signer ${key.name} ${key.hash}`)].join('\n')}\n`;
  return utf8(`${text}\n${sorted.map((key) => line(key, key.sign(utf8(text)))).join('')}`);
}

export const possession = (key, word, value) => base64(key.sign(utf8(
  `hakiki/possession@v1\n${word} ${value}\nname ${key.name}\nkey ${key.hash}\n`)));
const acceptance = (key, group) => base64(key.sign(utf8(
  `hakiki/acceptance@v1\norigin ${ORIGIN}\nname ${key.name}\nkey ${key.hash}\nclass ${group}\n`)));

const KINDS = ['amend', 'attest', 'collation', 'declaration', 'election', 'form', 'head', 'image', 'intake', 'key', 'missing',
  'notice', 'poll', 'refusal', 'register', 'ruling', 'transcript', 'turnout', 'withhold', 'zero'];
export const CUSTODIANS = ['mfano.example/k/custodian-1', 'mfano.example/k/custodian-2'].map((name) => keyFor(name));
const GROUPS = ['commission', 'court', 'observers', 'press'];
export const HOSTS = GROUPS.map((group) => ({ group, key: keyFor(`mfano.example/k/host-${group}`) }));
export const WITNESSES = GROUPS.map((group) => keyFor(`witness.${group}.mfano.example`, 4));
export const MIRRORS = ['court', 'press'].map((group) => keyFor(`mirror.${group}.mfano.example`, 4));
export const INTAKE = keyFor('intake.press.mfano.example');
const hostOf = (name) => HOSTS.find(({ group }) => name.includes(`.${group}.`)).key.name;
const LOG = keyFor(ORIGIN);

function electionNote() {
  return note([
    'hakiki/election@v1', 'title Mfano, a fixture', 'mode rehearsal', 'authority commission.mfano.example', `log ${LOG.vkey}`,
    'polling-day 2031-03-04', 'counting-from 2031-03-04T17:00:00+03:00', 'merge-delay 600', 'head-age 300',
    `rules 1 sha256:${'0'.repeat(64)}`,
    ...KINDS.map((kind) => `admits ${kind}@v1`),
    'level 0 nation', 'level 1 county', 'contest president plurality President of Mfano',
    ...['registered', 'rejected', 'valid'].map((box) => `box president ${box}`),
    ...CUSTODIANS.map((key) => `custodian ${key.name} ${key.public} commission ${possession(key, 'origin', ORIGIN)}`),
    ...['amend', 'election', 'key', 'notice', 'poll', 'register', 'ruling', 'withhold', 'zero'].map((kind) => `quorum ${kind} 2`),
    ...HOSTS.map(({ key, group }) => `organisation ${key.name} ${key.public} ${group} ${acceptance(key, group)}`),
    ...WITNESSES.map((key) => `witness ${key.vkey} ${hostOf(key.name)}`),
    'witness-quorum 3',
    ...MIRRORS.map((key) => `mirror ${key.vkey} ${hostOf(key.name)}`),
    `intake ${INTAKE.vkey} ${hostOf(INTAKE.name)}`,
  ], CUSTODIANS);
}

/** The register's tables as blobs, and the register record's lines. */
function tables(fingerprint, count) {
  const blobs = new Map();
  const put = (lines) => {
    const bytes = utf8(`${lines.join('\n')}\n`);
    const id = hex(sha256(bytes));
    blobs.set(`blob/${id}`, bytes);
    return id;
  };
  const index = (shards) => put(['hakiki/index@v1', ...shards.map(([area, id]) => `shard ${area} sha256:${id}`)]);
  const counties = ['mfano-1', 'mfano-2'];
  const stations = Array.from({ length: count }, (_, i) => {
    const county = counties[i % 2];
    const code = `${county}-s${String(i).padStart(4, '0')}`;
    return { code, county, kit: keyFor(`k/kit-${code}`), presiding: keyFor(`k/presiding-${code}`) };
  });
  const of = (county) => stations.filter((station) => station.county === county);
  const keyRow = (key, role, code) => `key ${key.name} ${role} station ${code} ${key.public} ${possession(key, 'election', fingerprint)}`;
  const areas = index([['mfano', put(['hakiki/areas@v1', 'area mfano nation - Mfano',
    ...counties.map((code) => `area ${code} county mfano County ${code}`)])]]);
  const candidates = index([['mfano', put(['hakiki/candidates@v1', 'candidate president mfano 1 circle Neema Tofali',
    'candidate president mfano 2 - Kito Rusha'])]]);
  const places = index(counties.map((county) => [county, put(['hakiki/stations@v1',
    ...of(county).map(({ code }) => `station ${code} ${county} 600 School of ${code}`)])]));
  const keys = index(counties.map((county) => [county, put(['hakiki/keys@v1', ...of(county)
    .flatMap(({ code, kit, presiding }) => [keyRow(kit, 'kit', code), keyRow(presiding, 'presiding', code)]).sort()])]));
  const lines = [['areas', areas], ['candidates', candidates], ['keys', keys], ['stations', places]]
    .map(([name, id]) => `table ${name} sha256:${id}`);
  return { blobs, stations, lines };
}

/** A form. @param {string} fingerprint @param {any} station @param {number} votes */
export function formNote(fingerprint, { code, kit, presiding }, votes, serial = `M-${code}`) {
  return note(['hakiki/form@v1', `election ${fingerprint}`, 'contest president', `station ${code}`, `serial ${serial}`, 'kit kit-1',
    'closed 2031-03-04T17:30:00+03:00', 'sealed 2031-03-04T18:30:00+03:00', 'seen-head 3', 'registered 600',
    `votes 1 ${votes}`, 'votes 2 blank', `valid ${votes + 7}`, 'rejected 3'], [kit, presiding]);
}

/**
 * @param {{stations?: number, more?: (made: {fingerprint: string, stations: any[], idOfForm: (i: number) => string}) => Uint8Array[],
 *   early?: (made: {fingerprint: string}) => Uint8Array[]}} [choice] `more`: entries behind the forms; `early`: entries before the zero report
 */
export async function makeLog({ stations: count = 300, more = () => [], early = () => [] } = {}) {
  const first = electionNote();
  const idOf = (bytes) => hex(sha256(bytes.subarray(0, Buffer.from(bytes).indexOf('\n\n') + 1)));
  const fingerprint = idOf(first);
  const { blobs, stations, lines } = tables(fingerprint, count);
  const named = (kind, ...rest) => note([`hakiki/${kind}@v1`, `election ${fingerprint}`, ...rest], CUSTODIANS);
  const register = named('register', ...lines);
  const forms = stations.slice(1).map((station, i) => formNote(fingerprint, station, 100 + (i % 200)));
  const entries = [
    first,
    register,
    ...early({ fingerprint }),
    named('zero', `register ${idOf(register)}`, `stations ${count}`, `voters ${600 * count}`, 'counted 0'),
    named('poll', 'state opened', 'contest president', 'area mfano'),
    ...forms,
    ...more({ fingerprint, stations, idOfForm: (i) => idOf(forms[i - 1]) }),
  ];
  const files = new Map(blobs);
  writeTree(files, entries);
  const ledger = Ledger.begin(first);
  for (let place = 1; place < entries.length; place++) {
    await ledger.append(place, entries[place], async (id) => files.get(`blob/${id}`) ?? null);
  }
  files.set(`results/${entries.length}`, utf8(resultsText(ledger, entries.length)));
  return { files, entries, fingerprint, stations, ledger };
}

/** What an intake signs when it sees a form. @param {string} fingerprint @param {Uint8Array} entry @param {ReturnType<typeof keyFor>} intake */
export function stampOf(fingerprint, entry, intake) {
  const textBytes = entry.subarray(0, Buffer.from(entry).indexOf('\n\n') + 1);
  const written = ['hakiki/stamp@v1', `election ${fingerprint}`, `record ${hex(sha256(textBytes))}`, `note sha256:${hex(sha256(entry))}`,
    'seen-head 3', 'time 2031-03-04T18:31:00+03:00', ''].join('\n');
  return utf8(`${written}\n${line(intake, intake.sign(utf8(written)))}`);
}

/** Tiles, bundles and heads, as docs/reference/log.md has them. */
export function writeTree(files, entries) {
  const size = entries.length;
  const leaves = entries.map(leafHash);
  for (let level = 0, hashes = leaves; hashes.length > 0; level++) {
    const above = [];
    for (let n = 0; n * TILE_WIDTH < hashesAt(level, size); n++) {
      const tile = hashes.slice(n * TILE_WIDTH, n * TILE_WIDTH + tileWidth(level, n, size));
      files.set(tilePath(level, n, tile.length), concat(...tile));
      if (tile.length === TILE_WIDTH) above.push(rootOf(tile));
    }
    hashes = above;
  }
  for (let n = 0; n * TILE_WIDTH < size; n++) {
    const part = entries.slice(n * TILE_WIDTH, (n + 1) * TILE_WIDTH);
    files.set(tilePath('entries', n, part.length), concat(...part.flatMap((entry) => [Uint8Array.of(entry.length >> 8, entry.length), entry])));
  }
  const head = `${ORIGIN}\n${size}\n${base64(rootOf(leaves))}\n`;
  const signed = `${head}\n${line(LOG, LOG.sign(utf8(head)))}`;
  const cosigned = WITNESSES.map((key) => cosignature(key, head)).join('');
  const held = MIRRORS.map((key) => cosignature(key, head)).join('');
  files.set('checkpoint', utf8(signed));
  files.set('cosigned', utf8(signed + cosigned));
  files.set('held', utf8(signed + cosigned + held));
}

function cosignature(key, head) {
  const time = 1930000000;
  const stamp = new Uint8Array(8);
  new DataView(stamp.buffer).setBigUint64(0, BigInt(time));
  return line(key, concat(stamp, key.sign(utf8(`cosignature/v1\ntime ${time}\n${head}`))));
}

/** @param {Map<string, Uint8Array>} files @returns {import('../src/source.mjs').Source} */
export function memorySource(files) {
  return { where: 'memory', kind: 'folder', read: async (path) => files.get(path) ?? null };
}
