import { figure } from './bench-row.ts';
import type { BenchRow } from './bench-row.ts';

interface Goal {
  readonly title: string;
  /** The name of the row that is judged. */
  readonly row: string;
  /** Where several rows have that name, which. */
  readonly rival?: string;
  readonly at: 'least' | 'most';
  readonly bound: number;
  /** `x`: the row's ratio is judged, else its value. */
  readonly unit: 'x' | 'images/s' | 'MB' | '%';
}

const native = 'training: autoencoder 299 px, batch 16, native graph, CPU, 2 threads';
const wasm = 'training: autoencoder 299 px, width 1, wasm, 16 films a thread';

/** What this project is to reach on CPUs; of GPUs, gpu-goals.ts. */
const goals: readonly Goal[] = [
  { title: 'native, beside eager tfjs-node as it comes', row: native, rival: 'eager tfjs-node', at: 'least', bound: 2.5, unit: 'x' },
  { title: "native, beside Python's tf.function with oneDNN on", row: native, rival: 'Python tf.function, oneDNN on', at: 'least', bound: 1.1, unit: 'x' },
  { title: 'wasm, one thread at 299 px', row: `${wasm}, 1 thread`, at: 'least', bound: 2.5, unit: 'images/s' },
  { title: 'wasm, two trainings side by side, beside one', row: `${wasm}, two trainings side by side`, at: 'least', bound: 1.8, unit: 'x' },
  { title: 'preprocessing, Materialise, beside the OpenCV pipeline', row: 'preprocessing at 299 px to records, Materialise', at: 'least', bound: 1.3, unit: 'x' },
  { title: 'preprocessing, OnRead, beside the OpenCV pipeline', row: 'preprocessing at 299 px to records, OnRead', at: 'least', bound: 1, unit: 'x' },
  { title: 'TFRecord writing, beside TensorFlow', row: 'TFRecord writing, 31 kB', at: 'least', bound: 1, unit: 'x' },
  { title: 'native, peak RSS at batch 64', row: 'peak memory: autoencoder 299 px, batch 64, native graph', at: 'most', bound: 4000, unit: 'MB' },
  { title: 'native, time that training waits for films', row: 'a whole step of an autoencoder, 299 px, batch 16, native: share of its time that it waits for films', at: 'most', bound: 5, unit: '%' },
];

/** A goal beside what was measured, for people. */
export interface Verdict {
  readonly title: string;
  readonly goal: string;
  readonly measured: string;
  readonly verdict: 'reached' | 'missed' | 'not measured';
}

/** Each goal judged by the row of its name, not rounded. */
export function judgeGoals(rows: readonly BenchRow[]): Verdict[] {
  return goals.map(({ title, row: name, rival, at, bound, unit }) => {
    const row = rows.find((each) => each.name === name && (rival === undefined || each.rival === rival));
    const measured = (unit === 'x' ? row?.ratio : row?.value) ?? null;
    const goal = `at ${at} ${bound.toLocaleString('en')} ${unit}`;
    if (measured === null) return { title, goal, measured: '', verdict: 'not measured' };
    const isReached = at === 'least' ? measured >= bound : measured <= bound;
    return { title, goal, measured: `${figure(measured)} ${unit}`, verdict: isReached ? 'reached' : 'missed' };
  });
}
