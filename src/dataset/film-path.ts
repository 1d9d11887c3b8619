import type { Film } from './films.ts';

/**
 * What the parts of a film's path below the data set say. The patient is the `patientNNNNN` in it; without one the
 * folder below the split where the film lies in `<split>/<patient>/<study>/`, and else the path itself, so that each
 * film is a patient of its own. The study is the `studyN` in it, or the folder of the film in such a tree, or empty.
 */
export function describePath(parts: readonly string[]): Pick<Film, 'path' | 'patient' | 'study' | 'view'> {
  const path = parts.join('/');
  const isTree = parts.length >= 4;
  return {
    path,
    patient: patientIn(path) ?? (isTree ? parts[1] : undefined) ?? path,
    study: /study\d+/i.exec(path)?.[0] ?? (isTree ? parts.at(-2) : undefined) ?? '',
    view: viewIn(parts.at(-1) ?? ''),
  };
}

/** `Frontal` or `Lateral`, from a cell of a table or a file name such as `view1_frontal.jpg`; empty where it says neither. */
export function viewIn(text: string): string {
  const [word] = /(?<![a-z])(frontal|lateral)(?![a-z])/i.exec(text) ?? [];
  return word === undefined ? '' : word.charAt(0).toUpperCase() + word.slice(1).toLowerCase();
}

/** The `patientNNNNN` in a path or file name, as a word of its own: `inpatient2020` is none. */
export function patientIn(path: string): string | undefined {
  return /(?<![a-z0-9])patient\d+/i.exec(path)?.[0];
}

/**
 * A table's path from its data set's folder on, which tables write from the folder (`train/…`) or from the folder's
 * parent (`CheXpert-v1.0-small/train/…`, whatever the folder is called here). Null where it leads out of the folder.
 */
export function partsBelow(folder: string, path: string): readonly string[] | null {
  const parts = path.split('/').filter((part) => part !== '.' && part !== '');
  if (path.startsWith('/') || parts.includes('..')) return null;
  const isFromParent = parts.length > 1 && !isSplit(parts[0]) && (isSplit(parts[1]) || parts[0] === folder);
  return isFromParent ? parts.slice(1) : parts;
}

function isSplit(part: string | undefined): boolean {
  return part === 'train' || part === 'valid';
}
