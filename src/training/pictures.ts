import { encodePng } from '../imaging/codec.ts';

/** A PNG of a film, uint8 [size, size]. */
export function filmPicture(pixels: Uint8Array, size: number): Promise<Uint8Array> {
  return encodePng({ width: size, height: size, pixels: new Uint8Array(pixels) });
}

/** A PNG of a reconstruction, float32 [size, size, 3]: the mean of its channels, clipped to 0 to 1. */
export function reconstructionPicture(values: Float32Array, size: number): Promise<Uint8Array> {
  const pixels = Uint8Array.from({ length: size * size }, (_, pixel) => {
    const at = pixel * 3;
    const grey = ((values[at] ?? 0) + (values[at + 1] ?? 0) + (values[at + 2] ?? 0)) / 3;
    return Math.round(255 * Math.min(1, Math.max(0, grey)));
  });
  return encodePng({ width: size, height: size, pixels });
}
