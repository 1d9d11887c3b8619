import { stringify } from 'yaml';
import { customResourceDefinition } from '../../src/api/crd.ts';

/** manifests/crd.yaml: the CRD alone. */
export function crdYaml(): string {
  return `# Generated from src/api by \`npm run generate\`.\n${stringify(customResourceDefinition(), { lineWidth: 0 })}`;
}
