/** The stages of a training in their order: keys of `spec`, words in Job names, labels, metrics, folders and docs. */
export const stages = ['catalog', 'preprocess', 'autoencoders', 'combined'] as const;

export type Stage = (typeof stages)[number];
