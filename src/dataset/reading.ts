import type { Storage } from '../storage/storage.ts';
import type { Film } from './films.ts';

/** Where a data set is read from. */
export interface Source {
  readonly storage: Storage;
  /** Folder of the data set, without a slash at the end. */
  readonly uri: string;
  /** Called every few thousand films with how many have been read; what it throws ends the reading. */
  readonly onFilms?: (count: number) => void;
}

/** What a data set holds, as its layout says, before anything is moved between the splits. */
export interface Reading {
  readonly layout: 'CheXpert' | 'ClassFolders';
  readonly train: readonly Film[];
  readonly valid: readonly Film[];
  readonly rejected: readonly Rejected[];
  /** sha256 of the tables' bytes, or of the class folders' sorted keys, sizes and ETags. */
  readonly dataDigest: string;
}

/** A row or file that is no film, and why. */
export interface Rejected {
  /** As the table or the listing has it. */
  readonly path: string;
  readonly reason: string;
}

/** A data set that cannot be used: a sentence for people; nothing but another data set helps. */
export class DatasetError extends Error {
  /** `Missing`: nothing of what was looked for is there. */
  readonly kind: 'Invalid' | 'Missing';
  constructor(kind: 'Invalid' | 'Missing', message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DatasetError';
    this.kind = kind;
  }
}

export const filmsBetweenCalls = 5_000;
