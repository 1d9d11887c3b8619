/** Bad trainings: what is changed in a good one, and what must be said, at which path. */
import type { TrainingSpecInput } from '../../src/api/schema.ts';

type Change = Record<string, unknown>;

export interface BadTraining {
  readonly name: string;
  /** Fields of spec that replace the good ones, section by section. */
  readonly spec: Change;
  readonly path: string;
  readonly says: RegExp;
}

export const goodSpec = {
  dataset: { uri: 's3://hospital/CheXpert-v1.0-small' },
  output: { uri: 's3://hospital/runs' },
  combined: { backboneWeightsUri: 's3://hospital/inception_resnet_v2_notop.h5' },
} satisfies TrainingSpecInput;

/** Faults that the types and bounds of single fields catch. */
export const badFields: readonly BadTraining[] = [
  { name: 'a missing data set', spec: { dataset: {} }, path: 'spec.dataset.uri', says: /^is required: a string$/ },
  { name: 'a misspelt field that is required', spec: { dataset: { url: 's3://hospital/films' } }, path: 'spec.dataset.url', says: /^unknown field; did you mean uri\?$/ },
  { name: 'a misspelt field that a rule demands', spec: { combined: { backboneWeightUri: 's3://hospital/w.h5' } }, path: 'spec.combined.backboneWeightUri', says: /did you mean backboneWeightsUri\?/ },
  { name: 'a field without its value', spec: { seed: null }, path: 'spec.seed', says: /^has no value: write a number$/ },
  { name: 'a yes that YAML does not know', spec: { suspend: 'yes' }, path: 'spec.suspend', says: /^must be true or false, not "yes"$/ },
  { name: 'a section that is a list', spec: { preprocess: [] }, path: 'spec.preprocess', says: /^must be a map, not a list of 0$/ },
  { name: 'no success at all', spec: { autoencoders: { minSucceeded: 0 } }, path: 'spec.autoencoders.minSucceeded', says: /0 is too small: must be at least 1/ },
  { name: 'a misspelt observation', spec: { observations: ['Edmea'] }, path: 'spec.observations[0]', says: /did you mean Edema\?/ },
  { name: 'no observation', spec: { observations: [] }, path: 'spec.observations', says: /a list of 0 is too small: must be at least 1/ },
  { name: 'a misspelt field', spec: { preprocess: { sise: 224 } }, path: 'spec.preprocess.sise', says: /unknown field; did you mean size\?/ },
  { name: 'a misspelt section', spec: { autoencoder: {} }, path: 'spec.autoencoder', says: /did you mean autoencoders\?/ },
  { name: 'an enum in lower case', spec: { preprocess: { contrast: 'clahe' } }, path: 'spec.preprocess.contrast', says: /did you mean Clahe\?/ },
  { name: 'an enum far from all', spec: { combined: { backbone: 'DenseNet' } }, path: 'spec.combined.backbone', says: /must be one of InceptionResNetV2, Small, None/ },
  { name: 'films too small', spec: { preprocess: { size: 16 } }, path: 'spec.preprocess.size', says: /16 is too small: must be at least 32/ },
  { name: 'films too large', spec: { preprocess: { size: 2048 } }, path: 'spec.preprocess.size', says: /2048 is too large: must be at most 1024/ },
  { name: 'a seed beyond all integers', spec: { seed: 1e20 }, path: 'spec.seed', says: /^100000000000000000000 is too large: must be at most 2147483647$/ },
  { name: 'half a shard', spec: { preprocess: { shards: 1.5 } }, path: 'spec.preprocess.shards', says: /must be a whole number, not 1.5/ },
  { name: 'a seed in words', spec: { seed: 'x' }, path: 'spec.seed', says: /must be a number, not "x"/ },
  { name: 'a learning rate of 0', spec: { autoencoders: { learningRate: 0 } }, path: 'spec.autoencoders.learningRate', says: /must be more than 0/ },
  { name: 'an architecture the study has not', spec: { combined: { ...goodSpec.combined, architecture: 3 } }, path: 'spec.combined.architecture', says: /3 is not allowed: must be one of 1, 2/ },
  { name: 'a field of an override', spec: { autoencoders: { overrides: [{ observation: 'Edema', epoch: 3 }] } }, path: 'spec.autoencoders.overrides[0].epoch', says: /did you mean epochs\?/ },
  { name: 'a policy for a finding that does not exist', spec: { dataset: { ...goodSpec.dataset, uncertainByObservation: { Edma: 'Ones' } } }, path: 'spec.dataset.uncertainByObservation.Edma', says: /did you mean Edema\?/ },
  { name: 'a budget without quotes', spec: { budget: { amount: 5 } }, path: 'spec.budget.amount', says: /^must be a string, not 5: put quotes around it$/ },
  { name: 'an instance type without a letter', spec: { prices: { nodes: [{ instanceType: '', perHour: '1' }] } }, path: 'spec.prices.nodes[0].instanceType', says: /^is empty$/ },
  { name: 'nothing rejected by a word', spec: { dataset: { ...goodSpec.dataset, maxRejected: 'none' } }, path: 'spec.dataset.maxRejected', says: /must be a number, not "none"/ },
];

const uriRefusal = 'must be s3://bucket/key on a cluster';

/** Faults in the form of a string, and what the API server says of each. */
export const badForms: readonly (BadTraining & { readonly refusal: string })[] = [
  { name: 'a path where a URI must stand', spec: { dataset: { uri: '/data/chexpert' } }, path: 'spec.dataset.uri', says: /^"\/data\/chexpert" is a path: write file:\/\/\/data\/chexpert$/, refusal: uriRefusal },
  { name: 'a relative path where a URI must stand', spec: { output: { uri: 'results/chex' } }, path: 'spec.output.uri', says: /^"results\/chex" is a relative path: must be .*, with the absolute path$/, refusal: uriRefusal },
  { name: 'a place that worker processes do not share', spec: { dataset: { uri: 'memory://films' } }, path: 'spec.dataset.uri', says: /must be s3:/, refusal: uriRefusal },
  { name: 'a bucket with a space', spec: { dataset: { uri: 's3://my bucket/films' } }, path: 'spec.dataset.uri', says: /must be s3:/, refusal: uriRefusal },
  { name: 'a file URI with two slashes', spec: { dataset: { uri: 'file://data/films' } }, path: 'spec.dataset.uri', says: /^"file:\/\/data\/films" would be on another machine, "data": write file:\/\/\/data\/films with three slashes$/, refusal: uriRefusal },
  { name: 'a file URI without an absolute path', spec: { dataset: { uri: 'file://films' } }, path: 'spec.dataset.uri', says: /must be s3:/, refusal: uriRefusal },
  { name: 'a budget in words', spec: { budget: { amount: 'five' } }, path: 'spec.budget.amount', says: /"five" must be a decimal such as "500.00"/, refusal: 'must be a decimal such as "500.00", with at most two digits after the point' },
  { name: 'a negative budget', spec: { budget: { amount: '-1' } }, path: 'spec.budget.amount', says: /must be a decimal/, refusal: 'must be a decimal such as "500.00", with at most two digits after the point' },
  { name: 'a currency in words', spec: { budget: { amount: '500', currency: 'dollars' } }, path: 'spec.budget.currency', says: /^"dollars" must be a currency code such as USD$/, refusal: 'must be a currency code such as USD' },
  { name: 'an endpoint without its scheme', spec: { storage: { endpoint: 'minio:9000' } }, path: 'spec.storage.endpoint', says: /^"minio:9000" must be http:\/\/host:port or https:\/\/host$/, refusal: 'must be http://host:port or https://host' },
  { name: 'memory in a unit that Kubernetes has not', spec: { preprocess: { resources: { memory: '4 GB' } } }, path: 'spec.preprocess.resources.memory', says: /^"4 GB" must be a quantity such as 4, 500m or 16Gi$/, refusal: 'must be a quantity such as 4, 500m or 16Gi' },
  { name: 'a quantity of an override', spec: { autoencoders: { overrides: [{ observation: 'Edema', resources: { cpu: 'two' } }] } }, path: 'spec.autoencoders.overrides[0].resources.cpu', says: /must be a quantity/, refusal: 'must be a quantity such as 4, 500m or 16Gi' },
];

/** Faults between fields: rules that zod and CEL both know. */
export const badRules: readonly BadTraining[] = [
  { name: 'results in the folder of the films', spec: { output: { uri: 's3://hospital/CheXpert-v1.0-small/' } }, path: 'spec.output.uri', says: /must be a folder of its own: results among the films/ },
  { name: 'results in a folder of classes', spec: { output: { uri: 's3://hospital/CheXpert-v1.0-small/train/runs' } }, path: 'spec.output.uri', says: /must be a folder of its own/ },
  { name: 'an observation twice', spec: { observations: ['Edema', 'Edema'] }, path: 'spec.observations', says: /may be listed once/ },
  { name: 'tiles wider than a quarter', spec: { preprocess: { size: 64, clahe: { tiles: 32 } }, combined: { backbone: 'Small' } }, path: 'spec.preprocess.clahe.tiles', says: /at most a quarter/ },
  { name: 'more successes than observations', spec: { observations: ['Edema'], autoencoders: { minSucceeded: 2 } }, path: 'spec.autoencoders.minSucceeded', says: /number of observations/ },
  { name: 'an override of nothing', spec: { observations: ['Edema'], autoencoders: { overrides: [{ observation: 'Fracture' }] } }, path: 'spec.autoencoders.overrides', says: /only those of spec.observations/ },
  { name: 'two overrides of one', spec: { autoencoders: { overrides: [{ observation: 'Edema' }, { observation: 'Edema' }] } }, path: 'spec.autoencoders.overrides', says: /once/ },
  { name: 'a backbone without weights', spec: { combined: {} }, path: 'spec.combined.backboneWeightsUri', says: /needs backboneWeightsUri .* backbone: Small/ },
  { name: 'weights and no weights', spec: { combined: { ...goodSpec.combined, backboneWeights: 'Random' } }, path: 'spec.combined.backboneWeights', says: /contradicts/ },
  { name: 'a backbone on tiny films', spec: { preprocess: { size: 64 } }, path: 'spec.combined.backbone', says: /at least 75/ },
  { name: 'a rerun of nothing', spec: { observations: ['Edema'], rerun: [{ observation: 'Fracture', times: 1 }] }, path: 'spec.rerun', says: /only those of spec.observations/ },
  { name: 'a budget in another currency than the prices', spec: { budget: { amount: '500', currency: 'EUR' }, prices: { nodes: [{ perHour: '3.06' }] } }, path: 'spec.budget.currency', says: /the budget must be in the currency of prices/ },
];
