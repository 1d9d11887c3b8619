import assert from 'node:assert/strict';
import { test } from 'node:test';
import sharp from 'sharp';
import { encodeJpeg, encodeJpegs } from '../../src/imaging/encode-jpeg.ts';
import { variantOf, variants } from '../../src/imaging/flip.ts';
import type { Grey } from '../../src/imaging/grey.ts';
import { planeOf, scratch } from '../../src/imaging/kernel-memory.ts';
import { pythonOrSkip, runPython } from '../oracles/oracles.ts';
import { seededPicture } from './seeded-picture.ts';

/** The scan by libjpeg, with its exact transform and the common codes; its other segments are not written alike. */
async function scanBySharp({ width, height, pixels }: Grey, quality: number): Promise<Buffer> {
  const jpeg = sharp(pixels, { raw: { width, height, channels: 1 } }).toColourspace('b-w').jpeg({ quality, optimizeCoding: false });
  return scanOf(await jpeg.toBuffer());
}

function scanOf(file: Uint8Array): Buffer {
  const bytes = Buffer.from(file);
  let at = 2;
  while (bytes[at + 1] !== 0xda) at += 2 + bytes.readUInt16BE(at + 2);
  return bytes.subarray(at + 2 + bytes.readUInt16BE(at + 2));
}

function pictureOf(width: number, height: number, valueAt: (x: number, y: number) => number): Grey {
  return { width, height, pixels: Uint8Array.from({ length: width * height }, (_, at) => valueAt(at % width, Math.floor(at / width))) };
}

test('encodeJpeg() makes the scans of libjpeg at every quality', async () => {
  for (let quality = 1; quality <= 100; quality += 1) {
    const film = seededPicture(40 + (quality % 17), 33 + (quality % 13), quality);
    assert.deepEqual(scanOf(encodeJpeg(film, quality)), await scanBySharp(film, quality), `quality ${quality}`);
  }
});

test('encodeJpeg() makes the scans of libjpeg at every size around a block, and of a film in full size', async () => {
  for (const [width, height] of [[1, 1], [7, 9], [8, 8], [9, 7], [16, 15], [17, 16], [1, 300], [300, 1], [299, 299], [2828, 2320]] as const) {
    const film = seededPicture(width, height, width + height);
    assert.deepEqual(scanOf(encodeJpeg(film, 95)), await scanBySharp(film, 95), `${width} x ${height}`);
  }
});

test('encodeJpeg() makes the scans of libjpeg of extremes, of long runs of zeros and of values beyond the table of pairs', async () => {
  const pictures: readonly Grey[] = [
    pictureOf(64, 64, (x, y) => ((x + y) % 2) * 255),
    pictureOf(64, 64, (x) => (x % 16 < 8 ? 0 : 255)),
    pictureOf(64, 64, () => 255),
    pictureOf(64, 64, (x, y) => (x % 8 === 7 && y % 8 === 7 ? 255 : 0)),
    // One wave alone: all zeros up to some place of the zigzag, ever another.
    pictureOf(512, 8, (x, y) => Math.round(128 + 60 * Math.cos(((2 * (x % 8) + 1) * (Math.floor(x / 8) % 8) * Math.PI) / 16) * Math.cos(((2 * y + 1) * Math.floor(x / 64) * Math.PI) / 16))),
    pictureOf(256, 256, (x, y) => (x * 7919 + y * 104_729 + ((x * y) % 251) * 31) & 255),
  ];
  for (const [index, film] of pictures.entries()) {
    for (const quality of [5, 50, 75, 95, 100]) assert.deepEqual(scanOf(encodeJpeg(film, quality)), await scanBySharp(film, quality), `picture ${index}, quality ${quality}`);
  }
});

test('encodeJpegs() makes the files of the flipped pictures, at every height and width around a block, whichever are asked for', () => {
  for (const [width, height] of [[43, 30], [40, 32], [9, 7], [1, 1], [17, 41]] as const) {
    const film = seededPicture(width, height, 5);
    for (const asked of [variants, ...variants.map((code) => [code]), [1, -1], [0, 1]] as const) {
      assert.deepEqual(scratch(() => encodeJpegs(planeOf(film), 90, asked)), asked.map((code) => encodeJpeg(variantOf(film, code), 90)), `${width} x ${height}, ${asked.join()}`);
    }
  }
});

test('encodeJpeg() refuses a quality that is none', () => {
  for (const quality of [0, 101, NaN]) assert.throws(() => encodeJpeg(seededPicture(8, 8, 1), quality), /^RangeError: Cannot encode a JPEG: its quality is/);
});

test('encodeJpeg() makes the files of the installed OpenCV, byte for byte', (t) => {
  if (!pythonOrSkip(t)) return;
  const cases = [[299, 299, 95], [320, 390, 90], [33, 17, 40], [8, 8, 100]].map(([width = 0, height = 0, quality = 0]) => {
    const film = seededPicture(width, height, quality);
    return { width, height, quality, pixels: Buffer.from(film.pixels).toString('base64'), expected: Buffer.from(encodeJpeg(film, quality)).toString('base64') };
  });
  const files = JSON.parse(runPython('opencv_jpeg.py', JSON.stringify(cases.map(({ expected: _, ...one }) => one)))) as string[];
  for (const [index, { width, height, expected }] of cases.entries()) assert.ok(files[index] === expected, `${width} x ${height}`);
});
