import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32 } from 'node:zlib';
import { PNG } from 'pngjs';
import sharp from 'sharp';
import { ImageError, decodeGrey, decodeRecordImage, encodePng } from '../../src/imaging/codec.ts';
import { encodeJpeg } from '../../src/imaging/encode-jpeg.ts';
import type { Grey } from '../../src/imaging/grey.ts';
import { pythonOrSkip, runPython } from '../oracles/oracles.ts';
import { seededPicture, sha256 } from './seeded-picture.ts';

const [width, height] = [40, 24];

/** Red grows to the right, green downwards, blue along the diagonals. */
const colours = Buffer.from(
  Array.from({ length: width * height }, (_, at) => {
    const [x, y] = [at % width, Math.floor(at / width)];
    return [x * 6, y * 10, ((x + y) * 4) % 256];
  }).flat(),
);
const colour = () => sharp(colours, { raw: { width, height, channels: 3 } });

/** Round(0.299 R + 0.587 G + 0.114 B), the formula without fixed point. */
const lumaAt = (at: number) => 0.299 * colours[3 * at]! + 0.587 * colours[3 * at + 1]! + 0.114 * colours[3 * at + 2]!;

async function decode(bytes: Uint8Array): Promise<Grey> {
  return decodeGrey(new Uint8Array(bytes));
}

function meanDifference(a: Grey, values: (at: number) => number): number {
  return a.pixels.reduce((total, value, at) => total + Math.abs(value - values(at)), 0) / a.pixels.length;
}

test('decodeGrey() turns colour to grey by the formula of OpenCV in PNG, WebP, TIFF and PNG of 16 bits', async () => {
  const files = [colour().png(), colour().webp({ lossless: true }), colour().tiff({ compression: 'lzw' }), colour().toColourspace('rgb16').png()];
  for (const file of files) {
    const grey = await decode(await file.toBuffer());
    assert.deepEqual([grey.width, grey.height], [width, height]);
    assert.ok(grey.pixels.every((value, at) => Math.abs(value - lumaAt(at)) <= 0.51));
  }
});

test('decodeGrey() reads palettes and one bit a pixel', async () => {
  const palette = await colour().png({ palette: true, colours: 64 }).toBuffer();
  assert.equal((await sharp(palette).metadata()).isPalette, true);
  assert.ok(meanDifference(await decode(palette), lumaAt) < 6);
  const bits = Buffer.from(Array.from({ length: width * height }, (_, at) => (at % 3 === 0 ? 255 : 0)));
  const oneBit = await sharp(bits, { raw: { width, height, channels: 1 } }).png({ palette: true, colours: 2 }).toBuffer();
  assert.deepEqual(Buffer.from((await decode(oneBit)).pixels), bits);
});

test('decodeGrey() cuts 16 bits to the upper 8', async () => {
  const deep = Buffer.alloc(width * height * 2);
  for (let at = 0; at < width * height; at += 1) deep.writeUInt16LE((at * 67) % 65536, at * 2);
  const file = PNG.sync.write({ width, height, data: deep } as PNG, { bitDepth: 16, colorType: 0, inputColorType: 0, inputHasAlpha: false });
  assert.deepEqual([...(await decode(file)).pixels], Array.from({ length: width * height }, (_, at) => ((at * 67) % 65536) >> 8));
});

test('decodeGrey() lays what is transparent over black', async () => {
  const data = Buffer.alloc(width * height * 4, 200);
  for (let at = 0; at < width * height; at += 1) data[4 * at + 3] = at % 256;
  const colourAlpha = PNG.sync.write({ width, height, data } as PNG);
  const greyAlpha = PNG.sync.write({ width, height, data } as PNG, { colorType: 4 });
  const expected = Array.from({ length: width * height }, (_, at) => Math.round((200 * (at % 256)) / 255));
  assert.deepEqual([...(await decode(colourAlpha)).pixels], expected);
  assert.deepEqual([...(await decode(greyAlpha)).pixels], expected);
});

test('decodeGrey() reads inks as the colours they print, inverted by Adobe or not', async () => {
  const adobe = await colour().toColourspace('cmyk').jpeg({ quality: 100 }).toBuffer();
  assert.equal((await sharp(adobe).metadata()).channels, 4);
  assert.ok(meanDifference(await decode(adobe), lumaAt) < 30);
  // Full black ink. Adobe stores it as 0 and says so by its marker; without the marker 0 is no ink at all.
  const black = await sharp({ create: { width, height, channels: 3, background: '#000000' } }).toColourspace('cmyk').jpeg({ quality: 100 }).toBuffer();
  assert.ok((await decode(black)).pixels.every((value) => value < 15));
  const inverted = await decode(withoutAdobe(black));
  assert.ok(inverted.pixels.every((value) => value > 15), `${inverted.pixels[0]}`);
});

/** The same file without its APP14 segment. */
function withoutAdobe(file: Buffer): Buffer {
  const at = file.indexOf(Buffer.from([0xff, 0xee]));
  return Buffer.concat([file.subarray(0, at), file.subarray(at + 2 + file.readUInt16BE(at + 2))]);
}

test('decodeGrey() applies all eight EXIF orientations', async () => {
  const upright = await decode(await colour().png().toBuffer());
  const at = (x: number, y: number) => upright.pixels[y * width + x]!;
  // Where the pixel shown at (x, y) is stored, by orientation (EXIF 2.3, tag 0x0112).
  const stored: Record<number, (x: number, y: number) => number> = {
    1: (x, y) => at(x, y),
    2: (x, y) => at(width - 1 - x, y),
    3: (x, y) => at(width - 1 - x, height - 1 - y),
    4: (x, y) => at(x, height - 1 - y),
    5: (x, y) => at(y, x),
    6: (x, y) => at(y, height - 1 - x),
    7: (x, y) => at(width - 1 - y, height - 1 - x),
    8: (x, y) => at(width - 1 - y, x),
  };
  for (const [orientation, shown] of Object.entries(stored)) {
    const file = await colour().tiff({ compression: 'none' }).withMetadata({ orientation: Number(orientation) }).toBuffer();
    const grey = await decode(file);
    const isTurned = Number(orientation) >= 5;
    assert.deepEqual([grey.width, grey.height], isTurned ? [height, width] : [width, height]);
    const expected = Array.from({ length: width * height }, (_, index) => shown(index % grey.width, Math.floor(index / grey.width)));
    assert.deepEqual([...grey.pixels], expected, `orientation ${orientation}`);
  }
});

test('decodeGrey() reads JPEG files of every kind as OpenCV does', async (t) => {
  if (!pythonOrSkip(t)) return;
  const files = await Promise.all([
    colour().jpeg({ quality: 70 }).toBuffer(),
    colour().jpeg({ progressive: true, quality: 95 }).toBuffer(),
    colour().jpeg({ chromaSubsampling: '4:4:4', quality: 100 }).toBuffer(),
    colour().toColourspace('b-w').jpeg().toBuffer(),
    ...[3, 6, 7].map((orientation) => colour().jpeg().withMetadata({ orientation }).toBuffer()),
    colour().toColourspace('cmyk').jpeg().toBuffer(),
    colour().png({ palette: true }).toBuffer(),
    colour().toColourspace('grey16').png().toBuffer(),
  ]);
  const expected = JSON.parse(runPython('opencv_golden.py', JSON.stringify({ files: files.map((file) => file.toString('base64')) })));
  for (const [index, file] of files.entries()) {
    const grey = await decode(file);
    assert.deepEqual({ width: grey.width, height: grey.height, grey: sha256(grey) }, expected[index], `file ${index}`);
  }
});

test('decodeGrey() refuses what is no whole film, with the reason', async () => {
  const jpeg = await colour().jpeg().toBuffer();
  const png = await colour().png().toBuffer();
  const damaged = Buffer.from(png);
  damaged[png.length >> 1] = damaged[png.length >> 1]! ^ 0xff;
  const one = await sharp({ create: { width: 1, height: 1, channels: 3, background: '#888' } }).png().toBuffer();
  // Only its header says so: whoever believed it would ask for 300 MB.
  const huge = Buffer.from(png);
  huge.writeUInt32BE(20_000, 16);
  huge.writeUInt32BE(5_001, 20);
  huge.writeUInt32BE(crc32(huge.subarray(12, 29)), 29);
  const cases: readonly [name: string, bytes: Uint8Array, reason: RegExp][] = [
    ['empty', new Uint8Array(), /^it is empty$/],
    ['text', Buffer.from('Path,Sex,Age\n'), /^it is not a JPEG, PNG, GIF, WebP or TIFF picture$/],
    ['vector', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), /^it is not a JPEG/],
    ['1 x 1', one, /^it has only 1 x 1 pixels; a film has at least 8 on a side$/],
    ['huge', huge, /^it has more than 100 million pixels$/],
    ['JPEG cut in its pixels', jpeg.subarray(0, jpeg.length * 0.7), /^it is cut short: a JPEG without its end$/],
    ['JPEG cut in its pixels, then closed', Buffer.concat([jpeg.subarray(0, jpeg.length * 0.7), Buffer.from([0xff, 0xd9])]), /^it is a damaged or cut JPEG: /],
    ['JPEG without its last marker', jpeg.subarray(0, -2), /^it is cut short/],
    ['JPEG cut in its header', jpeg.subarray(0, 30), /^it is cut short/],
    ['JPEG of markers alone', Buffer.from([0xff, 0xd8, 0xff, 0xd9]), /^it is a damaged or cut JPEG: /],
    ['PNG cut', png.subarray(0, png.length * 0.7), /^it is a damaged or cut PNG: /],
    ['PNG damaged', damaged, /^it is a damaged or cut PNG: /],
    ['PNG signature alone', png.subarray(0, 8), /^it is a damaged or cut PNG: /],
  ];
  for (const [name, bytes, reason] of cases) {
    await assert.rejects(decode(bytes), (error) => error instanceof ImageError && reason.test(error.message) && !error.message.includes('\n'), name);
  }
});

test('decodeGrey() reads a JPEG with bytes after its end', async () => {
  const jpeg = await colour().jpeg().toBuffer();
  assert.deepEqual(await decode(Buffer.concat([jpeg, Buffer.alloc(64)])), await decode(jpeg));
});

test('decodeRecordImage() gives back the pixels of encodePng(), and nearly those of encodeJpeg()', async () => {
  const film = seededPicture(64, 48, 2);
  assert.deepEqual(await decodeRecordImage(await encodePng(film)), film);
  const read = await decodeRecordImage(encodeJpeg(film, 95));
  assert.deepEqual([read.width, read.height], [64, 48]);
  assert.ok(meanDifference(read, (at) => film.pixels[at]!) < 3);
});

test('encodePng() and encodeJpeg() make greyscale files', async () => {
  const film = seededPicture(64, 48, 2);
  for (const file of [await encodePng(film), encodeJpeg(film, 90)]) {
    const { channels, space } = await sharp(file).metadata();
    assert.deepEqual({ channels, space }, { channels: 1, space: 'b-w' });
  }
});
