// Makes checker.html and claim.html: each one file with its script and style inside, the same bytes whenever the same sources are built.
//   node web/build.mjs          writes them, and prints their SHA-256
//   node web/build.mjs --check  fails if a file that is there is another

import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/**
 * The pages: folders of their template and script, their style, the words that stand before the script runs, what others wrote and
 * the script holds, and whom they may ask.
 */
const PAGES = [
  {
    out: 'checker.html',
    folder: 'page',
    styles: ['page/style.css'],
    words: 'words/en.json',
    bundled: [
      ['qr', 'node_modules/qr/LICENSE-MIT'],
      ...['post-quantum', 'hashes', 'curves'].map((name) => [`@noble/${name}`, `node_modules/@noble/${name}/LICENSE`]),
    ],
    connect: 'http: https:',
  },
  {
    out: 'claim.html',
    folder: 'page-claim',
    styles: ['page/style.css', 'page-claim/style.css'],
    words: 'words/claims.en.json',
    bundled: [],
    // A table that is compared here can go nowhere else.
    connect: "'self'",
  },
];

const sha256 = (written, encoding) => createHash('sha256').update(written).digest(encoding);

async function bundle({ folder, bundled }) {
  const made = await build({
    entryPoints: [here(`${folder}/main.mjs`)],
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
  const script = `${made.outputFiles[0].text.trim()}\n${await licences(bundled)}`;
  if (/<\/script|<!--/i.test(script)) throw new Error('the script holds what would end it');
  return script;
}

/** The licences of what is bundled from others, as they ask to be copied with it. */
async function licences(bundled) {
  const texts = await Promise.all(bundled.map(async ([name, path]) => `/*! ${name}\n\n${(await readFile(here(path), 'utf8')).trim()}\n*/`));
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

async function make(page) {
  const [template, sheets, words, script] = await Promise.all([
    readFile(here(`${page.folder}/template.html`), 'utf8'),
    Promise.all(page.styles.map((path) => readFile(here(path), 'utf8'))),
    readFile(here(page.words), 'utf8').then(JSON.parse),
    bundle(page),
  ]);
  const style = sheets.map((css) => css.replace(/\/\*[^]*?\*\/\n?/g, '').trim()).join('\n');
  const csp = [
    "default-src 'none'",
    `script-src 'sha256-${sha256(script, 'base64')}'`,
    `style-src 'sha256-${sha256(style, 'base64')}'`,
    'worker-src blob:',
    `connect-src ${page.connect}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const parts = { csp, style, script };
  return withWords(template, words).replace(/@(csp|style|script)@/g, (_, part) => parts[part])
    .replace('<script>', '<script id="program">');
}

for (const page of PAGES) {
  const made = await make(page);
  if (process.argv.includes('--check')) {
    const there = await readFile(here(page.out), 'utf8').catch(() => '');
    if (there !== made) {
      process.stderr.write(`web/${page.out} is not what its sources make; run: node web/build.mjs\n`);
      process.exitCode = 1;
    }
  } else {
    await writeFile(here(page.out), made);
  }
  process.stdout.write(`${sha256(made, 'hex')}  ${page.out}  ${Buffer.byteLength(made)} bytes\n`);
}
