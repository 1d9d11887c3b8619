import { nth } from './operation.ts';
import type { AnyCall, Applied } from './operation.ts';

/** Rounded to float16; where it is fed it is an input, and does not come here. */
export function junction({ tf, inputs, node }: AnyCall): Applied {
  const x = nth(inputs, 0, node);
  return { output: tf.tensor(new Float32Array(new Float16Array(x.dataSync<'float32'>())), x.shape) };
}
