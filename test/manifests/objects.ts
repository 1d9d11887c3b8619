import { parseAllDocuments } from 'yaml';

/** Objects of a manifest, of no certain kind. */
export interface Objects {
  /** `Kind name`, or `Kind namespace/name`, sorted. */
  readonly names: readonly string[];
  /** The one of this kind and name. Throws an Error when there is none, or more than one. */
  one<T>(kind: string, name: string): T;
}

export interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

export interface Selector {
  readonly matchLabels: Readonly<Record<string, string>>;
}

export interface Deployment {
  readonly spec: {
    readonly replicas: number;
    readonly selector: Selector;
    readonly template: {
      readonly metadata: { readonly labels: Readonly<Record<string, string>> };
      readonly spec: {
        readonly serviceAccountName: string;
        readonly automountServiceAccountToken: boolean;
        readonly imagePullSecrets?: unknown;
        readonly securityContext: Readonly<Record<string, unknown>>;
        readonly containers: readonly OperatorContainer[];
      };
    };
  };
}

interface OperatorContainer {
  readonly image: string;
  readonly args: readonly string[];
  readonly ports: unknown;
  readonly livenessProbe: { readonly httpGet: unknown };
  readonly readinessProbe: { readonly httpGet: unknown };
  readonly securityContext: unknown;
}

export interface NetworkPolicy {
  readonly metadata: { readonly namespace: string };
  readonly spec: {
    readonly podSelector: Selector;
    readonly egress: readonly { readonly to?: readonly { readonly podSelector: Selector }[]; readonly ports: readonly { readonly port: number | string }[] }[];
  };
}

interface KubernetesObject {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** Of the text of a manifest. Throws an Error when it is no YAML. */
export function objectsOf(text: string): Objects {
  const objects = parseAllDocuments(text).flatMap((document) => {
    const [fault] = 'errors' in document ? document.errors : [];
    if (fault !== undefined) throw fault;
    const object = document.toJS() as KubernetesObject | null;
    return object === null ? [] : [object];
  });
  return {
    names: objects.map(({ kind, metadata: { name, namespace } }) => `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`).sort(),
    one: <T>(kind: string, name: string): T => {
      const [found, ...others] = objects.filter((object) => object.kind === kind && object.metadata.name === name);
      if (found === undefined || others.length > 0) throw new Error(`${others.length + (found === undefined ? 0 : 1)} objects are ${kind} ${name}`);
      return found as T;
    },
  };
}
