/** Which fields may change once a training has started, and the CEL rules that freeze all others (runs.md, section 5). */

/** Below `spec`; everything else is frozen from `status.startTime` on. `preprocess.parallelism` holds for Jobs created later. */
export const mutableFields: readonly string[] = ['suspend', 'rerun', 'budget', 'prices', 'retention', 'autoencoders.maxParallel', 'preprocess.parallelism'];

/** Below a stage; they hold for Jobs created later. */
export const laterFields: readonly string[] = ['resources', 'scheduling', 'progressDeadlineSeconds', 'checkpointEverySeconds'];

const frozenFields: readonly string[] = [
  ...['dataset', 'output', 'storage', 'observations', 'seed', 'queueName'],
  ...['size', 'contrast', 'clahe', 'augment', 'encoding', 'quality', 'shards'].map((field) => `preprocess.${field}`),
  ...['epochs', 'batchSize', 'learningRate', 'loss', 'order', 'minSucceeded', 'earlyStopping', 'width'].map((field) => `autoencoders.${field}`),
  ...['architecture', 'head', 'backbone', 'backboneWeightsUri', 'backboneWeights', 'epochs', 'batchSize', 'learningRate'].map((field) => `combined.${field}`),
];

/** Of those the ways, not the matter: they change no byte of what is made, so that the same training takes up what is finished. */
const ways: readonly string[] = ['storage', 'queueName'];

const started = 'has(oldSelf.status) && has(oldSelf.status.startTime)';

/** Transition rules of the root object, as `x-kubernetes-validations`. */
export function frozenRules(): { rule: string; message: string; fieldPath?: string }[] {
  const remedy = `apply it under another name, or change only ${[...mutableFields, ...laterFields].join(', ')}`;
  const frozen = frozenFields.map((field) => ({
    rule: `!(${started}) || ${isUnchanged(field)}`,
    message: ways.includes(field)
      ? `spec.${field} is frozen once the training has started, because its Jobs hold it; delete the training and apply it again with the change: what is finished is not done twice`
      : `spec.${field} is frozen once the training has started, because finished work was made with it; ${remedy}`,
    fieldPath: `.spec.${field}`,
  }));
  const rerun = {
    rule: '!has(oldSelf.spec.rerun) || (has(self.spec.rerun) && oldSelf.spec.rerun.all(o, self.spec.rerun.exists(n, n.observation == o.observation && n.times >= o.times)))',
    message: 'spec.rerun only grows: keep every observation and raise its times',
    fieldPath: '.spec.rerun',
  };
  const overrides = {
    rule: `!(${started}) || (${isCovered('self', 'oldSelf')} && ${isCovered('oldSelf', 'self')})`,
    message: `In spec.autoencoders.overrides epochs, batchSize and learningRate are frozen once the training has started, because finished work was made with them; ${remedy}`,
    fieldPath: '.spec.autoencoders.overrides',
  };
  return [...frozen, overrides, rerun];
}

/** Every override of `one` that changes what is learnt stands in `other` with the same values. */
function isCovered(one: string, other: string): string {
  const list = (root: string) => `${root}.spec.autoencoders.overrides`;
  const fields = ['epochs', 'batchSize', 'learningRate'];
  const isSame = fields.map((field) => `has(a.${field}) == has(b.${field}) && (!has(a.${field}) || a.${field} == b.${field})`).join(' && ');
  const isFree = fields.map((field) => `!has(a.${field})`).join(' && ');
  return `(!has(${list(one)}) || ${list(one)}.all(a, (${isFree}) || (has(${list(other)}) && ${list(other)}.exists(b, b.observation == a.observation && ${isSame}))))`;
}

/** Optional fields may be absent before and after; `has` must come first, or CEL fails on the missing one. */
function isUnchanged(field: string): string {
  const now = `self.spec.${field}`;
  const before = `oldSelf.spec.${field}`;
  return `has(${now}) == has(${before}) && (!has(${now}) || ${now} == ${before})`;
}
