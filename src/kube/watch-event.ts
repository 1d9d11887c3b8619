import { failed } from './api-fault.ts';
import type { Shape } from './project.ts';
import { project } from './project.ts';
import type { KubeObject } from './store.ts';

/** A line of a watch. A BOOKMARK has nothing but the version that has been reached. */
export interface WatchEvent<T extends KubeObject> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  readonly object: T;
}

/** Throws the ApiFault that an ERROR event tells, or an Error for what is no event. */
export function parseWatchEvent<T extends KubeObject>(line: unknown, { path, shape }: { path: string; shape: Shape<T> }): WatchEvent<T> {
  const { type, object } = line as { type?: string; object?: T };
  if (type === 'ERROR') throw failed({ method: 'watch', path, server: 'the API server' }, object);
  const isKnown = type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED' || type === 'BOOKMARK';
  if (!isKnown || typeof object?.metadata?.resourceVersion !== 'string') {
    throw new Error(`Cannot watch ${path}: the API server sends what is no event: ${JSON.stringify(line).slice(0, 100)}`);
  }
  return { type, object: project(object, shape) };
}
