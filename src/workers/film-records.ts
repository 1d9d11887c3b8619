import { labelOf, observations, type Observation } from '../api/observations.ts';
import type { Film } from '../dataset/films.ts';
import type { Features } from '../tfrecord/example.ts';
import type { SetName } from './marker.ts';

/** What records say of a film, beside its picture. */
export type FilmOfRecords = Pick<Film, 'path' | 'patient' | 'labels'>;

interface Trained {
  /** Observations that get a set of their own. */
  readonly observations: readonly Observation[];
}

/** One record a picture to `all` and to the set of each observation that is trained and present, in the order of the pictures. */
export function filmRecords(film: FilmOfRecords, pictures: readonly Uint8Array[], trained: Trained): [set: SetName, record: Features][] {
  const positives = positivesOf(film);
  const sets = positives.filter((observation) => trained.observations.includes(observation));
  return pictures.flatMap((picture): [SetName, Features][] => [
    ['all', [...featuresOf(picture, positives[0]), ...originOf(film)]],
    ...sets.map((observation): [SetName, Features] => [observation, featuresOf(picture, observation)]),
  ]);
}

/** In label order. */
export function positivesOf(film: FilmOfRecords): Observation[] {
  return observations.filter((_, label) => film.labels[label] === 1);
}

/** The study's three features; a film without a finding has the label -1 and no name. */
function featuresOf(picture: Uint8Array, observation: Observation | undefined): Features {
  const label = observation === undefined ? -1 : labelOf(observation);
  return [['image', picture], ['label', Buffer.from(String(label))], ['classname', Buffer.from(observation ?? '')]];
}

function originOf(film: FilmOfRecords): Features {
  return [['labels', Uint8Array.from(film.labels)], ['patient', Buffer.from(film.patient)], ['path', Buffer.from(film.path)]];
}
