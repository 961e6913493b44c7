// The sentences of a whole check, as plain data: what a worker hands to the page.

import { auditReports } from './audits.mjs';
import { bad, electionItem, good, headItems, open } from './record.mjs';
import { totalsOf } from './whole.mjs';

/** So many records that the rules refuse are named one by one. */
const NAMED_MAX = 20;

/**
 * @param {import('./whole.mjs').Whole} whole
 * @param {{seconds: number, workers: number}} effort
 */
export async function wholeReport(whole, { seconds, workers }) {
  const { log, comparison, inadmissible, signatures } = whole;
  const { size } = log.head;
  const items = [electionItem(log), good('whole.entries', { size }), good('whole.signatures', { count: signatures })];
  if (inadmissible.length === 0) items.push(good('whole.admissible'));
  for (const { place, admission } of inadmissible.slice(0, NAMED_MAX)) {
    items.push(bad('whole.inadmissible', { place, code: admission }));
  }
  if (inadmissible.length > NAMED_MAX) items.push(bad('whole.more-inadmissible', { count: inadmissible.length - NAMED_MAX }));
  items.push(compared(comparison), ...whole.prospects);
  items.push(...await headItems(log, size - 1));
  const images = whole.ledger.images.map(({ place, fields }) => [fields.page, place]);
  return { items, totals: totalsOf(whole), audits: auditReports(whole), effort: { seconds, workers }, images, ...electionOf(log) };
}

function compared(comparison) {
  if (comparison.kind === 'same') return good('whole.same', { lines: comparison.lines, size: comparison.size });
  if (comparison.kind === 'none' || comparison.kind === 'other-size') return open('whole.no-results', { size: comparison.size });
  const { line, ours, theirs, contest, area } = comparison;
  return bad('whole.differs', { line, ours, theirs, contest, area });
}

/** What a page says of an election. @param {import('./open.mjs').OpenLog} log */
export function electionOf(log) {
  const { fingerprint, title, mode } = log.election;
  const { mirrors } = log.policyOf(log.head.size);
  return { election: { fingerprint, title, mode }, mirrors: mirrors.map(({ name, group }) => ({ name, group })) };
}
