// Codes where the browser cannot read them by itself: from pictures, and from the camera, by the decoder in the file.

import assert from 'node:assert/strict';
import { deflateRawSync } from 'node:zlib';

import encodeQR from 'qr';

import { toBase64url } from '../../src/checker/payload.mjs';
import { idOf } from '../../src/checker/record.mjs';
import { FILE, here, LOGS, made, open, place, report, settled, shot, test } from './support/bench.mjs';

const PHONE = { viewport: { width: 390, height: 844 } };
const LINK = `https://elsewhere.example/checker.html#n=${toBase64url(new Uint8Array(deflateRawSync(Buffer.from(made.entries[place]))))}`;
const matrixOf = (written) => encodeQR(written, 'raw', { ecc: 'medium' }).map((row) => row.map(Number));

/** A photograph of a code: turned, unevenly lit, noisy. Runs in the page; gives PNG bytes. */
async function photograph({ matrix, side, turn }) {
  const canvas = new OffscreenCanvas(side, side);
  const context = canvas.getContext('2d');
  const light = context.createLinearGradient(0, 0, side, side);
  light.addColorStop(0, '#fffdf5');
  light.addColorStop(1, '#b9b3a5');
  context.fillStyle = light;
  context.fillRect(0, 0, side, side);
  context.translate(side / 2, side / 2);
  context.rotate(turn);
  const module = (side * 0.62) / matrix.length;
  context.fillStyle = '#fff8';
  context.translate((-module * matrix.length) / 2, (-module * matrix.length) / 2);
  context.fillStyle = '#232019';
  matrix.forEach((row, y) => row.forEach((dark, x) => { if (dark) context.fillRect(x * module, y * module, module + 0.4, module + 0.4); }));
  const blob = await canvas.convertToBlob({ type: 'image/png' });
  return [...new Uint8Array(await blob.arrayBuffer())];
}

async function pictureOf(page, written, side = 1500, turn = 0.21) {
  const bytes = await page.evaluate(photograph, { matrix: matrixOf(written), side, turn });
  return { name: 'code.png', mimeType: 'image/png', buffer: Buffer.from(bytes) };
}

test('a picture of a code: read by own decoder, and only its fragment is taken', async () => {
  const { page, told, end } = await open(FILE, PHONE);
  assert.equal(await page.evaluate(async () => (await globalThis.BarcodeDetector?.getSupportedFormats() ?? []).includes('qr_code')), false);
  await page.check('input[value=code]');
  await page.setInputFiles('#picture', await pictureOf(page, LINK));
  await settled(page);
  assert.ok((await report(page)).includes('The code holds a record'));
  await shot(page, 'picture-phone');
  await page.fill('#base', here('good'));
  await page.click('#go');
  await page.waitForFunction(() => document.querySelector('#report').innerText.includes('byte for byte, what the code holds'));
  assert.ok(told.requests.every((url) => url.startsWith(here('good'))), 'nothing is asked of the address in the code');
  await page.setInputFiles('#picture', await pictureOf(page, 'https://elsewhere.example/'));
  await page.waitForFunction(() => document.querySelector('#scan-state').innerText.includes('not one that this program knows'));
  await page.setInputFiles('#picture', { name: 'x.png', mimeType: 'image/png', buffer: Buffer.from('no picture') });
  await page.waitForFunction(() => document.querySelector('#scan-state').innerText.includes('No code could be read'));
  assert.deepEqual(told.errors, []);
  await end();
});

test('the camera without a detector of the browser: frames are read by own decoder', async () => {
  const { page, told, end } = await open('about:blank', { permissions: ['camera'] });
  await page.addInitScript((matrix) => {
    delete globalThis.BarcodeDetector;
    navigator.mediaDevices.getUserMedia = async () => {
      const canvas = Object.assign(document.createElement('canvas'), { width: 1280, height: 720 });
      const context = canvas.getContext('2d');
      const module = 640 / matrix.length;
      setInterval(() => {
        context.fillStyle = '#f4f1e8';
        context.fillRect(0, 0, 1280, 720);
        context.fillStyle = '#222';
        matrix.forEach((row, y) => row.forEach((dark, x) => { if (dark) context.fillRect(320 + x * module, 40 + y * module, module + 0.3, module + 0.3); }));
      }, 60);
      return (globalThis.stream = canvas.captureStream());
    };
  }, matrixOf(LINK));
  await page.goto(FILE);
  await page.check('input[value=code]');
  await page.click('#scan');
  await settled(page);
  assert.ok((await report(page)).includes('The code holds a record'));
  assert.ok(await page.evaluate(() => globalThis.stream.getTracks().every((track) => track.readyState === 'ended')));
  assert.deepEqual([told.requests, told.errors], [[], []]);
  await end();
});

test('files: a receipt and a photograph, alone; after the station was checked; dropped on the page', async () => {
  const { page, told, end } = await open(FILE, PHONE);
  const receipt = Buffer.from(LOGS.good.get(`receipt/${idOf(made.entries[place])}`));
  const files = [
    { name: 'receipt.tlog-proof', mimeType: 'text/plain', buffer: receipt },
    { name: 'photo.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('no photograph that anybody named') },
  ];
  await page.check('input[value=files]');
  await page.setInputFiles('#files', files);
  await settled(page);
  let said = await report(page);
  for (const part of ['checked by themselves', 'proof leads from its record', 'Add that file, or open the log', 'No record that was checked here']) {
    assert.ok(said.includes(part), part);
  }
  assert.deepEqual(told.requests, []);
  await page.fill('#base', here('good'));
  await page.click('#go');
  await page.waitForFunction(() => document.querySelector('#report').innerText.includes('is of the same history'));
  said = await report(page);
  assert.ok(said.includes('is signed by the key of log.mfano.example/fixture that') && said.includes(`enrolled for ${made.stations[place - 3].code}`));
  await shot(page, 'files-phone');
  await page.fill('#base', '');
  await page.evaluate((bytes) => {
    const carried = new DataTransfer();
    carried.items.add(new File([new Uint8Array(bytes)], 'dropped'));
    document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: carried, bubbles: true, cancelable: true }));
  }, [...receipt]);
  await page.waitForFunction(() => document.querySelector('#report').innerText.includes('dropped'));
  assert.ok((await report(page)).includes('is signed by the key of log.mfano.example/fixture'), 'by the election record of the log that was opened');
  assert.deepEqual(told.errors, []);
  await end();
});
