// Sentences with what they say of the check: it fits, it differs, it was not checked.

import { el } from './dom.mjs';

/** @param {{state: string, key: string, values: any}[]} items @param {any} words */
export function viewItems(items, { say }) {
  return el('ul', { class: 'items' }, ...items.map(({ state, key, values }) => el(
    'li', { class: state }, el('span', {}, say(`report.${state}`)), el('span', {}, ...withHashes(say(key, values))),
  )));
}

/** A sentence in which hashes stand smaller. @param {string} sentence */
function withHashes(sentence) {
  return sentence.split(/([0-9a-f]{64})/).map((part, i) => (i % 2 === 1 ? el('span', { class: 'mono' }, part) : part));
}
