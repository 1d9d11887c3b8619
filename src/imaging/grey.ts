/**
 * imaging/ turns pixels into pixels: decode, resize, equalise, flip, encode, each bit for bit as OpenCV 5.0 does it
 * on x86-64. It knows neither files nor trainings, and only codec.ts touches the decoders.
 */

/** A picture of `height` rows of `width` bytes, 0 black to 255 white. */
export interface Grey {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array<ArrayBuffer>;
}

/** Decoded samples, 8 bits each, pixel after pixel: 1 = grey, 2 = grey and alpha, 3 = RGB, 4 = RGB and alpha. */
export interface Samples {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 2 | 3 | 4;
  readonly values: Uint8Array<ArrayBuffer>;
}

// Weights of red, green and blue in 1/32768, as OpenCV's cvtColor(BGR2GRAY) has them for bytes.
const red = 9798;
const green = 19235;
const blue = 3735;
const half = 1 << 14;

/** Colour to grey as `cvtColor(BGR2GRAY)`, then what is transparent over black. */
export function toGrey({ width, height, channels, values }: Samples): Grey {
  if (channels === 1) return { width, height, pixels: values };
  const pixels = new Uint8Array(width * height);
  const isColour = channels >= 3;
  const hasAlpha = channels === 2 || channels === 4;
  for (let pixel = 0, at = 0; pixel < pixels.length; pixel += 1, at += channels) {
    const first = values[at] ?? 0;
    const grey = isColour ? (first * red + (values[at + 1] ?? 0) * green + (values[at + 2] ?? 0) * blue + half) >> 15 : first;
    pixels[pixel] = hasAlpha ? Math.round((grey * (values[at + channels - 1] ?? 0)) / 255) : grey;
  }
  return { width, height, pixels };
}

/** Inks (cyan, magenta, yellow, black; 255 = full) on white paper as RGB, by the formula of OpenCV's JPEG reader. */
export function printInks(width: number, height: number, inks: Uint8Array): Samples {
  const values = new Uint8Array(width * height * 3);
  for (let at = 0, target = 0; target < values.length; at += 4, target += 3) {
    const paper = 255 - (inks[at + 3] ?? 0);
    for (let ink = 0; ink < 3; ink += 1) values[target + ink] = paper - (((inks[at + ink] ?? 0) * paper) >> 8);
  }
  return { width, height, channels: 3, values };
}
