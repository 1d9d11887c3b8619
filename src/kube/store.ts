import type { ObjectMeta } from '../api/kubernetes.ts';

/** Any object of Kubernetes, as far as this folder looks into it. */
export interface KubeObject {
  readonly metadata: ObjectMeta;
}

/** A name and its namespace: what queues hold. */
export type ObjectKey = Pick<ObjectMeta, 'namespace' | 'name'>;

/** What happened to an object since it was last told of. A successor of the same name is another object: Deleted, then Added. */
export type Change<T> =
  | { readonly kind: 'Added' | 'Deleted'; readonly object: T }
  | { readonly kind: 'Updated'; readonly object: T; readonly previous: T };

/**
 * The last known objects of one kind, by name and by owner, filled by its reflector. Everybody else reads.
 */
export class Store<T extends KubeObject> {
  readonly #objects = new Map<string, T>();
  readonly #byOwner = new Map<string, Set<T>>();
  /** Key of a training to the version of what was last written for it, while that is not seen here. */
  readonly #written = new Map<string, bigint>();
  #version = 0n;

  /** Version up to which the cluster's changes are seen here; 0 before the first list. Versions grow over all kinds. */
  get version(): bigint {
    return this.#version;
  }

  get(key: ObjectKey): T | null {
    return this.#objects.get(textOf(key)) ?? null;
  }

  list(): readonly T[] {
    return [...this.#objects.values()];
  }

  /** Objects with an owner reference to this uid. */
  ownedBy(uid: string): readonly T[] {
    return [...(this.#byOwner.get(uid) ?? [])];
  }

  /** Notes that `resourceVersion` was written on behalf of a training: until it is seen here, `isBehind` says so. */
  waitFor(training: ObjectKey, resourceVersion: string): void {
    this.#forgetSeen();
    const key = textOf(training);
    // At the end of the map again, so that it stays nearly in the order of versions.
    this.#written.delete(key);
    this.#written.set(key, BigInt(resourceVersion));
  }

  /** Whether something written for a training is not seen here yet: a decision now would rest on what is no longer so. */
  isBehind(training: ObjectKey): boolean {
    return (this.#written.get(textOf(training)) ?? 0n) > this.#version;
  }

  /** Takes a whole list, and gives what it changes. */
  replace(objects: readonly T[], resourceVersion: string): Change<T>[] {
    const listed = new Set(objects.map(({ metadata }) => textOf(metadata)));
    const gone = this.list().filter(({ metadata }) => !listed.has(textOf(metadata)));
    const changes = [...gone.flatMap((object) => this.delete(object)), ...objects.flatMap((object) => this.put(object))];
    this.sawVersion(resourceVersion);
    return changes;
  }

  put(object: T): Change<T>[] {
    const previous = this.get(object.metadata);
    const { uid, resourceVersion } = object.metadata;
    if (previous !== null && previous.metadata.uid === uid && previous.metadata.resourceVersion === resourceVersion) return [];
    if (previous !== null) this.#take(previous);
    this.#objects.set(textOf(object.metadata), object);
    for (const owner of ownersOf(object)) this.#byOwner.set(owner, (this.#byOwner.get(owner) ?? new Set()).add(object));
    this.#sawObject(object);
    if (previous === null) return [{ kind: 'Added', object }];
    if (previous.metadata.uid === uid) return [{ kind: 'Updated', object, previous }];
    return [
      { kind: 'Deleted', object: previous },
      { kind: 'Added', object },
    ];
  }

  /** Takes an object away, in its last form; one that is not here changes nothing. */
  delete(object: T): Change<T>[] {
    this.#sawObject(object);
    const known = this.get(object.metadata);
    if (known === null || known.metadata.uid !== object.metadata.uid) return [];
    this.#take(known);
    return [{ kind: 'Deleted', object }];
  }

  /** The cluster has come so far without a change of these objects. */
  sawVersion(resourceVersion: string): void {
    const version = BigInt(resourceVersion);
    if (version > this.#version) this.#version = version;
  }

  #sawObject({ metadata: { resourceVersion } }: T): void {
    if (resourceVersion !== undefined) this.sawVersion(resourceVersion);
  }

  #take(object: T): void {
    this.#objects.delete(textOf(object.metadata));
    for (const owner of ownersOf(object)) {
      const owned = this.#byOwner.get(owner);
      owned?.delete(object);
      if (owned?.size === 0) this.#byOwner.delete(owner);
    }
  }

  /** Keeps the map as small as what is under way, also for trainings that nobody asks about again. */
  #forgetSeen(): void {
    for (const [key, version] of this.#written) {
      if (version > this.#version) return;
      this.#written.delete(key);
    }
  }
}

function textOf({ namespace, name }: ObjectKey): string {
  return `${namespace}/${name}`;
}

function ownersOf({ metadata }: KubeObject): string[] {
  return (metadata.ownerReferences ?? []).map(({ uid }) => uid);
}
