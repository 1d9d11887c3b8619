import { homedir } from 'node:os';
import path from 'node:path';

export const kubeconformVersion = '0.7.0';
/** Whose OpenAPI description the schemas are made from: that of the test cluster. */
export const kubernetesVersion = '1.36.3';

const folder = path.join(homedir(), '.cache/chex/kubeconform', `${kubeconformVersion}-${kubernetesVersion}`);

/** Kept for the user, as helm is. Not there until `npm run build:oracles` has built it. */
export const kubeconform = path.join(folder, 'kubeconform');
export const kubeconformSchemas = path.join(folder, 'schemas');
