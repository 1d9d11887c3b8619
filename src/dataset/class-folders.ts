import { createHash } from 'node:crypto';
import { closest } from 'fastest-levenshtein';
import { observations } from '../api/observations.ts';
import type { Observation } from '../api/observations.ts';
import type { Entry } from '../storage/storage.ts';
import { childUri, pathBelow } from '../storage/uri.ts';
import { patientIn, viewIn } from './film-path.ts';
import type { Film, Label } from './films.ts';
import { plainName } from './plain-name.ts';
import { DatasetError, filmsBetweenCalls } from './reading.ts';
import type { Reading, Rejected, Source } from './reading.ts';

/**
 * Reads `{train,valid}/<Observation>/*.{jpg,jpeg,png}`; null when there is nothing below train and valid. Files of one
 * name and size in several folders of a split are copies of one film with several labels; of one name and different
 * sizes, different films. The patient is the `patientNNNNN` in the name, else the name itself. A file that is no
 * picture by its name is rejected. Throws DatasetError for a folder that is no observation.
 */
export async function readClassFolders(source: Source): Promise<Reading | null> {
  const films = { train: new Map<string, Copies>(), valid: new Map<string, Copies>() };
  const rejected: Rejected[] = [];
  const digest = openDigest();
  for await (const file of listFiles(source)) {
    digest.add(file);
    const [split, folder, ...rest] = file.key.split('/');
    const fault = faultOf(file.key, rest);
    if (fault !== null) {
      rejected.push({ path: file.key, reason: fault });
      continue;
    }
    const name = rest.join('/');
    const observation = observationOf(source.uri, `${split}/${folder}`);
    const splitFilms = films[split === 'valid' ? 'valid' : 'train'];
    const identity = `${file.entry.sizeBytes} ${name}`;
    const copies = splitFilms.get(identity) ?? { name, keys: new Map() };
    copies.keys.set(observation, file.key);
    splitFilms.set(identity, copies);
  }
  if (digest.isEmpty()) return null;
  const filmsOf = (split: 'train' | 'valid') => Array.from(films[split].values(), filmOf);
  return { layout: 'ClassFolders', train: filmsOf('train'), valid: filmsOf('valid'), rejected, dataDigest: digest.digest() };
}

/** The digest that `readClassFolders` gives, from the listing alone. */
export async function digestClassFolders(source: Source): Promise<string | null> {
  const digest = openDigest();
  for await (const file of listFiles(source)) digest.add(file);
  return digest.isEmpty() ? null : digest.digest();
}

interface File {
  /** Below the folder of the data set. */
  readonly key: string;
  readonly entry: Entry;
}

/** The keys of one film by the observation in whose folder they lie. */
interface Copies {
  readonly name: string;
  readonly keys: Map<Observation, string>;
}

async function* listFiles(source: Source): AsyncGenerator<File> {
  let count = 0;
  for (const split of ['train', 'valid']) {
    for await (const entry of source.storage.list(childUri(source.uri, split))) {
      yield { key: pathBelow(source.uri, entry.uri), entry };
      count++;
      if (count % filmsBetweenCalls === 0) source.onFilms?.(count);
    }
  }
}

function faultOf(key: string, rest: readonly string[]): string | null {
  if (/(^|\/)\./.test(key)) return 'a hidden file';
  if (!/\.(jpe?g|png)$/i.test(key)) return 'not a picture by its name: .jpg, .jpeg and .png are read';
  if (rest.length === 0) return 'lies in no folder of an observation';
  return null;
}

function observationOf(uri: string, folder: string): Observation {
  const name = folder.split('/').at(-1) ?? '';
  const found = observations.find((observation) => plainName(observation) === plainName(name));
  if (found !== undefined) return found;
  const nearest = closest(name, observations);
  throw new DatasetError('Invalid', `Cannot read ${uri}/${folder}: it is named for no observation; rename or remove it. The nearest is ${nearest}`);
}

function filmOf({ name, keys }: Copies): Film {
  // The first copy in label order stands for all: which one a listing names first may differ between stores.
  const [path = name] = observations.flatMap((observation) => keys.get(observation) ?? []);
  return {
    path,
    patient: patientIn(name) ?? name,
    study: /study\d+/i.exec(name)?.[0] ?? '',
    view: viewIn(name.split('/').at(-1) ?? ''),
    projection: '',
    sex: '',
    age: null,
    labels: observations.map((observation): Label => (keys.has(observation) ? 1 : 0)),
  };
}

/** The digest does not depend on the order of the listing. */
function openDigest() {
  const lines: string[] = [];
  return {
    add: ({ key, entry }: File) => void lines.push(`${key}\0${entry.sizeBytes}\0${entry.etag}\n`),
    isEmpty: () => lines.length === 0,
    digest: () => createHash('sha256').update(lines.sort().join('')).digest('hex'),
  };
}
