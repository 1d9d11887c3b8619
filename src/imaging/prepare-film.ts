import type { ClaheSettings } from './clahe.ts';
import { clahe } from './clahe.ts';
import { decodeGrey, encodePng } from './codec.ts';
import { encodeJpeg } from './encode-jpeg.ts';
import { variantOf, type FlipCode } from './flip.ts';
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

/** The square, in one of its `variants`, as it stands in a record. */
export async function encodeFilm(square: Grey, { encoding, quality }: FilmSettings, variant: FlipCode | null = null): Promise<Uint8Array<ArrayBuffer>> {
  return encoding === 'Jpeg' ? encodeJpeg(square, quality, variant) : encodePng(variantOf(square, variant));
}
