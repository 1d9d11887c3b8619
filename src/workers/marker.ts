import { z } from 'zod';
import { observations } from '../api/observations.ts';
import type { Storage } from '../storage/storage.ts';
import { isStorageError } from '../storage/storage.ts';

/** A set of records: one observation's positives, or all films of a shard. */
export const setNames = ['all', ...observations] as const;
export type SetName = (typeof setNames)[number];

/** Commit marker of a shard: written last, so its sets are whole as long as it stands. */
export const markerSchema = z.strictObject({
  /** Of the step that made the shard; empty once another step, or the same one anew, has begun to overwrite it. */
  digest: z.string(),
  run: z.int(),
  split: z.enum(['train', 'valid']),
  index: z.int(),
  of: z.int(),
  /** Films that could be read. */
  films: z.int(),
  /** Of these, films whose label is 1, by label. */
  images: z.array(z.int()).length(observations.length),
  /** Files of records by set; a set without records has none. The checksum is that of the whole file, 8 hex digits. */
  sets: z.partialRecord(z.enum(setNames), z.strictObject({ records: z.int(), sizeBytes: z.int(), crc32c: z.string() })),
  /** Films that could not be used; the path is relative to the data set. */
  rejected: z.array(z.strictObject({ path: z.string(), reason: z.string() })),
  /** The run of a step that ended because too many films were rejected, and took the word of this marker back. */
  refusedBy: z.string().optional(),
  seconds: z.number(),
});
export type Marker = z.output<typeof markerSchema>;

/** The shard's marker if a step with this digest committed it, else null. */
export async function readMarker(storage: Storage, uri: string, digest: string): Promise<Marker | null> {
  const found = await readFound(storage, uri);
  return found?.marker?.digest === digest ? found.marker : null;
}

/**
 * Commits a shard; where another worker was first with the same digest, its marker stays: their sets are the same bytes.
 * A marker of another digest is replaced.
 */
export async function commitMarker(storage: Storage, uri: string, marker: Marker): Promise<void> {
  await replaceMarker(storage, uri, (found) => (found?.marker?.digest === marker.digest ? null : marker));
}

/**
 * Takes the word back that a shard is whole, before its sets are overwritten: else work that stops half-way would leave
 * the old marker beside new sets. The rest of it stays for people to read. A marker of `digest` stays as it is: another
 * worker made the very same sets meanwhile.
 */
export async function revokeMarker(storage: Storage, uri: string, digest: string): Promise<void> {
  await replaceMarker(storage, uri, (found) => {
    if (found === null || found.marker?.digest === digest || found.marker?.digest === revoked) return null;
    return { ...found.marker, digest: revoked };
  });
}

/** Takes the word back because too many films of the whole step were rejected; `by` names the run that found it. */
export async function refuseMarker(storage: Storage, uri: string, by: string): Promise<void> {
  await replaceMarker(storage, uri, (found) => (found?.marker ? { ...found.marker, digest: revoked, refusedBy: by } : null));
}

/** The shard's marker if this very run has refused it, else null. */
export async function readRefusedMarker(storage: Storage, uri: string, by: string): Promise<Marker | null> {
  const found = await readFound(storage, uri);
  return found?.marker?.refusedBy === by ? found.marker : null;
}

const revoked = '';

interface Found {
  readonly etag: string;
  /** null where the content is no marker of this version. */
  readonly marker: Marker | null;
}

/** Writes what `decide` makes of the present marker (null = leave it), anew when another writer came between. */
async function replaceMarker(storage: Storage, uri: string, decide: (found: Found | null) => object | null): Promise<void> {
  for (;;) {
    const found = await readFound(storage, uri);
    const content = decide(found);
    if (content === null) return;
    try {
      const condition = found === null ? { ifNoneMatch: '*' as const } : { ifMatch: found.etag };
      await storage.write(uri, new TextEncoder().encode(`${JSON.stringify(content)}\n`), { ...condition, contentType: 'application/json' });
      return;
    } catch (error) {
      if (!isStorageError(error, 'PreconditionFailed')) throw error;
    }
  }
}

async function readFound(storage: Storage, uri: string): Promise<Found | null> {
  // The etag first: if the content changes between the two, the condition of a later write fails, as it should.
  const entry = await storage.head(uri);
  if (entry === null) return null;
  try {
    return { etag: entry.etag, marker: parseMarker(await storage.read(uri)) };
  } catch (error) {
    if (isStorageError(error, 'NotFound')) return null;
    throw error;
  }
}

function parseMarker(bytes: Uint8Array): Marker | null {
  try {
    return markerSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    return null;
  }
}
