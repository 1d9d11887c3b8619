import type { KubeObject } from './store.ts';

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/** The object without what is large and nobody here reads: who manages which field, and what kubectl last applied. */
export function trim<T extends KubeObject>(object: T): T {
  // Built anew and not deleted from: Node keeps objects with deleted fields in a larger and slower form.
  const { managedFields: _, ...metadata }: KubeObject['metadata'] & { readonly managedFields?: unknown } = object.metadata;
  if (metadata.annotations?.[lastApplied] === undefined) return { ...object, metadata };
  const { [lastApplied]: __, ...annotations } = metadata.annotations;
  return { ...object, metadata: { ...metadata, annotations } };
}
