// A log in a directory, under node. Kept apart so that the page's bundle has nothing of node's.

import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { Failure } from './failure.mjs';
import { READ_BYTES_MAX } from './source.mjs';

const isAbsent = (error) => error.code === 'ENOENT' || error.code === 'ENOTDIR';

/** @param {string} directory @returns {import('./source.mjs').Source} */
export function directorySource(directory) {
  return {
    where: directory,
    kind: 'folder',
    async read(path, bytesMax = READ_BYTES_MAX) {
      const file = join(directory, ...path.split('/'));
      try {
        if ((await stat(file)).size > bytesMax) throw new Failure('L506', path);
        return new Uint8Array(await readFile(file));
      } catch (error) {
        if (isAbsent(error)) return null;
        throw error instanceof Failure ? error : new Failure('L505', `${file}: ${error.message}`);
      }
    },
  };
}
