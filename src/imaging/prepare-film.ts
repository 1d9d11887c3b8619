import type { ClaheSettings } from './clahe.ts';
import { clahe } from './clahe.ts';
import { decodeGrey, encodePng } from './codec.ts';
import { encodeJpegs, type EachEncoded } from './encode-jpeg.ts';
import { variantOf, type Variety } from './flip.ts';
import type { Grey } from './grey.ts';
import { greyOf, planeOf, scratch, type Plane } from './kernel-memory.ts';
import { resize } from './resize.ts';

/** How films become pictures of the records. */
export interface FilmSettings {
  /** Side of the square in pixels. */
  readonly size: number;
  readonly clahe: ClaheSettings | null;
  readonly encoding: 'Jpeg' | 'Png';
  /** JPEG quality, 1 to 100. */
  readonly quality: number;
}

/**
 * A film's file to its square in each of these variants, as it stands in a record: resized, then equalised, in the order of the
 * 2019 study's notebook. ImageError if unusable.
 */
export async function prepareFilm<const Variants extends Variety>(bytes: Uint8Array, settings: FilmSettings, variants: Variants): Promise<EachEncoded<Variants>> {
  const film = await decodeGrey(bytes);
  const { encoding, quality } = settings;
  if (encoding === 'Jpeg') return scratch(() => encodeJpegs(squareOf(film, settings), quality, variants));
  const square = scratch(() => greyOf(squareOf(film, settings)));
  return (await Promise.all(variants.map((code) => encodePng(variantOf(square, code))))) as EachEncoded<Variants>;
}

function squareOf(film: Grey, { size, clahe: equalisation }: FilmSettings): Plane {
  const square = resize(planeOf(film), { width: size, height: size });
  return equalisation === null ? square : clahe(square, equalisation);
}
