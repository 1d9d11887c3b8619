import type { Feeds, ModelOptions, Scalars, Tensors } from '../../src/engines/engine.ts';
import type { Network } from '../../src/models/network.ts';
import { sizeOf } from '../../src/models/layers.ts';
import { runPython } from '../oracles/oracles.ts';

export interface KerasSteps {
  /** Before each step. */
  readonly losses: readonly Scalars[];
  /** Of the first step. */
  readonly gradients: ReadonlyMap<string, Float32Array>;
  /** After the last. */
  readonly weights: ReadonlyMap<string, Float32Array>;
  readonly evaluated: Scalars;
  readonly predicted: ReadonlyMap<string, Float32Array>;
}

export interface KerasJob {
  readonly network: Network;
  readonly weights: Tensors;
  readonly feeds: Feeds;
  readonly options: ModelOptions;
  readonly steps: number;
}

/** What Keras makes of the same networks, weights, films and dropout numbers (test/oracles/keras_steps.py). */
export function kerasSteps(jobs: readonly KerasJob[]): KerasSteps[] {
  const answers = JSON.parse(runPython('keras_steps.py', JSON.stringify(jobs.map(encodeJob)))) as Encoded<KerasSteps>[];
  return answers.map((answer) => ({ ...answer, gradients: decodeAll(answer.gradients), weights: decodeAll(answer.weights), predicted: decodeAll(answer.predicted) }));
}

type Encoded<Steps> = { [Name in keyof Steps]: Steps[Name] extends ReadonlyMap<string, Float32Array> ? Record<string, string> : Steps[Name] };

function encodeJob({ network, weights, feeds, options, steps }: KerasJob) {
  const fed = network.nodes.flatMap((node) => {
    const values = feeds[node.name];
    if (values === undefined) return [];
    return [[node.name, { shape: [values.length / sizeOf(node.shape), ...node.shape], values: encode(Float32Array.from(values)) }]];
  });
  const named = [...weights].map(([name, { shape, values }]) => [name, { shape, values: encode(values) }]);
  return { network, weights: Object.fromEntries(named), feeds: Object.fromEntries(fed), ...options, steps, outputs: network.outputs };
}

function decodeAll(tensors: Readonly<Record<string, string>>): ReadonlyMap<string, Float32Array> {
  return new Map(Object.entries(tensors).map(([name, values]) => [name, decode(values)]));
}

function encode(values: Float32Array): string {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64');
}

function decode(text: string): Float32Array {
  return new Float32Array(Uint8Array.from(Buffer.from(text, 'base64')).buffer);
}
