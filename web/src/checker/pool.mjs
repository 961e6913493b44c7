// Signatures, checked by several workers at a time. A batch travels as one run of bytes.

import { verifyStrict } from '../ed25519.mjs';
import { areTorsionFree } from '../torsion.mjs';
import { verifier } from '../verifier.mjs';

/** Jobs of a batch: large enough that a message costs little, small enough that all workers have one. */
export const BATCH = 512;
/** Keys to be enrolled are quicker the more of them there are. */
const BATCH_OF_KEYS = 4096;
const HEAD = 1 + 32 + 64 + 4;

/** @typedef {import('../ledger/election.mjs').Job} Job */

/** @param {Job[]} jobs @returns {ArrayBuffer} */
export function packJobs(jobs) {
  let length = 4;
  for (const job of jobs) length += HEAD + job.message.length;
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, jobs.length);
  let at = 4;
  for (const { key, message, signature, enrols } of jobs) {
    bytes[at] = enrols === true ? 1 : 0;
    bytes.set(key, at + 1);
    bytes.set(signature, at + 33);
    view.setUint32(at + 97, message.length);
    bytes.set(message, at + HEAD);
    at += HEAD + message.length;
  }
  return bytes.buffer;
}

/** @param {ArrayBuffer} buffer @returns {Job[]} */
export function unpackJobs(buffer) {
  const bytes = new Uint8Array(buffer);
  const view = new DataView(buffer);
  const jobs = [];
  let at = 4;
  for (let i = view.getUint32(0); i > 0; i--) {
    const length = view.getUint32(at + 97);
    jobs.push({
      enrols: bytes[at] === 1,
      key: bytes.subarray(at + 1, at + 33),
      signature: bytes.subarray(at + 33, at + 97),
      message: bytes.subarray(at + HEAD, at + HEAD + length),
    });
    at += HEAD + length;
  }
  return jobs;
}

let asked = null;

/** What a worker does with a batch. @param {Job[]} jobs @returns {Promise<boolean[]>} */
export async function verifyJobs(jobs) {
  asked ??= verifier();
  const enrolled = jobs.filter((job) => job.enrols);
  const free = areTorsionFree(enrolled.map((job) => job.key));
  const isFree = new Map(enrolled.map((job, i) => [job, free[i]]));
  if (await asked.usesWebCrypto()) {
    return Promise.all(jobs.map((job) => isFree.get(job) !== false && asked.verify(job.key, job.message, job.signature)));
  }
  return jobs.map((job) => isFree.get(job) !== false && verifyStrict(job.key, job.message, job.signature));
}

/**
 * @param {{send: (buffer: ArrayBuffer, answer: (verdicts: boolean[]) => void, fail: (error: Error) => void) => void}[]} workers
 *   none: here, one batch after another
 */
export function poolOf(workers) {
  const idle = [...workers];
  const waiting = [];
  const next = () => {
    while (idle.length > 0 && waiting.length > 0) {
      const worker = idle.pop();
      const { jobs, resolve, reject } = waiting.shift();
      const done = (settle) => (value) => {
        idle.push(worker);
        settle(value);
        next();
      };
      worker.send(packJobs(jobs), done(resolve), done(reject));
    }
  };
  const verifyBatch = (jobs) => (workers.length === 0
    ? verifyJobs(jobs)
    : new Promise((resolve, reject) => {
      waiting.push({ jobs, resolve, reject });
      next();
    }));
  return {
    size: workers.length,
    /** @param {Job[]} jobs @returns {Promise<boolean[]>} in the order of the jobs */
    async verify(jobs) {
      const batches = [];
      for (let at = 0; at < jobs.length;) {
        const width = jobs[at].enrols ? BATCH_OF_KEYS : BATCH;
        batches.push(verifyBatch(jobs.slice(at, at + width)));
        at += width;
      }
      return (await Promise.all(batches)).flat();
    },
  };
}
