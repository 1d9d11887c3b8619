/** What kubeconform reads of an object. */
interface Schema {
  type?: string;
  format?: string;
  properties?: Record<string, Schema>;
  items?: Schema;
  additionalProperties?: Schema | boolean;
  oneOf?: Schema[];
  $ref?: string;
  'x-kubernetes-group-version-kind'?: readonly { readonly group: string; readonly kind: string; readonly version: string }[];
}

/**
 * JSON schemas from Kubernetes' own OpenAPI description (swagger.json of its sources): a file for each kind by the name that
 * kubeconform asks for, and the definitions that they share. Fields that nobody knows are refused.
 */
export function kubernetesSchemas({ definitions }: { readonly definitions: Readonly<Record<string, Schema>> }): Map<string, unknown> {
  const files = new Map<string, unknown>([['definitions.json', { definitions: Object.fromEntries(Object.entries(definitions).map(([name, schema]) => [name, strict(schema)])) }]]);
  for (const [name, { 'x-kubernetes-group-version-kind': kinds = [] }] of Object.entries(definitions)) {
    const [first] = kinds;
    if (first === undefined || kinds.length > 1) continue;
    const { group, version, kind } = first;
    const suffix = [...(group === '' ? [] : [group.split('.')[0] ?? '']), version].join('-');
    files.set(`${kind.toLowerCase()}-${suffix}.json`, { $ref: `definitions.json#/definitions/${name}` });
  }
  return files;
}

function strict(schema: Schema): Schema {
  const { properties, items, additionalProperties, ...rest } = schema;
  if (rest.format === 'int-or-string') return { oneOf: [{ type: 'string' }, { type: 'integer' }] };
  return {
    ...rest,
    ...(properties === undefined ? {} : { properties: Object.fromEntries(Object.entries(properties).map(([name, inner]) => [name, strict(inner)])), additionalProperties: false }),
    ...(items === undefined ? {} : { items: strict(items) }),
    ...(additionalProperties === undefined ? {} : { additionalProperties: typeof additionalProperties === 'boolean' ? additionalProperties : strict(additionalProperties) }),
  };
}
