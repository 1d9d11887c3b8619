import { isMirroredBy, isUpsideDownBy, type Variety } from './flip.ts';
import type { Grey } from './grey.ts';
import { wordsOfCodes } from './jpeg-codes.ts';
import { coefficientCode, differenceCode, quantaOf, zigzag } from './jpeg-tables.ts';
import { bytesAt, kernels, planeOf, put, reserve, scratch, type Plane } from './kernel-memory.ts';

/** What a block may take before its stuffing, more than 64 codes of 27 bits, and what is written past the last. */
const bitsOfBlock = 256;
/** Values, pairs of them, and which are not 0, as assembly/encode-jpeg.ts has them. */
const blockBytes = 208;

const words = wordsOfCodes();
const [order, codes] = reserve(64, words.byteLength);
bytesAt(order, 64).set(Uint8Array.from(zigzag, (place) => place * 2));
put(codes, words);

/**
 * Greyscale JPEG, `quality` 1 to 100: the very bytes of OpenCV's `imencode('.jpg', …, [IMWRITE_JPEG_QUALITY, quality])`, which
 * are libjpeg's own, by the exact transform and the common Huffman codes. Throws RangeError for another quality.
 */
export function encodeJpeg(picture: Grey, quality: number): Uint8Array<ArrayBuffer> {
  const [file] = scratch(() => encodeJpegs(planeOf(picture), quality, [null]));
  return file;
}

/** A file of each variant. */
export type EachEncoded<Variants extends Variety> = { [Index in keyof Variants]: Uint8Array<ArrayBuffer> };

/**
 * A picture in each of these variants, as `encodeJpeg` makes them of the flipped pictures: in less time, since a variant
 * upside down has the same rows.
 */
export function encodeJpegs<const Variants extends Variety>(picture: Plane, quality: number, variants: Variants): EachEncoded<Variants> {
  return scratch(() => encodeEach(picture, formOf(quality), variants) as unknown as EachEncoded<Variants>);
}

function encodeEach({ width, height, at }: Plane, { head, scales }: Form, variants: Variety): Uint8Array<ArrayBuffer>[] {
  const [across, down] = [Math.ceil(width / 8), Math.ceil(height / 8)];
  const [stride, rowBytes, repeated] = [across * 8, across * 16, down * 8 - height];
  const roomOfRows = (repeated + down * 8) * rowBytes;
  const [padded, plain, mirrored, scale, block, bits, target] = reserve(
    stride * down * 8, roomOfRows, roomOfRows, 64 * 4, across * blockBytes, across * bitsOfBlock, variants.length * (head.length + across * down * 2 * bitsOfBlock),
  );
  put(scale, scales);
  const transformInto = (room: number, isMirrored: boolean) => {
    kernels.turnOver(at, padded, width, height, stride, false, isMirrored);
    kernels.fillEdges(padded, width, height, stride, down * 8);
    const rows = room + repeated * rowBytes;
    kernels.transformRows(padded, across, down, block, rows);
    // Upside down the first row is the last one, and repeated.
    kernels.copyRows(rows, 0, room, rowBytes, repeated);
    return rows;
  };
  const plainRows = variants.some((code) => !isMirroredBy(code)) ? transformInto(plain, false) : null;
  const mirroredRows = variants.some(isMirroredBy) ? transformInto(mirrored, true) : null;
  let end = target;
  const places = variants.map((code) => {
    const start = end;
    const rows = (isMirroredBy(code) ? mirroredRows : plainRows) ?? 0;
    const [first, step] = isUpsideDownBy(code) ? [rows + (height - 1) * rowBytes, -rowBytes] : [rows, rowBytes];
    bytesAt(start, head.length).set(head);
    // u16 height | u16 width of the frame, which stands before the codes.
    new DataView(kernels.memory.buffer, start).setUint32(frameStart + 5, (height << 16) | width);
    end = kernels.encodeBlocks(first, step, across, down, scale, codes, order, block, bits + across * bitsOfBlock, start + head.length);
    return [start - target, end - target] as const;
  });
  // Copied as one: memory for each would take longer to find.
  const files = bytesAt(target, end - target).slice();
  return places.map(([from, to]) => files.subarray(from, to));
}

interface Form {
  /** All that comes before the scan; of the frame only the size is missing. */
  readonly head: Uint8Array;
  readonly scales: Float32Array;
}

/** Those of one quality after the other are made anew: a run has one. */
let form: (Form & { readonly quality: number }) | null = null;

function formOf(quality: number): Form {
  if (form?.quality === quality) return form;
  if (!(quality >= 1 && quality <= 100)) throw new RangeError(`Cannot encode a JPEG: its quality is ${quality}, and has to be from 1 to 100`);
  const quanta = quantaOf(quality);
  // Longer by less than what could matter, so that halves are rounded outwards as libjpeg does.
  form = { quality, head: headOf(quanta), scales: Float32Array.from(quanta, (quantum) => (1 + 2 ** -20) / (8 * quantum)) };
  return form;
}

/** ITU T.81, annex B, and JFIF 1.01: `FF marker | u16 length | …` each, the length counting itself. */
function headOf(quanta: Uint8Array): Uint8Array {
  const segments = [
    [0xe0, ...Buffer.from('JFIF\0'), 1, 1, 0, 0, 1, 0, 1, 0, 0],
    [0xdb, 0, ...zigzag.map((place) => quanta[place] ?? 0)],
    [0xc0, 8, 0, 0, 0, 0, 1, 1, 0x11, 0],
    [0xc4, 0x00, ...differenceCode.counts, ...differenceCode.symbols],
    [0xc4, 0x10, ...coefficientCode.counts, ...coefficientCode.symbols],
    [0xda, 1, 1, 0, 0, 63, 0],
  ];
  return Uint8Array.from([0xff, 0xd8, ...segments.flatMap(([marker = 0, ...content]) => [0xff, marker, (content.length + 2) >> 8, (content.length + 2) & 255, ...content])]);
}

/** Where the frame's marker is: after the start, JFIF's segment and the quanta. */
const frameStart = 2 + 18 + 69;
