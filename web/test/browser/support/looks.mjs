// What a page looks like, small: a grey picture of a few kilobytes that survives another version of a font and not another layout.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const WIDTH = 48;
/** Mean difference of a grey value, of 255, from which two looks are not the same. */
const LIMIT = 9;

/**
 * @param {import('playwright-core').Page} page
 * @returns {Promise<{width: number, height: number, grey: number[]}>}
 */
export async function look(page) {
  const picture = (await page.screenshot({ fullPage: false })).toString('base64');
  const blank = await page.context().newPage();
  try {
    return await blank.evaluate(async ([data, width]) => {
      const image = new Image();
      image.src = `data:image/png;base64,${data}`;
      await image.decode();
      const height = Math.round((image.height * width) / image.width);
      const canvas = new OffscreenCanvas(width, height);
      const context = canvas.getContext('2d');
      context.imageSmoothingQuality = 'high';
      context.drawImage(image, 0, 0, width, height);
      const { data: rgba } = context.getImageData(0, 0, width, height);
      const grey = [];
      for (let at = 0; at < rgba.length; at += 4) grey.push(Math.round((rgba[at] + rgba[at + 1] + rgba[at + 2]) / 3));
      return { width, height, grey };
    }, [picture, WIDTH]);
  } finally {
    await blank.close();
  }
}

/**
 * Compares with the look on file; writes it if `renew` or if there is none.
 * @returns {string | null} what is wrong
 */
export function compareLook(path, seen, renew) {
  const text = `${seen.width} ${seen.height} ${Buffer.from(seen.grey).toString('base64')}\n`;
  if (renew) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return null;
  }
  if (!existsSync(path)) return `no look on file; run with --renew and look at it: ${path}`;
  const [width, height, data] = readFileSync(path, 'utf8').trim().split(' ');
  if (Number(width) !== seen.width || Number(height) !== seen.height) return `another size than the look on file (${path})`;
  const before = Buffer.from(data, 'base64');
  let sum = 0;
  for (let at = 0; at < before.length; at += 1) sum += Math.abs(before[at] - seen.grey[at]);
  const mean = sum / before.length;
  return mean > LIMIT ? `looks different from the look on file by ${mean.toFixed(1)} of 255 (limit ${LIMIT}): ${path}` : null;
}
