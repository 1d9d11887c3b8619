/**
 * The promise to users: every field of a ChexTraining with its type, default, bounds and description.
 * Types, parsing, defaults, the CRD and its `kubectl explain` texts all come from here. Nothing here reads or writes.
 */
import { z } from 'zod';
import { observations } from './observations.ts';
import { patterned, ruleOf } from './pattern.ts';
import { currencyCode, pricesSchema } from './prices.ts';

/** s3://bucket/key or file:///path; spaces may stand within. */
export const uriPattern = /^(s3:\/\/[^\s/]+(\/(.*[^\s])?)?|file:\/\/(localhost)?\/(.*[^\s])?)$/;
/** Of those, what a cluster takes: its Pods cannot see a user's files. */
export const clusterUri = { form: /^s3:\/\/[^\s/]+(\/(.*[^\s])?)?$/, message: 'must be s3://bucket/key on a cluster; file:// is for `chex run` on one machine' };
const uri = (text: string) => z.string().max(1024).regex(uriPattern, 'must be s3://bucket/key or file:///path').meta(ruleOf(clusterUri)).describe(text);
const count = (text: string, least: number, most: number) => z.int().min(least).max(most).describe(text);
const observation = z.enum(observations).describe('An observation of CheXpert.');

/** A list that Kubernetes merges by its key. */
const byObservation = { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['observation'] };

/** A Kubernetes quantity such as `4`, `500m` or `16Gi`. */
const quantity = patterned({ form: /^[0-9]+(\.[0-9]+)?(m|k|Ki|M|Mi|G|Gi|T|Ti)?$/, message: 'must be a quantity such as 4, 500m or 16Gi' }, 32);

const resources = (text: string, defaults: { cpu: string; memory: string; gpu: number }) =>
  z
    .strictObject({
      cpu: quantity.default(defaults.cpu).describe('CPU request of the Pod, a quantity such as 4 or 500m.'),
      memory: quantity.default(defaults.memory).describe('Memory request and limit of the Pod, a quantity such as 16Gi.'),
      gpu: count('GPUs (nvidia.com/gpu) of the Pod; 0 trains on the CPU.', 0, 1).default(defaults.gpu),
    })
    .prefault({})
    .describe(text);

const scheduling = z
  .strictObject({
    nodeSelector: z.record(z.string().max(253), z.string().max(63)).meta({ maxProperties: 32 }).optional().describe('Labels that a node must have, such as nvidia.com/gpu.product: Tesla-T4.'),
    tolerations: z
      .array(
        z.strictObject({
          key: z.string().max(253).optional().describe('Key of the taint, such as spot; absent with Exists matches all.'),
          operator: z.enum(['Exists', 'Equal']).optional().describe('How the value is compared.'),
          value: z.string().max(63).optional().describe('Value of the taint.'),
          effect: z.enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute']).optional().describe('Effect of the taint; absent matches all.'),
        }),
      )
      .max(16)
      .optional()
      .describe('Taints the Pods tolerate.'),
    priorityClassName: z.string().max(253).optional().describe('PriorityClass of the Pods.'),
    runtimeClassName: z.string().max(253).optional().describe('RuntimeClass of the Pods, where nvidia is not the default runtime.'),
  })
  .prefault({})
  .describe('Where the Pods may run.');

const uncertainty = z.enum(['Ones', 'Zeros', 'Ignore']);

const dataset = z
  .strictObject({
    uri: uri('Folder of the data set, such as s3://hospital/CheXpert-v1.0-small.'),
    layout: z.enum(['Auto', 'CheXpert', 'ClassFolders']).default('Auto').describe(
      'CheXpert: train.csv and valid.csv with 14 label columns. ClassFolders: {train,valid}/<Observation>/*.{jpg,jpeg,png}. Auto looks which is there.',
    ),
    uncertain: uncertainty.default('Ones').describe('What an uncertain label (-1) is for the combined model in training; evaluation always leaves it out.'),
    uncertainByObservation: z
      .partialRecord(observation, uncertainty)
      .meta({
        maxProperties: observations.length,
        'x-kubernetes-validations': [
          { rule: `self.all(key, key in [${observations.map((name) => `'${name}'`).join(', ')}])`, message: 'keys must be observations such as Edema' },
        ],
      })
      .optional()
      .describe('Another policy for single observations.'),
    validationFraction: z.number().gt(0).lt(1).optional().describe(
      'Share of the patients held out for validation. Default: 0.1 where the set has no valid split; when set, it is taken from train and added to valid.',
    ),
    maxRejected: z.number().min(0).max(1).default(0.01).describe('Share of films that may be unreadable before the training stops; 0.01 is 1 %.'),
  })
  .describe('The films.');

const output = z
  .strictObject({
    uri: uri('Folder below which <namespace>/<name>/ is written, such as s3://hospital/runs.'),
    existing: z.enum(['Keep', 'Replace']).default('Keep').describe('What happens to finished steps that were made with other settings: Keep refuses to overwrite them, Replace redoes them.'),
  })
  .describe('Where results go.');

const storage = z
  .strictObject({
    endpoint: patterned({ form: /^https?:\/\/[^\s]+$/, message: 'must be http://host:port or https://host' }, 1024).optional().describe('Address of an S3-compatible server, such as http://minio.storage:9000; absent is AWS.'),
    region: z.string().max(64).optional().describe('Region of the buckets, such as eu-central-1; absent is the default of the AWS SDK.'),
    forcePathStyle: z.boolean().default(false).describe('Address buckets by path, as most self-hosted servers need.'),
    secretName: z.string().max(253).optional().describe('Secret with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY for the workers.'),
    serviceAccountName: z.string().max(253).optional().describe('Service account of the workers (IRSA, Pod Identity).'),
    checksums: z.enum(['Auto', 'Always', 'WhenRequired']).default('Auto').describe('Integrity checksums of S3 requests; Auto is WhenRequired with an endpoint, else Always.'),
  })
  .prefault({})
  .describe('How S3 is reached.');

const preprocess = z
  .strictObject({
    size: count('Side of the square films in pixels.', 32, 1024).default(299),
    contrast: z.enum(['Clahe', 'None']).default('Clahe').describe('Contrast equalisation after resizing.'),
    clahe: z
      .strictObject({
        clipLimit: z.number().gt(0).max(100).default(2).describe('Contrast limit, as in OpenCV.'),
        tiles: count('Tiles along each side.', 1, 64).default(8),
      })
      .prefault({})
      .describe('Contrast-limited adaptive histogram equalisation.'),
    augment: z.enum(['OnRead', 'Materialise', 'None']).default('OnRead').describe('The three flips: made while reading, stored as records, or left out.'),
    encoding: z.enum(['Jpeg', 'Png']).default('Jpeg').describe('How films are stored in the records.'),
    quality: count('JPEG quality.', 1, 100).default(95),
    shards: count('Most shards of a split.', 1, 256).default(64),
    parallelism: count('Shards made at the same time; a change holds for a Job that is created later.', 1, 256).default(4),
    resources: resources('Resources of a preprocessing Pod.', { cpu: '2', memory: '4Gi', gpu: 0 }),
  })
  .prefault({})
  .describe('Films to TFRecord shards.');

const epochs = count('Passes over the films.', 1, 10_000);
const batchSize = count('Films in a batch; fewer need less memory.', 1, 1024);
const learningRate = z.number().gt(0).max(1).describe('Learning rate of Adam.');

const autoencoders = z
  .strictObject({
    epochs: epochs.default(200),
    batchSize: batchSize.default(64),
    learningRate: learningRate.default(2e-4),
    loss: z.enum(['MeanAbsoluteError', 'MeanSquaredError']).default('MeanAbsoluteError').describe('What an autoencoder minimises; the study minimised the mean absolute error.'),
    maxParallel: count('Most autoencoder Jobs at a time. Default: all on a cluster; on one machine one per GPU, else 1.', 1, 14).optional(),
    order: z.enum(['LongestFirst', 'Listed']).default('LongestFirst').describe('Order in which observations start: the longest first, or as listed in spec.observations.'),
    minSucceeded: count('Autoencoders that must succeed before the combined model starts. Default: all that are not skipped.', 1, 14).optional(),
    earlyStopping: z
      .strictObject({
        minDelta: z.number().min(0).max(1).default(0).describe('Least fall of the validation loss that counts.'),
        patience: count('Epochs without such a fall before stopping.', 1, 10_000),
      })
      .optional()
      .describe('Stop an autoencoder whose validation loss no longer falls.'),
    checkpointEverySeconds: count('Seconds between checkpoints.', 1, 86_400).default(300),
    width: z.number().gt(0).max(4).default(1).describe("Scale of the filters and of the dense code; 1 is the study's network."),
    progressDeadlineSeconds: count('Seconds without progress after which a step counts as stalled.', 30, 86_400).default(1800),
    resources: resources('Resources of an autoencoder Pod.', { cpu: '4', memory: '16Gi', gpu: 1 }),
    scheduling,
    overrides: z
      .array(
        z.strictObject({
          observation,
          epochs: epochs.optional(),
          batchSize: batchSize.optional(),
          learningRate: learningRate.optional(),
          resources: z
            .strictObject({
              cpu: quantity.optional().describe('CPU request of the Pod, a quantity such as 4 or 500m.'),
              memory: quantity.optional().describe('Memory request and limit of the Pod, a quantity such as 16Gi.'),
              gpu: count('GPUs of the Pod.', 0, 1).optional(),
            })
            .optional()
            .describe('Resources of this autoencoder.'),
          scheduling: scheduling.optional(),
        }),
      )
      .max(14)
      .meta(byObservation)
      .optional()
      .describe('Other settings for single observations.'),
  })
  .prefault({})
  .describe('One autoencoder for each observation.');

const combined = z
  .strictObject({
    architecture: z.literal([1, 2]).default(2).describe('Dense layers of the head: 1 is 50-100-100-50, 2 is 50-100-50.'),
    head: z.enum(['Sigmoid', 'Softmax']).default('Sigmoid').describe("Sigmoid gives a probability for each observation; Softmax is the study's form."),
    backbone: z.enum(['InceptionResNetV2', 'Small', 'None']).default('InceptionResNetV2').describe('Network whose features stand beside the differences.'),
    backboneWeightsUri: uri('Keras .h5 of the backbone without top, such as s3://hospital/inception_resnet_v2_notop.h5.').optional(),
    backboneWeights: z.enum(['Random']).optional().describe('Random starts without pretrained weights, on purpose.'),
    epochs: epochs.default(20),
    batchSize: batchSize.default(64),
    learningRate: learningRate.default(2e-4),
    resources: resources('Resources of the combined Pod.', { cpu: '4', memory: '16Gi', gpu: 1 }),
    scheduling,
  })
  .prefault({})
  .describe('The combined model.');

const budget = z
  .strictObject({
    amount: patterned({ form: /^[0-9]{1,9}(\.[0-9]{1,2})?$/, message: 'must be a decimal such as "500.00", with at most two digits after the point' }, 32).describe('Most that may be spent, a decimal in quotes such as "500.00".'),
    currency: currencyCode.default('USD').describe('Currency code of ISO 4217, such as USD.'),
    warnAtPercent: z.array(count('Percent of the amount.', 1, 100)).max(10).default([50, 80]).describe('Shares at which a warning is given once.'),
    onExceeded: z.enum(['Warn', 'Suspend', 'Fail']).default('Suspend').describe('What happens before the amount is passed.'),
  })
  .describe('How much the training may cost.');

/** The spec of a ChexTraining: what users write, every default filled in by parsing. */
export const specSchema = z.strictObject({
  dataset,
  output,
  storage,
  observations: z.array(observation).min(1).max(14).default([...observations]).describe('Observations of CheXpert that are trained, each by an autoencoder.'),
  seed: count('Seed of every random choice.', 0, 2_147_483_647).default(123),
  preprocess,
  autoencoders,
  combined,
  budget: budget.optional(),
  prices: pricesSchema.optional().describe("Prices of nodes that hold before the operator's own; a Pod keeps the price with which it began."),
  suspend: z.boolean().default(false).describe('Save checkpoints and stop; false goes on.'),
  queueName: z.string().max(63).optional().describe('LocalQueue of Kueue that admits the Jobs.'),
  rerun: z
    .array(z.strictObject({ observation, times: count('How often it is to be redone; only grows.', 1, 1000) }))
    .max(14)
    .meta(byObservation)
    .optional()
    .describe('Observations to train again, and then the combined model.'),
  retention: z
    .strictObject({ finishedJobsDays: count('Days that finished Jobs stay.', 0, 365).default(7) })
    .prefault({})
    .describe('What is cleaned up.'),
});

/** Spec after parsing: every default is filled in. */
export type TrainingSpec = z.output<typeof specSchema>;
/** Spec as a user writes it. */
export type TrainingSpecInput = z.input<typeof specSchema>;

export const group = 'chex.dev';
export const apiVersion = 'chex.dev/v1alpha1';
export const kind = 'ChexTraining';
