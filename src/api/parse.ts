/** Unknown input to a ChexTraining, or all of its faults at once, each with its path and the nearest right word. */
import { z } from 'zod';
import type { Fault } from './describe-fault.ts';
import { describeFault } from './describe-fault.ts';
import { brokenRules, rulesBeside } from './judge-rules.ts';
import { clusterRules, isWithinRun, namePattern, nameRule, specRules } from './rules.ts';
import type { TrainingSpec } from './schema.ts';
import { apiVersion, kind, specSchema } from './schema.ts';

export interface Issue {
  /** `spec.preprocess.size`, `spec.autoencoders.overrides[2].epochs`. */
  readonly path: string;
  readonly message: string;
}

/** What a user wrote, with every default filled in; who it is (uid) only a cluster or a run knows. */
export interface ParsedTraining {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: TrainingSpec;
}

export type Parsed = { readonly ok: true; readonly training: ParsedTraining } | { readonly ok: false; readonly issues: readonly Issue[] };

/** It is a folder of the run, too: nothing in it may lead elsewhere. */
const namespacePattern = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

const documentSchema = z.strictObject({
  apiVersion: z.literal(apiVersion),
  kind: z.literal(kind),
  metadata: z.looseObject({ name: z.string().regex(namePattern, nameRule.message), namespace: z.string().regex(namespacePattern, 'must be a DNS label of at most 63 characters: lower-case letters, digits and -').default('default') }),
  spec: specSchema,
  /** What `kubectl get -o yaml` adds; nothing here reads it. */
  status: z.unknown().optional(),
});

/** Where the training is to run: a cluster cannot read file:// URIs. */
export type Place = 'cluster' | 'machine';

/** Parses a resource as a YAML reader gives it. Never throws on bad input. */
export function parseTraining(input: unknown, place: Place = 'machine'): Parsed {
  const rules = place === 'cluster' ? [...specRules, ...clusterRules] : specRules;
  const parsed = documentSchema.safeParse(input, { reportInput: true });
  if (!parsed.success) {
    const faults = parsed.error.issues.flatMap((issue) => describeFault(issue, documentSchema));
    const meant = faults.flatMap((fault) => fault.meant ?? []);
    return { ok: false, issues: [...toldOnce(faults, meant), ...rulesBeside(input, { rules, meant })] };
  }
  const { metadata, spec } = parsed.data;
  const issues = brokenRules(spec, rules);
  if (isWithinRun(spec, metadata)) issues.push({ path: 'spec.dataset.uri', message: `lies within the run's own folder, <output.uri>/${metadata.namespace}/${metadata.name}/, where files are replaced: give one of them another place` });
  if (issues.length > 0) return { ok: false, issues };
  return { ok: true, training: { metadata: { name: metadata.name, namespace: metadata.namespace }, spec } };
}

/** A required field that is missing because it is misspelt is told as misspelt alone. */
function toldOnce(faults: readonly Fault[], meant: readonly string[]): Issue[] {
  return faults.filter(({ isMissing, path }) => !isMissing || !meant.includes(path)).map(({ path, message }) => ({ path, message }));
}
