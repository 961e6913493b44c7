// A mirror that lies: it shows another figure for a station on its page, or keeps the log and lies on the page alone. A reader opens the
// checker from elsewhere (here: from a file) and asks it about the station; the checker must show what the log says, or
// say in plain words that this copy's bytes are not what its head commits to, and where.
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';

const CHECKER = `file://${fileURLToPath(new URL('../../../checker.html', import.meta.url))}`;

/** Hands every request on, and changes what comes back. */
async function mirror(origin, change) {
  const server = createServer(async (request, response) => {
    const answer = await fetch(origin + request.url, { headers: { 'Accept-Encoding': 'identity' } });
    const type = answer.headers.get('content-type') ?? 'application/octet-stream';
    const body = change(request.url, Buffer.from(await answer.arrayBuffer()));
    response.writeHead(answer.status, { 'Content-Type': type, 'Access-Control-Allow-Origin': '*' });
    response.end(body);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { base: `http://127.0.0.1:${server.address().port}`, stop: () => server.close() };
}

/** Replaces text of the same length, so that lengths still fit. */
function replaced(bytes, from, to) {
  const at = bytes.indexOf(from);
  if (at < 0) return bytes;
  const other = Buffer.from(bytes);
  other.write(to, at);
  return other;
}

/** A form is shown digit by digit. */
const holds = (said, votes) => said.replace(/\s/g, '').includes(votes);

async function asked(browser, base, station) {
  const page = await browser.newPage();
  await page.goto(`${CHECKER}#from=${base}&station=${station}`);
  await page.click('#go');
  await page.waitForFunction(() => {
    const isThere = document.querySelector('#report .rest') !== null || !document.querySelector('#error').hidden;
    return isThere && document.querySelector('#busy').hidden;
  }, undefined, { timeout: 120_000 });
  const said = `${await page.innerText('#report')}\n${await page.innerText('#error')}`;
  await page.close();
  return said;
}

/**
 * @param {import('playwright-core').Browser} browser
 * @param {string} base the honest node
 * @param {string} path a station's page there
 * @param {(where: string, what: string) => void} fault
 */
export async function lying(browser, base, path, fault) {
  const station = path.split('/').filter(Boolean).at(-1);
  const form = await (await fetch(`${base}${path}`)).text();
  const place = form.match(/record\/(\d+)\//)?.[1];
  const text = await (await fetch(`${base}/en/record/${place}/`)).text();
  const [line, votes] = text.match(/^votes 1 (\d+)$/m) ?? [];
  if (line === undefined) return fault(path, 'the form has no first candidate whose votes are a number: choose another station');
  const lied = line.replace(votes, votes.replace(/\d/, (digit) => (digit === '9' ? '8' : `${Number(digit) + 1}`)));
  const onPage = await mirror(base, (url, body) => (url.startsWith('/en/') ? Buffer.from(body.toString().replaceAll(`>${votes[0]}<`, '>7<')) : body));
  const inLog = await mirror(base, (url, body) => (url.startsWith('/tile/entries/') ? replaced(body, line, lied) : body));
  try {
    const honest = await asked(browser, base, station);
    if (!holds(honest, votes)) fault(path, `the checker does not show ${votes} votes from the honest copy:\n${honest}`);
    const page = await asked(browser, onPage.base, station);
    if (!holds(page, votes)) fault(path, `a mirror that lies on its page alone: the checker does not show what was signed:\n${page}`);
    const log = await asked(browser, inLog.base, station);
    if (!/of this copy is not/.test(log)) fault(path, `a mirror that changed a form: the checker does not say so:\n${log}`);
    console.log(`a lying mirror: ${log.split('\n').find((words) => /of this copy is not/.test(words))}`);
  } finally {
    onPage.stop();
    inLog.stop();
  }
  return undefined;
}
