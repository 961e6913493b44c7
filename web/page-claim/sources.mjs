// Where the log's results are read from: the data files beside this page, or those in a folder or a ZIP that was chosen. Nothing but
// their addresses is ever asked for, and nothing is sent.

import { text } from '../src/bytes.mjs';
import { Failure } from '../src/failure.mjs';
import { DATA_BYTES_MAX, folderSource, httpSource } from '../src/source.mjs';
import { filesOfZip } from './zip.mjs';

/** The data files are where this one stands nearest to the top. */
const INDEX = 'data/index.json';

/** @typedef {{text: (path: string) => Promise<string | null>}} Source null where there is no such file */

/** What is wrong, by this page's own words. @param {any} refused @param {string} path */
function worded(refused, path) {
  switch (refused?.code) {
    case 'L505': return new Failure('no-answer', path);
    case 'L506': return new Failure('large-file', path);
    case 'L507': return new Failure('no-file', INDEX);
    case 'R102': return new Failure('not-json', path);
    default: return refused;
  }
}

/** @param {import('../src/source.mjs').Source} source @returns {Source} */
const textSource = (source) => ({
  async text(path) {
    try {
      const bytes = await source.read(path, DATA_BYTES_MAX);
      return bytes === null ? null : text(bytes);
    } catch (refused) {
      throw worded(refused, path);
    }
  },
});

/** @param {string} base @returns {Source} */
export const siteSource = (base) => textSource(httpSource(base));

/** A copy of the whole site, or a folder that holds one. @param {Parameters<typeof folderSource>[0]} files @returns {Source} */
export function copySource(files) {
  try {
    return textSource(folderSource(files, INDEX));
  } catch (refused) {
    throw worded(refused, INDEX);
  }
}

/** @param {File} file @returns {Promise<Source>} */
export const zipSource = async (file) => copySource(await filesOfZip(file));
