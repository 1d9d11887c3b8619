import type { Random } from '../../random/random.ts';
import type { Canvas } from './canvas.ts';

const grain = 0.022;
const haze = 0.025;
const waves = 4;
/** Steps of the tone curve from black to the brightest value that is drawn. */
const tones = 2048;
const brightest = 1.25;

/** Exposes the film: haze of low frequency, contrast and brightness of the day, grain; then 8 bits a pixel. */
export function expose(canvas: Canvas, random: Random): Uint8Array<ArrayBuffer> {
  const { values } = canvas;
  const tone = drawTones(random);
  const clouds = drawClouds(canvas, random);
  // Values are rounded and kept within 0 to 255 on the way in.
  const pixels = new Uint8ClampedArray(values.length);
  for (let pixel = 0; pixel < pixels.length; pixel++) {
    const light = Math.min(brightest, Math.max(0, (values[pixel] ?? 0) + haze * (clouds[pixel] ?? 0)));
    const value = (tone[Math.round((light / brightest) * tones)] ?? 0) + grain * grainOf(random.next());
    pixels[pixel] = 255 * value;
  }
  return new Uint8Array(pixels.buffer);
}

function drawTones(random: Random): Float32Array {
  const [contrast, darkness] = [random.uniform(0.82, 1.05), random.uniform(0.85, 1.25)];
  return Float32Array.from({ length: tones + 1 }, (_, step) => contrast * ((step / tones) * brightest) ** darkness);
}

/** A sum of few waves, each of one to two periods over the film. */
function drawClouds({ width, height }: Canvas, random: Random): Float32Array {
  const clouds = new Float32Array(width * height);
  for (let wave = 0; wave < waves; wave++) {
    const [alongX, alongY, phase] = [random.uniform(-9, 9) / width, random.uniform(-9, 9) / height, random.uniform(0, 2 * Math.PI)];
    const sines = Float64Array.from({ length: width }, (_, column) => Math.sin(alongX * column));
    const cosines = Float64Array.from({ length: width }, (_, column) => Math.cos(alongX * column));
    for (let row = 0; row < height; row++) {
      // sin(a + b) = sin(a) cos(b) + cos(a) sin(b) saves a sine for each pixel.
      const [sine, cosine] = [Math.sin(alongY * row + phase), Math.cos(alongY * row + phase)];
      for (let column = 0; column < width; column++) {
        const pixel = row * width + column;
        clouds[pixel] = (clouds[pixel] ?? 0) + (sines[column] ?? 0) * cosine + (cosines[column] ?? 0) * sine;
      }
    }
  }
  return clouds;
}

// The four bytes of a draw, summed, are nearly normal; their sum deviates by 147.8 from its mean of 510.
function grainOf(drawn: number): number {
  return ((drawn & 255) + ((drawn >>> 8) & 255) + ((drawn >>> 16) & 255) + (drawn >>> 24) - 510) / 147.8;
}
