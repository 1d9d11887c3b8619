/** A machine of a cloud: what a Pod's share of it is counted by, and how fast one of its GPUs trains. */
export interface Instance {
  readonly cpus: number;
  readonly memoryGibibytes: number;
  readonly gpus?: number;
  /** Its GPU, as people know it. */
  readonly gpu?: string;
  /** Films a second, flips counted, of the study's autoencoder (299 x 299, width 1) on one of its GPUs; absent where nobody has a figure. */
  readonly imagesPerSecond?: number;
}

/**
 * Of the types that the list prices name. Sizes are AWS's. Speeds are assumed until a training has measured its own: what
 * a graph step at batch 64 to 128 should reach by peak compute and memory traffic, a third of the lower limit on a V100
 * (4.33 GFLOP and 260 MB an image); of the K80 what the slowest of the study's machines reached.
 */
export const instances: Readonly<Record<string, Instance>> = {
  'p2.xlarge': { cpus: 4, memoryGibibytes: 61, gpus: 1, gpu: 'K80', imagesPerSecond: 230 },
  'p3.2xlarge': { cpus: 8, memoryGibibytes: 61, gpus: 1, gpu: 'V100', imagesPerSecond: 1200 },
  'g4dn.xlarge': { cpus: 4, memoryGibibytes: 16, gpus: 1, gpu: 'T4', imagesPerSecond: 500 },
  'g5.xlarge': { cpus: 4, memoryGibibytes: 16, gpus: 1, gpu: 'A10G' },
  'g6.xlarge': { cpus: 4, memoryGibibytes: 16, gpus: 1, gpu: 'L4' },
  'g6e.xlarge': { cpus: 4, memoryGibibytes: 32, gpus: 1, gpu: 'L40S' },
  'g7e.2xlarge': { cpus: 8, memoryGibibytes: 64, gpus: 1, gpu: 'RTX PRO 6000' },
  'p4d.24xlarge': { cpus: 96, memoryGibibytes: 1152, gpus: 8, gpu: 'A100', imagesPerSecond: 2500 },
  'p5.4xlarge': { cpus: 16, memoryGibibytes: 256, gpus: 1, gpu: 'H100', imagesPerSecond: 5000 },
  'p5.48xlarge': { cpus: 192, memoryGibibytes: 2048, gpus: 8, gpu: 'H100', imagesPerSecond: 5000 },
  'p5en.48xlarge': { cpus: 192, memoryGibibytes: 2048, gpus: 8, gpu: 'H200', imagesPerSecond: 5000 },
  'p6-b200.48xlarge': { cpus: 192, memoryGibibytes: 2048, gpus: 8, gpu: 'B200' },
  'm5.xlarge': { cpus: 4, memoryGibibytes: 16 },
  'c7i.4xlarge': { cpus: 16, memoryGibibytes: 32 },
  'c7g.4xlarge': { cpus: 16, memoryGibibytes: 32 },
  'c8g.4xlarge': { cpus: 16, memoryGibibytes: 32 },
};
