import jpegTurbo from '@julusian/jpeg-turbo';
import sharp from 'sharp';
import { decodePlainJpeg } from './decode-plain-jpeg.ts';
import { printInks, toGrey, type Grey, type Samples } from './grey.ts';
import { readJpegHeader } from './jpeg-header.ts';
import { greyOf, planeOf, scratch, type Plane } from './kernel-memory.ts';
import type { Size } from './resize.ts';

/** Films have at least this many pixels on each side. */
const leastSide = 8;
/** Larger pictures are no films; decoding one would take the memory of many. */
const mostPixels = 100_000_000;

// One film a thread at a time: libvips's own threads and its cache would only cost.
sharp.concurrency(1);
sharp.cache(false);

/** The bytes are no picture that can be used as a film; the message is the reason, without the path. */
export class ImageError extends Error {
  constructor(reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.name = 'ImageError';
  }
}

/**
 * A film as a person sees it: first page, EXIF rotation applied, 16 bits cut to 8, colour to grey, transparent over
 * black. JPEG, PNG, GIF, WebP and TIFF. What is opaque equals OpenCV's `cvtColor(imread(COLOR), BGR2GRAY)`, which takes
 * the exact inverse cosine transform: jpeg-turbo's binding has only the fast one, up to 6 grey values off. So the plainest
 * JPEG files are decoded by our own kernels, and all others by libvips, which takes four times as long for a small film.
 * Throws ImageError: empty, cut short, not a picture, below 8 pixels on a side, above 100 million pixels.
 */
export function decodeGrey(bytes: Uint8Array): Promise<Grey> {
  return withFilm(bytes, greyOf);
}

/** The result of the work on a film, as `decodeGrey` has it, in the kernels' memory. */
export async function withFilm<Result>(bytes: Uint8Array, work: (film: Plane) => Result): Promise<Result> {
  const format = formatOf(bytes);
  const workOn = (film: Plane) => {
    demandSides(film);
    return work(film);
  };
  const done = scratch(() => {
    const film = format === 'JPEG' ? decodePlainJpeg(bytes) : null;
    return film === null ? null : { result: workOn(film) };
  });
  if (done !== null) return done.result;
  const samples = await decodeSamples(bytes, format);
  return scratch(() => workOn(planeOf(toGrey(samples))));
}

function demandSides({ width, height }: Size): void {
  if (Math.min(width, height) >= leastSide) return;
  throw new ImageError(`it has only ${width} x ${height} pixels; a film has at least ${leastSide} on a side`);
}

/**
 * What `encodeJpeg` or `encodePng` made, the JPEG by the fast transform: six times as fast as the exact one, at an error of
 * 43 dB instead of 46 at quality 95. Training reads a record many times, and the same bytes always give the same pixels.
 */
export async function decodeRecordImage(bytes: Uint8Array): Promise<Grey> {
  if (formatOf(bytes) !== 'JPEG') return decodeGrey(bytes);
  const { data, width, height } = jpegTurbo.decompressSync(bufferOf(bytes), { format: jpegTurbo.FORMAT_GRAY });
  return { width, height, pixels: new Uint8Array(data) };
}

/** Greyscale PNG, 8 bits. */
export async function encodePng({ width, height, pixels }: Grey): Promise<Uint8Array<ArrayBuffer>> {
  const png = sharp(pixels, { raw: { width, height, channels: 1 } }).toColourspace('b-w').png();
  return new Uint8Array(await png.toBuffer());
}

const formats = [
  { name: 'JPEG', start: [0xff, 0xd8, 0xff] },
  { name: 'PNG', start: [0x89, 0x50, 0x4e, 0x47] },
  { name: 'GIF', start: [0x47, 0x49, 0x46, 0x38] },
  { name: 'WebP', start: [0x52, 0x49, 0x46, 0x46] },
  { name: 'TIFF', start: [0x49, 0x49, 0x2a, 0x00] },
  { name: 'TIFF', start: [0x4d, 0x4d, 0x00, 0x2a] },
] as const;
type Format = (typeof formats)[number]['name'];

function formatOf(bytes: Uint8Array): Format {
  if (bytes.length === 0) throw new ImageError('it is empty');
  const found = formats.find(({ start }) => start.every((byte, at) => bytes[at] === byte));
  if (found === undefined) throw new ImageError('it is not a JPEG, PNG, GIF, WebP or TIFF picture');
  return found.name;
}

async function decodeSamples(bytes: Uint8Array, format: Format): Promise<Samples> {
  const jpeg = format === 'JPEG' ? readJpegHeader(bytes) : null;
  if (jpeg !== null && !jpeg.isClosed) throw new ImageError('it is cut short: a JPEG without its end');
  const space = jpeg?.components === 1 ? 'b-w' : jpeg?.components === 4 ? 'cmyk' : 'srgb';
  const { data, info } = await decodeRaw(bytes, { format, space });
  const { width, height } = info;
  const values = new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
  // libvips takes all inks for inverted; only Adobe's are.
  if (space === 'cmyk') return printInks(width, height, jpeg?.isAdobe === true ? values : values.map((ink) => 255 - ink));
  return { width, height, channels: info.channels as Samples['channels'], values };
}

async function decodeRaw(bytes: Uint8Array, { format, space }: { format: Format; space: string }) {
  const picture = sharp(bytes, {
    // A JPEG that ends early is only a warning to libjpeg, which paints the rest grey; PNG warns of harmless profiles.
    failOn: format === 'JPEG' ? 'warning' : 'error',
    limitInputPixels: mostPixels,
    // Values count as they stand, as in OpenCV.
    ignoreIcc: true,
  });
  try {
    // Unless told otherwise sharp takes inks through RGB and back.
    if (space === 'cmyk') picture.pipelineColourspace(space);
    return await picture.autoOrient().toColourspace(space).raw().toBuffer({ resolveWithObject: true });
  } catch (error) {
    throw new ImageError(reasonOf(error, format), { cause: error });
  }
}

function reasonOf(error: unknown, format: Format): string {
  const message = error instanceof Error ? error.message.replaceAll(/\s+/g, ' ').trim() : String(error);
  if (/pixel limit/i.test(message)) return `it has more than ${mostPixels / 1e6} million pixels`;
  return `it is a damaged or cut ${format}: ${message}`;
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
