// Makes checker.html: one file with its script and style inside, the same bytes whenever the same sources are built.
//   node web/build.mjs          writes it, and prints its SHA-256
//   node web/build.mjs --check  fails if the file that is there is another

import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const OUT = here('checker.html');
/** What others wrote and the script holds. */
const BUNDLED = [
  ['qr', 'node_modules/qr/LICENSE-MIT'],
  ...['post-quantum', 'hashes', 'curves'].map((name) => [`@noble/${name}`, `node_modules/@noble/${name}/LICENSE`]),
];

const sha256 = (written, encoding) => createHash('sha256').update(written).digest(encoding);

async function bundle() {
  const made = await build({
    entryPoints: [here('page/main.mjs')],
    absWorkingDir: here('.'),
    bundle: true,
    write: false,
    format: 'iife',
    target: ['es2022'],
    charset: 'utf8',
    minify: true,
    legalComments: 'none', // the licences of what is bundled stand behind the script
    logLevel: 'error',
  });
  const script = `${made.outputFiles[0].text.trim()}\n${await licences()}`;
  if (/<\/script|<!--/i.test(script)) throw new Error('the script holds what would end it');
  return script;
}

/** The licences of what is bundled from others, as they ask to be copied with it. */
async function licences() {
  const texts = await Promise.all(BUNDLED.map(async ([name, path]) => `/*! ${name}\n\n${(await readFile(here(path), 'utf8')).trim()}\n*/`));
  return texts.join('\n');
}

/** @param {string} template @param {Record<string, string>} words */
function withWords(template, words) {
  const escaped = (key) => {
    if (words[key] === undefined) throw new Error(`no words for ${key}`);
    return words[key].replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
  };
  return template
    .replace(/(<[a-z0-9]+[^>]*data-say="([a-z.-]+)"[^>]*>)(<\/)/g, (_, open, key, close) => open + escaped(key) + close)
    .replace(/data-label="([a-z.-]+)"/g, (whole, key) => `${whole} aria-label="${escaped(key)}"`);
}

async function make() {
  const [template, css, words, script] = await Promise.all([
    readFile(here('page/template.html'), 'utf8'),
    readFile(here('page/style.css'), 'utf8'),
    readFile(here('words/en.json'), 'utf8').then(JSON.parse),
    bundle(),
  ]);
  const style = css.replace(/\/\*[^]*?\*\/\n?/g, '').trim();
  const csp = [
    "default-src 'none'",
    `script-src 'sha256-${sha256(script, 'base64')}'`,
    `style-src 'sha256-${sha256(style, 'base64')}'`,
    'worker-src blob:',
    'connect-src http: https:',
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const parts = { csp, style, script };
  return withWords(template, words).replace(/@(csp|style|script)@/g, (_, part) => parts[part])
    .replace('<script>', '<script id="program">');
}

const made = await make();
if (process.argv.includes('--check')) {
  const there = await readFile(OUT, 'utf8').catch(() => '');
  if (there !== made) {
    process.stderr.write('web/checker.html is not what its sources make; run: node web/build.mjs\n');
    process.exitCode = 1;
  }
} else {
  await writeFile(OUT, made);
}
process.stdout.write(`${sha256(made, 'hex')}  checker.html  ${Buffer.byteLength(made)} bytes\n`);
