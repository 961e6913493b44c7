/**
 * Findings on conduct: sessions (F501), software (F502), custody (F503), and serials that were given out to other stations (F208).
 */

import { before } from './partition.mjs';

/** @typedef {import('./findings.mjs').Finding} Finding */
/** @typedef {import('./ledger.mjs').Ledger} Ledger */
/** @typedef {import('./conduct.mjs').Session} Session */
/** @typedef {(code: string, place: number, facts: Finding['facts']) => void} Add */

const SESSION_EVENTS = new Set(['login', 'sudo']);

/** @param {Ledger} ledger @param {number} size @returns {Finding[]} */
export function conductFindings(ledger, size) {
  /** @type {Finding[]} */
  const found = [];
  /** @type {Add} */
  const add = (code, place, facts) => found.push({ code, place, contest: null, station: null, facts });
  const { conduct } = ledger;
  const sessions = [...conduct.sessions.values()].filter(({ place }) => place < size);
  for (const session of sessions) onSession(session, size, add);
  for (const observation of before(conduct.observations, size)) {
    onLogin(sessions, observation, add);
    onProgram(conduct.software, observation, add);
  }
  onCustody(before(conduct.custody, size), add);
  serials(ledger, size, found);
  return found;
}

/** @param {Session} session @param {number} size @param {Add} add */
function onSession({ place, fields, countersigned, end }, size, add) {
  if (!countersigned) add('F501', place, { lacks: 'countersigner' });
  if (fields.ticket === undefined) add('F501', place, { lacks: 'ticket' });
  if (end === null || end.place >= size) add('F501', place, { lacks: 'end' });
}

/** @param {Session[]} sessions @param {import('./conduct.mjs').Conduct['observations'][number]} observation @param {Add} add */
function onLogin(sessions, { place, host, fields }, add) {
  if (!SESSION_EVENTS.has(fields.event)) return;
  const covers = (/** @type {Session} */ session) => (
    session.place < place && session.fields.person === fields.subject && session.fields.machine === host
    && (session.end === null || session.end.place >= place || session.end.at >= fields.at.seconds));
  if (!sessions.some(covers)) add('F501', place, { event: fields.event, subject: fields.subject });
}

/** @param {import('./conduct.mjs').Said[]} software @param {import('./conduct.mjs').Conduct['observations'][number]} observation @param {Add} add */
function onProgram(software, { place, fields: { event, subject, value } }, add) {
  if (event !== 'program' && event !== 'configuration' && event !== 'dependencies') return;
  const authorised = software.findLast((said) => said.place < place && said.fields.component === subject)?.fields;
  const expected = authorised?.[event];
  const differs = event === 'program' ? expected !== value : expected !== undefined && expected !== value;
  if (differs) add('F502', place, { subject, value });
}

/** @param {import('./conduct.mjs').Said[]} custody @param {Add} add */
function onCustody(custody, add) {
  /** @type {Map<string, string>} */
  const holder = new Map();
  for (const { place, fields } of custody) {
    for (const item of fields.item) {
      const held = holder.get(item.join(' '));
      if (held !== undefined && held !== fields.from) add('F503', place, { item: item.join(' '), from: fields.from, holder: held });
    }
    for (const item of fields.item) holder.set(item.join(' '), fields.to);
  }
}

/** The form books, as of a size. @param {Ledger} ledger @param {number} size @returns {{first: string, last: string, station: string | null}[]} */
function books({ conduct }, size) {
  /** @type {Map<string, {serials: [string, string] | null, station: string | null}>} */
  const found = new Map();
  for (const { fields } of before(conduct.custody, size)) {
    for (const [kind, code] of fields.item) {
      if (kind !== 'form-book') continue;
      const book = found.get(code) ?? { serials: null, station: null };
      found.set(code, { serials: fields.serials ?? book.serials, station: fields.station ?? book.station });
    }
  }
  return [...found.values()].flatMap(({ serials: of, station }) => (of === null ? [] : [{ first: of[0], last: of[1], station }]));
}

/** @param {Ledger} ledger @param {number} size @param {Finding[]} found */
function serials(ledger, size, found) {
  const all = books(ledger, size);
  if (all.length === 0) return;
  for (const race of ledger.races.values()) {
    for (const papers of race.papers.values()) {
      for (const { place, contest, station, fields: { serial }, held } of before(papers, size)) {
        if (held || serial === undefined) continue;
        const holding = all.filter(({ first, last }) => serial.length === first.length && serial >= first && serial <= last);
        const own = all.filter((book) => book.station === station.code);
        const isIssued = holding.some((book) => book.station === station.code);
        if (!isIssued && (holding.length > 0 || own.length > 0)) {
          found.push({ code: 'F208', place, contest, station: station.code, facts: { serial } });
        }
      }
    }
  }
}
