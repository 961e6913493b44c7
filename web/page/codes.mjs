// The parts of a note that were scanned, pasted or opened as links, until all are there. They are kept between links, as a
// phone's camera opens each in a page of its own.

import { noteOf, readFragment } from '../src/checker/payload.mjs';
import { Failure } from '../src/failure.mjs';

const nameOf = ({ hash8, total }) => `hakiki-parts-${hash8}-${total}`;

/** @returns {any[]} */
function remembered(part) {
  try {
    return part.hash8 === '' ? [] : JSON.parse(localStorage.getItem(nameOf(part)) ?? '[]');
  } catch {
    return [];
  }
}

function remember(parts) {
  try {
    if (parts[0].hash8 !== '') localStorage.setItem(nameOf(parts[0]), JSON.stringify(parts));
  } catch {
    // A page that may keep nothing has the parts while it is open.
  }
}

export function codes() {
  let parts = [];
  const missing = () => {
    const have = new Set(parts.map(({ k }) => k));
    return Array.from({ length: parts[0]?.total ?? 0 }, (_, i) => i + 1).filter((k) => !have.has(k));
  };
  return {
    isEmpty: () => parts.length === 0,
    missing,
    total: () => parts[0]?.total ?? 0,
    /** The note, if all its parts are here. @returns {Promise<Uint8Array | null>} */
    note: async () => (await noteOf(parts)).bytes,
    /**
     * @param {string} written
     * @returns {{isWhole: boolean, from: string | null}}
     */
    take(written) {
      const { note, from } = readFragment(written.trim());
      if (note === null) throw new Failure('L702', '');
      const byNumber = new Map();
      for (const part of [...remembered(note), ...parts, note]) {
        if (part.hash8 === note.hash8 && part.total === note.total) byNumber.set(part.k, part);
      }
      byNumber.set(note.k, note);
      parts = [...byNumber.values()];
      remember(parts);
      return { isWhole: missing().length === 0, from };
    },
    forget() {
      try {
        if (parts.length > 0) localStorage.removeItem(nameOf(parts[0]));
      } catch {
        // Nothing was kept.
      }
      parts = [];
    },
  };
}
