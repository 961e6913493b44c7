// Where a log's bytes come from. `read(path)` gives them, or null where there is nothing of this name.

import { readBounded } from './bounded.mjs';
import { Failure } from './failure.mjs';

/** A blob of 8 MiB, a bundle of 256 entries of 64 KiB with their lengths: nothing that is read is larger. */
export const READ_BYTES_MAX = 17 * 1024 * 1024;
/** A results file of a nation. */
export const RESULTS_BYTES_MAX = 64 * 1024 * 1024;
/** A data file of a nation: its stations, its areas. */
export const DATA_BYTES_MAX = 128 * 1024 * 1024;

/**
 * @typedef {{where: string, kind: 'address' | 'folder', read: (path: string, bytesMax?: number) => Promise<Uint8Array | null>}} Source
 */

/**
 * A log over HTTP: the log itself, a mirror, a cache, a file server.
 * @param {string} base
 * @param {{fetch?: typeof fetch, signal?: AbortSignal, tries?: number}} [choice]
 * @returns {Source}
 */
export function httpSource(base, choice = {}) {
  const { signal, tries = 2 } = choice;
  const get = choice.fetch ?? ((...of) => globalThis.fetch(...of));
  const where = base.replace(/\/+$/, '');
  return {
    where,
    kind: 'address',
    async read(path, bytesMax = READ_BYTES_MAX) {
      for (let tried = 1; ; tried++) {
        try {
          return await readOnce(get, `${where}/${path}`, signal, bytesMax);
        } catch (refused) {
          const isFinal = refused instanceof Failure || signal?.aborted === true;
          if (isFinal || tried >= tries) throw isFinal ? refused : new Failure('L505', `${where}/${path}`);
        }
      }
    },
  };
}

async function readOnce(get, url, signal, bytesMax) {
  const answer = await get(url, { signal, credentials: 'omit', referrerPolicy: 'no-referrer' });
  if (answer.status === 404 || answer.status === 410) return null;
  if (!answer.ok) throw new Error(`${answer.status}`);
  const bytes = answer.body === null ? new Uint8Array(0) : await readBounded(answer.body, bytesMax);
  if (bytes === null) throw new Failure('L506', url);
  return bytes;
}

/**
 * A folder that the reader chose in the browser: the log is where `mark` stands nearest to its top.
 * @param {Iterable<{name: string, webkitRelativePath: string, size: number, arrayBuffer: () => Promise<ArrayBuffer>}>} files
 * @param {string} mark
 * @returns {Source}
 */
export function folderSource(files, mark = 'checkpoint') {
  const byPath = new Map();
  for (const file of files) byPath.set(file.webkitRelativePath || file.name, file);
  const depth = (path) => path.split('/').length;
  const found = [...byPath.keys()].filter((path) => path === mark || path.endsWith(`/${mark}`));
  found.sort((a, b) => depth(a) - depth(b) || (a < b ? -1 : 1));
  if (found.length === 0) throw new Failure('L507', '');
  const prefix = found[0].slice(0, -mark.length);
  return {
    where: prefix === '' ? '.' : prefix,
    kind: 'folder',
    async read(path, bytesMax = READ_BYTES_MAX) {
      const file = byPath.get(prefix + path);
      if (file === undefined) return null;
      if (file.size > bytesMax) throw new Failure('L506', path);
      return new Uint8Array(await file.arrayBuffer());
    },
    /** The sizes of which a results file lies there. */
    resultSizes() {
      const start = `${prefix}results/`;
      return [...byPath.keys()].filter((path) => path.startsWith(start)).map((path) => path.slice(start.length));
    },
  };
}
