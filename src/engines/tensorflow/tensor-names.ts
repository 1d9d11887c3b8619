/** What a model's graph calls the tensors that are fed and fetched. */
export const tensorNames = {
  /** An input node, or a junction, which may be fed. */
  feed: (input: string) => `feed/${input}`,
  /** A node in inference: no dropout, moving statistics. */
  inferred: (node: string) => `infer/${node}`,
  /** A node in training. */
  trained: (node: string) => `train/${node}`,
  /** Updates so far, int32. */
  step: 'step',
  /** Adam's rate of this step, float32. */
  rate: 'rate',
  /** batchNorm's ramped momentum of this step, float32. */
  ramp: 'ramp',
  /** Fetched to train: all weights are updated once it is there. */
  updated: 'updated',
  /** Fetched to set all moments to 0. */
  zeroed: 'zeroed',
  /** Variables: `name` is a weight's full name. */
  weight: (name: string) => `weight/${name}`,
  firstMoment: (name: string) => `first/${name}`,
  secondMoment: (name: string) => `second/${name}`,
  /** A variable's value. */
  value: (variable: string) => `value/${variable}`,
  /** What a variable is set to, and what is fetched to set it. */
  given: (variable: string) => `given/${variable}`,
  assigned: (variable: string) => `assigned/${variable}`,
};
