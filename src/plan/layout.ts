/**
 * plan/ decides everything and touches nothing: no clock, no file, no cluster; all of it arrives as values.
 * This file computes every URI of a run, so that the writer and the reader of a path cannot disagree.
 */
import type { Observation } from '../api/observations.ts';
import type { Stage } from '../api/stages.ts';

export type Split = 'train' | 'valid';

/** The `index`-th (from 0) of the `of` shards of a split. */
export interface Shard {
  readonly split: Split;
  readonly index: number;
  readonly of: number;
}

/** Folder of a run: `<output.uri>/<namespace>/<name>`, without a slash at the end. */
export function rootOf(outputUri: string, training: { namespace: string; name: string }): string {
  return `${withoutSlash(outputUri)}/${training.namespace}/${training.name}`;
}

/** A folder's URI without a slash at its end. */
export function withoutSlash(uri: string): string {
  return uri.replace(/\/+$/, '');
}

/** `01of64`, as TFRecord files are numbered: from one, padded to the width of the total (at least two digits). */
export function shardName({ index, of }: Pick<Shard, 'index' | 'of'>): string {
  const width = Math.max(2, String(of).length);
  return `${String(index + 1).padStart(width, '0')}of${String(of).padStart(width, '0')}`;
}

/** Every URI of the run whose folder is `root`. */
export function layout(root: string) {
  const model = (folder: string) => ({
    folder,
    checkpoints: `${folder}/checkpoints`,
    logs: `${folder}/logs`,
    model: `${folder}/model`,
    /** For TensorFlow: the folder to load is the one it lies in. */
    savedModel: `${folder}/model/saved_model/saved_model.pb`,
    done: `${folder}/done.json`,
  });
  return {
    root,
    lock: `${root}/run.json`,
    status: `${root}/status.json`,
    /** Log of a worker that failed, by the name of its Pod; only `chex run` keeps it. */
    workerLog: (pod: string) => `${root}/logs/${pod}.log`,
    catalog: {
      folder: `${root}/catalog`,
      catalog: `${root}/catalog/catalog.json`,
      rejected: `${root}/catalog/rejected.csv`,
      shard: (shard: Shard) => `${root}/catalog/shards/${shard.split}_${shardName(shard)}.csv`,
      done: `${root}/catalog/done.json`,
    },
    records: {
      folder: `${root}/records`,
      /** Records of one observation's positives, or of all films of a shard. */
      shard: (set: Observation | 'all', shard: Shard) => `${root}/records/${set}_${shard.split}_${shardName(shard)}.tfrecord`,
      committed: `${root}/records/committed`,
      marker: (shard: Shard) => `${root}/records/committed/${shard.split}_${shardName(shard)}.json`,
      done: `${root}/records/done.json`,
    },
    autoencoder: (observation: Observation) => {
      const part = model(`${root}/autoencoders/${observation}`);
      return {
        ...part,
        weights: `${part.model}/autoencoder.h5`,
        /** Losses of every epoch and an example in pictures: what the report shows of it. */
        summary: `${part.model}/summary.json`,
      };
    },
    combined: {
      ...model(`${root}/combined`),
      weights: `${root}/combined/model/head.h5`,
      labels: `${root}/combined/model/labels.json`,
      preprocessing: `${root}/combined/model/preprocessing.json`,
    },
    report: {
      folder: `${root}/report`,
      json: `${root}/report/report.json`,
      html: `${root}/report/report.html`,
      predictions: `${root}/report/predictions.csv`,
      modelCard: `${root}/report/model-card.md`,
    },
  } as const;
}

export type Layout = ReturnType<typeof layout>;

/** Which step it is, as every Step and every draft says it. */
export type StepName = { readonly stage: Exclude<Stage, 'autoencoders'> } | { readonly stage: 'autoencoders'; readonly observation: Observation };

/** URI of the folder a step writes, and of its done.json. */
export function stepFolder(root: string, step: StepName): { readonly folder: string; readonly done: string } {
  const paths = layout(root);
  switch (step.stage) {
    case 'catalog':
      return paths.catalog;
    case 'preprocess':
      return paths.records;
    case 'autoencoders':
      return paths.autoencoder(step.observation);
    case 'combined':
      return paths.combined;
  }
}
