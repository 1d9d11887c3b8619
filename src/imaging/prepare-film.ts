import type { ClaheSettings } from './clahe.ts';
import { clahe } from './clahe.ts';
import { encodePng, withFilm } from './codec.ts';
import { encodeJpegs, type EachEncoded } from './encode-jpeg.ts';
import { variantOf, type Variety } from './flip.ts';
import { greyOf, type Plane } from './kernel-memory.ts';
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
  if (settings.encoding === 'Jpeg') return withFilm(bytes, (film) => encodeJpegs(squareOf(film, settings), settings.quality, variants));
  const square = await withFilm(bytes, (film) => greyOf(squareOf(film, settings)));
  return (await Promise.all(variants.map((code) => encodePng(variantOf(square, code))))) as EachEncoded<Variants>;
}

function squareOf(film: Plane, { size, clahe: equalisation }: FilmSettings): Plane {
  const square = resize(film, { width: size, height: size });
  return equalisation === null ? square : clahe(square, equalisation);
}
