/** One training step on the native engine, for `try-native.ts`: prints what it ran on, or in the last line of standard error why it did not. */
import { nativeEnvironment, openNative } from '../src/engines/native.ts';
import { autoencoder } from '../src/models/autoencoder.ts';

Object.assign(process.env, nativeEnvironment(1));
try {
  const engine = openNative(1);
  const model = engine.load(autoencoder({ size: 32, width: 0.1, loss: 'MeanAbsoluteError' }), { seed: 1, adam: { learningRate: 1e-3, beta1: 0.5, beta2: 0.999, epsilon: 1e-7 } });
  await model.trainStep({ image: new Uint8Array(2 * 32 * 32).fill(128) });
  console.log(engine.device);
} catch (error) {
  console.error(firstLineOf(error));
  process.exitCode = 1;
}

/** Of its cause, where it has one: what to do is said by the caller. */
function firstLineOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  return (cause instanceof Error ? cause.message : String(cause)).split('\n', 1).join('');
}
