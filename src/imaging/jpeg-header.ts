export interface JpegHeader {
  /** 1 = grey, 3 = colour, 4 = inks; null where no frame is found. */
  readonly components: number | null;
  /** Whether Adobe's marker is there: then inks are stored inverted, 0 = full. */
  readonly isAdobe: boolean;
  /** Whether the marker of the end is there. */
  readonly isClosed: boolean;
}

/** Walks the markers up to the frame (ITU T.81, annex B): `FF marker | u16 length | …`, the length counting itself. */
export function readJpegHeader(bytes: Uint8Array): JpegHeader {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isClosed = file.lastIndexOf(endOfImage) > 0;
  let isAdobe = false;
  let at = 2;
  while (at + 9 < file.length && file[at] === 0xff) {
    const marker = file.readUInt8(at + 1);
    if (isFrame(marker)) return { components: file.readUInt8(at + 9), isAdobe, isClosed };
    isAdobe ||= marker === 0xee && file.toString('latin1', at + 4, at + 9) === 'Adobe';
    // A marker may be preceded by any number of fill bytes.
    at += marker === 0xff ? 1 : 2 + file.readUInt16BE(at + 2);
  }
  return { components: null, isAdobe, isClosed };
}

const endOfImage = Buffer.from([0xff, 0xd9]);

/** SOF0 to SOF15 without the tables DHT, JPG and DAC among them. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}
