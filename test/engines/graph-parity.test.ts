/** The emitted graph against the eager engine on the same TensorFlow. */
import { testParityWithEager } from './eager-parity.ts';

testParityWithEager('native');
