import assert from 'node:assert/strict';
import { test } from 'node:test';
import sharp, { type JpegOptions } from 'sharp';
import { decodePlainJpeg } from '../../src/imaging/decode-plain-jpeg.ts';
import { encodeJpeg } from '../../src/imaging/encode-jpeg.ts';
import type { Grey } from '../../src/imaging/grey.ts';
import { greyOf, scratch } from '../../src/imaging/kernel-memory.ts';
import { seededPicture } from './seeded-picture.ts';

function decode(bytes: Uint8Array): Grey | null {
  return scratch(() => {
    const film = decodePlainJpeg(bytes);
    return film === null ? null : greyOf(film);
  });
}

/** By libjpeg-turbo, with its exact transform. */
async function decodeBySharp(bytes: Uint8Array): Promise<Buffer> {
  return sharp(bytes).toColourspace('b-w').raw().toBuffer();
}

async function assertEqual(bytes: Uint8Array, { width, height }: Pick<Grey, 'width' | 'height'>, message: string): Promise<void> {
  const read = decode(bytes);
  assert.ok(read !== null, message);
  assert.deepEqual([read.width, read.height], [width, height], message);
  assert.equal(Buffer.compare(Buffer.from(read.pixels), await decodeBySharp(bytes)), 0, message);
}

function greyJpeg({ width, height, pixels }: Grey, options: JpegOptions): Promise<Buffer> {
  return sharp(pixels, { raw: { width, height, channels: 1 } }).toColourspace('b-w').jpeg(options).toBuffer();
}

test('decodePlainJpeg() has the pixels of libjpeg-turbo at every quality, of noise and of bands', async () => {
  for (let quality = 1; quality <= 100; quality += 1) {
    const film = seededPicture(40 + (quality % 17), 33 + (quality % 13), quality);
    await assertEqual(encodeJpeg(film, quality), film, `quality ${quality}`);
  }
});

test('decodePlainJpeg() has the pixels of libjpeg-turbo at every size around a block, and of a film in full size', async () => {
  for (const [width, height] of [[1, 1], [7, 9], [8, 8], [9, 7], [16, 15], [17, 16], [1, 300], [300, 1], [2828, 2320]] as const) {
    const film = seededPicture(width, height, width + height);
    await assertEqual(encodeJpeg(film, 90), film, `${width} x ${height}`);
  }
});

test('decodePlainJpeg() reads codes made for the one film, quanta below 8 and extremes side by side', async () => {
  const checks = { width: 64, height: 64, pixels: Uint8Array.from({ length: 64 * 64 }, (_, at) => ((at + (at >> 6)) % 2) * 255) };
  const film = seededPicture(123, 77, 4);
  for (const quality of [5, 60, 100]) {
    await assertEqual(await greyJpeg(film, { quality, optimizeCoding: true }), film, `bands, ${quality}`);
    await assertEqual(await greyJpeg(checks, { quality, optimizeCoding: true }), checks, `checks, ${quality}`);
    await assertEqual(await greyJpeg(checks, { quality, optimizeCoding: false }), checks, `checks, common codes, ${quality}`);
  }
});

test('decodePlainJpeg() leaves other kinds of JPEG alone', async () => {
  const film = seededPicture(64, 48, 2);
  const colour = sharp(Buffer.alloc(64 * 48 * 3, 90), { raw: { width: 64, height: 48, channels: 3 } });
  const others = {
    progressive: await greyJpeg(film, { progressive: true }),
    colour: await colour.jpeg().toBuffer(),
    turned: await sharp(encodeJpeg(film, 90)).withMetadata({ orientation: 6 }).jpeg().toBuffer(),
    nothing: Buffer.alloc(0),
    'not a JPEG': Buffer.from('Path,Sex,Age\n'),
  };
  for (const [name, file] of Object.entries(others)) assert.equal(decode(file), null, name);
});

test('decodePlainJpeg() takes nothing for a film that libjpeg would warn of', async () => {
  const film = seededPicture(64, 48, 2);
  const whole = encodeJpeg(film, 90);
  for (let length = 0; length < whole.length; length += 1) assert.equal(decode(whole.subarray(0, length)), null, `${length} bytes of it`);
  const rest = Buffer.concat([whole.subarray(0, -2), Buffer.from([1, 2, 3]), whole.subarray(-2)]);
  assert.equal(decode(rest), null, 'bits too many');
  await assertEqual(Buffer.concat([whole, Buffer.alloc(64)]), film, 'bytes after the end do not matter');
});

test('decodePlainJpeg() has the pixels of libjpeg-turbo of whatever it takes, whichever bit is wrong', async () => {
  let taken = 0;
  for (const seed of [1, 2, 3]) {
    const whole = encodeJpeg(seededPicture(24, 24, seed), seed * 12);
    // From the first table on: libvips warns of an unknown revision of JFIF before it, which says nothing of the pixels.
    for (let bit = whole.indexOf(0xdb) * 8; bit < whole.length * 8; bit += 3) {
      const wrong = Buffer.from(whole);
      wrong[bit >> 3]! ^= 1 << bit % 8;
      const read = decode(wrong);
      if (read === null) continue;
      taken += 1;
      const expected = await sharp(wrong, { failOn: 'warning' }).toColourspace('b-w').raw().toBuffer();
      assert.equal(Buffer.compare(Buffer.from(read.pixels), expected), 0, `seed ${seed}, bit ${bit}`);
    }
  }
  assert.ok(taken > 1000, 'most wrong bits make other pixels, not a broken file');
});
