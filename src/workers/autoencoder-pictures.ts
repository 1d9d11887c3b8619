import type { Model } from '../engines/engine.ts';
import { batchesInOrder, readPixels } from '../training/batches.ts';
import type { EventLog } from '../training/event-log.ts';
import { filmPicture, reconstructionPicture } from '../training/pictures.ts';
import type { Splits } from './split-films.ts';

/** Films whose pictures go to TensorBoard. */
const loggedFilms = 3;

export interface Drawn {
  readonly model: Model;
  readonly films: Splits;
  /** Side of the films in pixels. */
  readonly size: number;
}

/** Originals once, since they stay the same; reconstructions after every epoch. */
export async function logPictures(events: EventLog, shown: Drawn & { epoch: number }): Promise<void> {
  const { model, size } = shown;
  const pairs = await drawPairs({ ...shown, count: loggedFilms });
  const values = pairs.flatMap(({ original, reconstruction }, index) => {
    const image = (tag: string, encoded: Uint8Array) => ({ kind: 'image' as const, tag: `${tag}/${index + 1}`, image: { height: size, width: size, channels: 1 as const, encoded } });
    return [...(shown.epoch === 1 ? [image('original', original)] : []), image('reconstruction', reconstruction)];
  });
  events.add(model.updates, values);
}

/** The first films and what the autoencoder makes of them, as PNG; validation films where there are any. */
export async function drawPairs({ model, films, size, count }: Drawn & { count: number }) {
  const from = films.valid.count > 0 ? films.valid : films.train;
  const [visits = []] = batchesInOrder(Math.min(count, from.count), count);
  const pixels = await readPixels(from, visits);
  const { reconstruction } = await model.predict({ image: pixels }, ['reconstruction']);
  const area = size * size;
  return Promise.all(
    visits.map(async (_, index) => ({
      original: await filmPicture(pixels.subarray(index * area, (index + 1) * area), size),
      reconstruction: await reconstructionPicture(reconstruction.subarray(index * area * 3, (index + 1) * area * 3), size),
    })),
  );
}
