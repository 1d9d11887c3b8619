import type { ClaheSettings } from './clahe.ts';
import { clahe } from './clahe.ts';
import { decodeGrey, encodePng } from './codec.ts';
import { encodeJpegs, type EachEncoded } from './encode-jpeg.ts';
import { variantOf, type Variety } from './flip.ts';
import type { Grey } from './grey.ts';
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

/** A film's file to its square: resized, then equalised, in the order of the 2019 study's notebook. ImageError if unusable. */
export async function prepareFilm(bytes: Uint8Array, settings: FilmSettings): Promise<Grey> {
  const square = resize(await decodeGrey(bytes), { width: settings.size, height: settings.size });
  return settings.clahe === null ? square : clahe(square, settings.clahe);
}

/** The square in each of these variants, as it stands in a record. */
export async function encodeFilm<const Variants extends Variety>(square: Grey, { encoding, quality }: FilmSettings, variants: Variants): Promise<EachEncoded<Variants>> {
  if (encoding === 'Jpeg') return encodeJpegs(square, quality, variants);
  return (await Promise.all(variants.map((code) => encodePng(variantOf(square, code))))) as EachEncoded<Variants>;
}
