/** A GPU and what training on it is to reach; peaks are the makers' published ones. */
export interface GpuGoal {
  /** As it stands in the name that `nvidia-smi` gives. */
  readonly name: RegExp;
  readonly title: string;
  /** TFLOP/s of the arithmetic that TensorFlow uses by itself: TF32 where there is one, else float32. */
  readonly teraflops: number;
  /** GB/s. */
  readonly bandwidth: number;
  /** Images a second of one autoencoder at 299 px with large batches. */
  readonly goal: number;
}

export const gpuGoals: readonly GpuGoal[] = [
  { name: /\bT4\b/, title: 'T4', teraflops: 8.1, bandwidth: 320, goal: 500 },
  { name: /V100/, title: 'V100', teraflops: 15.7, bandwidth: 900, goal: 1200 },
  { name: /A100/, title: 'A100', teraflops: 156, bandwidth: 1555, goal: 2500 },
  { name: /H100/, title: 'H100', teraflops: 495, bandwidth: 3350, goal: 5000 },
  { name: /H200/, title: 'H200', teraflops: 495, bandwidth: 4800, goal: 5000 },
];

/** GFLOP of one image's forward and backward pass at 299 px, and MB of activations that go to memory and back when nothing is fused. */
export const workAnImage = { gigaflops: 4.33, megabytes: 260 };

/** Images a second that arithmetic and memory allow at most. */
export function limitsOf({ teraflops, bandwidth }: GpuGoal): { arithmetic: number; memory: number } {
  return { arithmetic: (teraflops * 1000) / workAnImage.gigaflops, memory: (bandwidth * 1000) / workAnImage.megabytes };
}
