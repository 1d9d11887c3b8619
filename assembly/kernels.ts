/**
 * SIMD kernels for training in TensorFlow.js' WebAssembly heap: AssemblyScript, built by `npm run generate` into
 * src/engines/kernels.wasm. Pointers are byte offsets; every other length and step counts float32 values. Nothing is
 * allocated here: the caller hands in memory of tfjs' heap. Sums run in one fixed order, so results repeat bit for bit.
 */
export * from './convolution';
export * from './pooling';
export * from './product';
export * from './columns';
export * from './elementwise';
export * from './philox';
