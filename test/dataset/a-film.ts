import type { Film } from '../../src/dataset/films.ts';

/** A film without a finding, plus what a test overrides. */
export function aFilm(film: Partial<Film> = {}): Film {
  return {
    path: 'train/patient1/study1/view1_frontal.jpg',
    patient: 'patient1',
    study: 'study1',
    view: 'Frontal',
    projection: 'AP',
    sex: 'Female',
    age: 61,
    labels: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    ...film,
  };
}
