/** The wasm backend and our own kernels against TensorFlow's: both run the eager engine's own gradients, whose formulas autodiff.test.ts checks. */
import { testParityWithEager } from './eager-parity.ts';

testParityWithEager('wasm');
