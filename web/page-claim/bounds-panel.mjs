// What would have to be false, on the page; and the party whose agents are asked after, which the reader may change.

import { el } from '../page/dom.mjs';
import { viewBounds } from './view-bounds.mjs';

/**
 * @param {{ask: (...given: any[]) => Promise<any>, trying: <T>(work: () => Promise<T>) => Promise<T | null>, words: () => any}} given
 *   `trying`: null where something was refused, which is said
 */
export function boundsPanel({ ask, trying, words }) {
  let found = null;
  let info = null;
  let box = null;

  async function choose(party) {
    const own = found;
    const answer = await trying(() => ask('bounds', { figure: own.figure, party }));
    // It may have been forgotten meanwhile.
    if (answer === null || found !== own) return;
    found = answer;
    box.replaceChildren(viewBounds(found, info, words(), choose));
    box.querySelector('#party').focus();
  }

  return {
    forget() {
      found = null;
    },
    found: () => found,
    take(answer, about) {
      [found, info] = [answer, about];
    },
    /** Null where nothing was asked. @returns {HTMLElement | null} */
    element() {
      if (found === null) return null;
      box = el('div', {}, viewBounds(found, info, words(), choose));
      return box;
    },
  };
}
