// Who answers for the forms that stand, party by party, as a portal's data file tells it: agents' own keys, and apart what officers state
// about ink. The one is the agent's act, the other somebody's word about it; they are never added.

/** @typedef {{keys: string[], ink: string[]}} Answers what a form says: codes of parties */
/** @typedef {Map<string, Uint8Array>} Marks by party, 1 where somebody of it answers for the form */
/** @typedef {{parties: string[], keys: Marks, ink: Marks}} Answering */

/**
 * Null where the file is of a program that did not tell it of every form.
 * @param {(Answers | undefined)[]} forms in the order of the forms that are bounded
 * @param {string[]} first parties in the order in which they are told; others that answer follow
 * @returns {Answering | null}
 */
export function answeringOf(forms, first) {
  const all = new Set(first);
  const [keys, ink] = [new Map(), new Map()];
  const mark = (marks, party, place) => {
    if (!marks.has(party)) marks.set(party, new Uint8Array(forms.length));
    marks.get(party)[place] = 1;
  };
  for (let place = 0; place < forms.length; place++) {
    const answers = forms[place];
    if (!answers) return null;
    for (const party of answers.keys) mark(keys, party, place);
    for (const party of answers.ink) mark(ink, party, place);
  }
  const others = [...keys.keys(), ...ink.keys()].filter((party) => !all.has(party));
  return { parties: [...first, ...[...new Set(others)].sort()], keys, ink };
}
