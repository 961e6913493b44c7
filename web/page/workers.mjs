// The whole check in workers: one that reads and folds, and as many as there are cores that verify signatures.
// All of them are this same program, started from a Blob so that it works where the page is a file.

import { poolOf, unpackJobs, verifyJobs } from '../src/checker/pool.mjs';
import { wholeCheck } from '../src/checker/whole.mjs';
import { wholeReport } from '../src/checker/whole-report.mjs';
import { Failure } from '../src/failure.mjs';
import { folderSource, httpSource } from '../src/source.mjs';

const WORKERS_MAX = 8;
/** Progress is told so often at most. */
const TELL_MS = 100;

/** What the program does when it runs as a worker. */
export function beWorker() {
  globalThis.onmessage = ({ data }) => {
    if (data.do === 'verify') serve(data.port);
    else fold(data);
  };
}

function serve(port) {
  port.onmessage = async ({ data }) => port.postMessage(await verifyJobs(unpackJobs(data)));
}

async function fold({ base, files, ports }) {
  const began = performance.now();
  const pool = poolOf(ports.map((port) => ({
    send(buffer, answer) {
      port.onmessage = ({ data }) => answer(data);
      port.postMessage(buffer, [buffer]);
    },
  })));
  let told = 0;
  const onProgress = (phase, done, of) => {
    if (performance.now() - told < TELL_MS && done < of) return;
    told = performance.now();
    postMessage({ progress: { phase, done, of } });
  };
  try {
    const source = files === null ? httpSource(base) : folderSource(files);
    const whole = await wholeCheck({ source, pool, onProgress });
    const seconds = Math.ceil((performance.now() - began) / 1000);
    postMessage({ report: await wholeReport(whole, { seconds, workers: ports.length }) });
  } catch (error) {
    const isFailure = error instanceof Failure;
    const { code, detail, path, place } = error;
    postMessage({ failure: isFailure ? { code, detail, path, place } : { code: 'other', detail: String(error) } });
  }
}

/**
 * @param {{base: string, files: File[] | null, program: string, onProgress: (progress: any) => void, signal: AbortSignal}} asked
 * @returns {Promise<{report?: any, failure?: any}>}
 */
export function runWhole({ base, files, program, onProgress, signal }) {
  const address = URL.createObjectURL(new Blob([program], { type: 'text/javascript' }));
  const count = Math.max(1, Math.min(WORKERS_MAX, navigator.hardwareConcurrency || 2));
  const workers = Array.from({ length: count + 1 }, () => new Worker(address));
  const conductor = workers[0];
  return new Promise((resolve) => {
    const end = (result) => {
      workers.forEach((worker) => worker.terminate());
      URL.revokeObjectURL(address);
      resolve(result);
    };
    signal.addEventListener('abort', () => end({ failure: { code: 'L514', detail: '' } }));
    for (const worker of workers) worker.onerror = (event) => end({ failure: { code: 'other', detail: event.message } });
    conductor.onmessage = ({ data }) => (data.progress ? onProgress(data.progress) : end(data));
    const ports = workers.slice(1).map((worker) => {
      const { port1, port2 } = new MessageChannel();
      worker.postMessage({ do: 'verify', port: port1 }, [port1]);
      return port2;
    });
    conductor.postMessage({ do: 'fold', base, files, ports }, ports);
  });
}
