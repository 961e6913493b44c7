// Files that the reader chose or dropped: kept while the page is open, with what was learned of the election and of pictures.

import { ml_dsa44 as mlDsa44 } from '@noble/post-quantum/ml-dsa.js';

import { heldFile, knownElection } from '../src/checker/files.mjs';
import { Failure } from '../src/failure.mjs';
import { el } from './dom.mjs';

const FILES_MAX = 64;
/** A photograph of a good camera. */
const FILE_BYTES_MAX = 64 * 1024 * 1024;

export function filesPanel() {
  /** @type {import('../src/checker/files.mjs').Held[]} */
  let held = [];
  let opened = null;
  const images = new Map();

  /** The election record of the log that was opened here, or of a file that is one. */
  function known() {
    if (opened !== null) return opened;
    const file = held.find(({ kind }) => kind === 'election');
    try {
      return file === undefined ? null : knownElection(file.bytes);
    } catch (refused) {
      if (refused instanceof Failure) return null;
      throw refused;
    }
  }

  return {
    isEmpty: () => held.length === 0,
    all: () => held,
    about: () => ({ known: known(), images, mlDsa44: (key, message, signature) => mlDsa44.verify(signature, message, key) }),
    /** @param {Iterable<File>} files in place of those that were there */
    async take(files) {
      const chosen = [...files].slice(0, FILES_MAX);
      const tooLarge = chosen.find(({ size }) => size > FILE_BYTES_MAX);
      if (tooLarge !== undefined) throw new Failure('L506', tooLarge.name);
      held = await Promise.all(chosen.map(async (file) => heldFile(file.name, new Uint8Array(await file.arrayBuffer()))));
    },
    /** @param {import('../src/checker/open.mjs').OpenLog} log */
    learn({ election, first }) {
      if (opened !== null && opened.election.fingerprint !== election.fingerprint) images.clear();
      opened = { election, first };
    },
    /** @param {[string, number][]} named hash and place */
    learnImages(named) {
      for (const [hash, place] of named) if (!images.has(hash)) images.set(hash, place);
    },
    /** @param {HTMLElement} list @param {any} words */
    draw(list, { say }) {
      list.replaceChildren(...held.map(({ name, kind }) => el('li', {}, `${name}: ${say(`file.${kind}`)}`)));
    },
  };
}
