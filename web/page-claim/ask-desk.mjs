// The page's side of the desk: a worker that runs the same program, asked one question after another. Whoever asks a worker that does
// not run is told so at once.

import { Refused } from '../src/claims/table.mjs';
import { Failure } from '../src/failure.mjs';

/** @param {string} program @returns {(ask: string, given?: any) => Promise<any>} */
export function askDesk(program) {
  const waiting = new Map();
  let next = 0;
  let ended = null;

  const end = (detail) => {
    ended = new Failure('worker', detail);
    for (const { reject } of waiting.values()) reject(ended);
    waiting.clear();
  };
  const worker = started(program, end);
  if (worker !== null) {
    worker.onmessage = ({ data: { id, answer, refused, failure } }) => {
      const { resolve, reject } = waiting.get(id);
      waiting.delete(id);
      if (refused) reject(Object.assign(new Refused([]), refused));
      else if (failure) reject(new Failure(failure.code, failure.detail));
      else resolve(answer);
    };
    // Every question's own failure comes back as an answer: here, the program itself could not be loaded.
    worker.onerror = (event) => end(event.message ?? '');
  }
  return (ask, given = {}) => new Promise((resolve, reject) => {
    if (ended !== null) {
      reject(ended);
      return;
    }
    const id = next++;
    waiting.set(id, { resolve, reject });
    worker.postMessage({ id, ask, given });
  });
}

function started(program, end) {
  try {
    return new Worker(URL.createObjectURL(new Blob([program], { type: 'text/javascript' })));
  } catch (refused) {
    end(String(refused));
    return null;
  }
}
