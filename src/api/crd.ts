/** The schema as a CustomResourceDefinition: structural OpenAPI v3, defaults, CEL rules, columns. */
import { z } from 'zod';
import { nameRule, specRules } from './rules.ts';
import { explained } from './explain.ts';
import { frozenRules } from './frozen.ts';
import { apiVersion, group, kind, specSchema } from './schema.ts';

type Json = Record<string, unknown>;

/** The CRD of ChexTraining, ready to be written as YAML. */
export function customResourceDefinition(): Json {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `chextrainings.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind, listKind: `${kind}List`, plural: 'chextrainings', singular: 'chextraining', shortNames: ['cxt'], categories: ['chex'] },
      versions: [
        {
          name: apiVersion.split('/')[1],
          served: true,
          storage: true,
          subresources: { status: {} },
          additionalPrinterColumns: columns,
          schema: { openAPIV3Schema: rootSchema() },
        },
      ],
    },
  };
}

function rootSchema(): Json {
  return {
    type: 'object',
    description: 'A training of chest X-ray models: catalog, preprocessing, one autoencoder for each observation, a combined model and a report.',
    required: ['spec'],
    properties: {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: { type: 'object' },
      spec: explained(specOpenApi()),
      status: {
        type: 'object',
        description: 'What the operator knows; written by it alone.',
        'x-kubernetes-preserve-unknown-fields': true,
        // Rules may name declared fields only: the API server refuses the definition otherwise.
        properties: { startTime: { type: 'string', description: 'When the first Job was about to be created; most of spec is frozen from then on.' } },
      },
    },
    'x-kubernetes-validations': [{ rule: nameRule.cel, message: `metadata.name ${nameRule.message}` }, ...frozenRules()],
  };
}

/** The schema of `spec` alone. */
export function specOpenApi(): Json {
  const schema = structural(z.toJSONSchema(specSchema, { target: 'openapi-3.0', io: 'input', unrepresentable: 'throw' }) as Json);
  return {
    ...schema,
    description: 'What is to be trained. Once started it is frozen, except the fields that say so.',
    'x-kubernetes-validations': specRules.map(({ path, cel, message }) => ({ rule: cel, message, fieldPath: `.${path}` })),
  };
}

/**
 * What zod writes, as Kubernetes wants it: no `$schema`, no `additionalProperties: false` (unknown fields are pruned or
 * refused by field validation), no `pattern` (it would be told as a regular expression; each has a rule with our words),
 * no bound of 2^53 that zod adds to every integer.
 */
function structural(schema: Json): Json {
  const { $schema: _, pattern: __, additionalProperties, ...rest } = schema;
  const isUnbounded = ([key, value]: [string, unknown]) => (key === 'maximum' || key === 'minimum') && Math.abs(Number(value)) === Number.MAX_SAFE_INTEGER;
  const result: Json = Object.fromEntries(Object.entries(rest).filter((entry) => !isUnbounded(entry)));
  if (isJson(additionalProperties)) result['additionalProperties'] = structural(additionalProperties);
  if (isJson(result['items'])) result['items'] = structural(result['items']);
  if (isJson(result['properties'])) {
    result['properties'] = Object.fromEntries(Object.entries(result['properties']).map(([key, value]) => [key, structural(value as Json)]));
  }
  return result;
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const columns = [
  { name: 'Stage', type: 'string', jsonPath: '.status.stage' },
  { name: 'Progress', type: 'string', jsonPath: '.status.progressPercent' },
  { name: 'Classes', type: 'string', jsonPath: '.status.classes' },
  { name: 'ETA', type: 'string', jsonPath: '.status.estimatedCompletionTime' },
  { name: 'Cost', type: 'string', jsonPath: '.status.cost.text' },
  { name: 'Budget', type: 'string', jsonPath: '.spec.budget.amount' },
  { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  { name: 'Failed', type: 'string', jsonPath: '.status.failed', priority: 1 },
  { name: 'Cap', type: 'integer', jsonPath: '.spec.autoencoders.maxParallel', priority: 1 },
  { name: 'Queue', type: 'string', jsonPath: '.status.queue', priority: 1 },
  { name: 'Message', type: 'string', jsonPath: '.status.message', priority: 1 },
];
