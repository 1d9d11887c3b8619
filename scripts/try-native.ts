/** The second half of `npm run build:native`: one training step. Where it fails, the next build begins anew. */
import { rmSync } from 'node:fs';
import path from 'node:path';
import { nativeEnvironment, openNative } from '../src/engines/native.ts';
import { autoencoder } from '../src/models/autoencoder.ts';

Object.assign(process.env, nativeEnvironment(1));
try {
  const engine = openNative(1);
  const model = engine.load(autoencoder({ size: 32, width: 0.1, loss: 'MeanAbsoluteError' }), { seed: 1, adam: { learningRate: 1e-3, beta1: 0.5, beta2: 0.999, epsilon: 1e-7 } });
  await model.trainStep({ image: new Uint8Array(2 * 32 * 32).fill(128) });
  console.error(`The native engine trains: ${engine.device}.`);
} catch (error) {
  rmSync(path.join(import.meta.dirname, '../.native/built.json'), { force: true });
  console.error(error);
  console.error('The native engine is built but does not train. What it says is above; `npm run build:native` builds it anew.');
  process.exitCode = 1;
}
