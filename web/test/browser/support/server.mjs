// A demo's node as a child process, over loopback. It is ended with the test.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Rehearses a small country with an audit of its paper and serves it.
 * @param {string} program path of `hakiki`
 * @param {number} stations
 * @returns {Promise<{base: string, dir: string, stop: () => Promise<void>}>}
 */
export async function demo(program, stations) {
  const dir = mkdtempSync(join(tmpdir(), 'hakiki-portal-'));
  const args = ['demo', '--stations', `${stations}`, '--minutes', '0', '--dir', join(dir, 'log'), '--listen', '127.0.0.1:0', '--audit'];
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const listen = (resolve) => (bytes) => {
    said += bytes;
    const address = said.match(/http:\/\/127\.0\.0\.1:\d+/);
    // The last words of a rehearsal that went well; pages before them are of an unfinished night.
    if (address && /Ctrl-C/i.test(said)) resolve(address[0]);
  };
  const base = await new Promise((resolve, reject) => {
    child.stdout.on('data', listen(resolve));
    child.stderr.on('data', listen(resolve));
    child.once('exit', (code) => reject(new Error(`the demo ended with ${code}:\n${said}`)));
  });
  const stop = async () => {
    child.kill('SIGINT');
    await ended;
    rmSync(dir, { recursive: true, force: true });
  };
  return { base, dir: join(dir, 'log'), stop };
}
