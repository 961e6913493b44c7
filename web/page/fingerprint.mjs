// The fingerprint: some groups are left blank, and the reader types them from paper. What was not typed is not checked.

import { groupsOf, wordsOf } from '../src/checker/open.mjs';
import { bad, good, open } from '../src/checker/record.mjs';
import { byId, el } from './dom.mjs';

/** How many of the sixteen groups are left blank. */
const BLANKS = 4;

/** Which groups: not to be known before. @param {number} of */
function chooseBlanks(of) {
  const chosen = new Set();
  while (chosen.size < BLANKS) chosen.add(crypto.getRandomValues(new Uint8Array(1))[0] % of);
  return [...chosen].sort((a, b) => a - b);
}

/** @param {() => void} onChange */
export function fingerprintPanel(onChange) {
  let fingerprint = null;
  let blanks = [];
  let typed = new Map();

  /** @returns {import('../src/checker/record.mjs').Item} */
  function item() {
    const groups = groupsOf(fingerprint);
    const given = blanks.filter((i) => (typed.get(i) ?? '') !== '');
    if (given.length === 0) return open('print.open');
    const wrong = given.find((i) => typed.get(i).length === 4 && typed.get(i) !== groups[i]);
    if (wrong !== undefined) return bad('print.bad', { n: wrong + 1 });
    const isWhole = blanks.every((i) => typed.get(i) === groups[i]);
    return isWhole ? good('print.good', { words: wordsOf(fingerprint) }) : open('print.some');
  }

  function onInput(i, input) {
    typed.set(i, input.value.trim().toLowerCase());
    const isWrong = typed.get(i).length === 4 && typed.get(i) !== groupsOf(fingerprint)[i];
    input.setAttribute('aria-invalid', String(isWrong));
    onChange();
  }

  return {
    item: () => (fingerprint === null ? null : item()),
    /** @param {string} of */
    show(of) {
      if (of !== fingerprint) {
        [fingerprint, blanks, typed] = [of, chooseBlanks(16), new Map()];
        byId('groups').replaceChildren();
      }
      byId('print').hidden = false;
    },
    /** Draws the groups once, and their names in the language at hand. */
    draw({ say }) {
      if (fingerprint === null) return;
      const list = byId('groups');
      if (list.children.length === 0) {
        list.append(...groupsOf(fingerprint).map((group, i) => (blanks.includes(i)
          ? el('li', { class: 'asked' }, el('input', {
            type: 'text', maxlength: 4, autocapitalize: 'none', autocomplete: 'off', spellcheck: 'false', 'data-group': i,
            oninput: (event) => onInput(i, event.target),
          }))
          : el('li', {}, group))));
      }
      for (const input of list.querySelectorAll('input')) {
        input.setAttribute('aria-label', say('print.group', { n: Number(input.dataset.group) + 1 }));
      }
      const said = item();
      byId('print-said').textContent = say(said.key, said.values);
    },
  };
}
