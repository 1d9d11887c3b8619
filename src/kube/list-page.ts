import type { Shape } from './project.ts';
import { project } from './project.ts';
import type { KubeObject } from './store.ts';

export interface ListPage<T extends KubeObject> {
  readonly objects: readonly T[];
  /** Version of the cluster that the whole list shows. */
  readonly version: string;
  /** What asks for the next page; undefined on the last. */
  readonly next: string | undefined;
}

/** What the API sends, as far as we rely on it. */
interface ListAnswer<T> {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  readonly items: readonly T[] | null;
}

/** Throws an Error for an answer that is no list. */
export function parseListPage<T extends KubeObject>(answer: unknown, shape: Shape<T>): ListPage<T> {
  const { apiVersion, kind, metadata, items } = answer as ListAnswer<T>;
  if (typeof metadata?.resourceVersion !== 'string') throw new Error(`Cannot list objects: the API server sends what is no list: ${JSON.stringify(answer).slice(0, 100)}`);
  // Items of the built-in kinds lack what a watch's objects have; here both look the same.
  const type = { apiVersion, kind: kind.replace(/List$/, '') };
  return { objects: (items ?? []).map((item) => project<T>({ ...type, ...item }, shape)), version: metadata.resourceVersion, next: metadata.continue || undefined };
}
