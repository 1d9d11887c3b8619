/** A realistic, seeded ReportInput: 234 films of 187 patients, 12 autoencoders, one skipped, one failed. */
import { PNG } from 'pngjs';
import { observations } from '../../src/api/observations.ts';
import type { Observation } from '../../src/api/observations.ts';
import { openRandom } from '../../src/random/random.ts';
import type { AutoencoderOutcome, FilmPrediction, Losses, ReportInput } from '../../src/evaluation/report-input.ts';

/** Text that must not become markup anywhere. */
export const hostile = '<img src=x onerror=alert(1)> & "quoted" | \'bar\'';

const skipped: Observation = 'Pleural_Other';
const failed: Observation = 'Fracture';

export function goldenInput({ seed = 123, films = 234 }: { seed?: number; films?: number } = {}): ReportInput {
  const draw = openRandom(seed, 'test').below;
  const trained = observations.filter((observation) => observation !== skipped && observation !== failed);
  const autoencoders = trained.map((observation) => outcomeOf(observation, draw));
  const predictions = filmsOf(films, draw);
  return {
    training: { namespace: 'default', name: 'demo', seed, specDigest: 'a1'.repeat(32), dataDigest: 'b2'.repeat(32) },
    settings: { 'autoencoders.epochs': 4, 'autoencoders.width': 0.25, 'combined.backbone': 'Small', 'preprocess.size': 64, dataDigest: 'b2'.repeat(32) },
    preprocessing: { size: 64, clahe: { clipLimit: 2, tiles: 8 }, augment: 'OnRead', encoding: 'Jpeg', quality: 95 },
    observations,
    data: {
      films: { train: 612, valid: films },
      patients: { train: 248, valid: new Set(predictions.map(({ patient }) => patient)).size },
      patientsInBothSplits: 0,
      rejected: { count: 7, reasons: ['patient00012/study1/view1_frontal.jpg: truncated after 1,204 of 8,190 bytes', `${hostile}: no image`] },
    },
    films: predictions,
    autoencoders,
    missing: [
      { observation: skipped, state: 'skipped', reason: 'no film in training is positive' },
      { observation: failed, state: 'failed', reason: `exit code 1 after 3 attempts: ${hostile}` },
    ],
    combined: {
      ...headOf(4_812_344, 0.41, draw),
      ...{ architecture: 2, head: 'Sigmoid', backbone: 'Small', backbonePretrained: null },
    },
    baseline: headOf(132_180, 0.45, draw),
    account: {
      workedSeconds: 259,
      finishedAt: Date.UTC(2026, 10, 23, 6, 4, 31),
      currency: null,
      priceSource: null,
      priceDate: null,
      entries: [
        { stage: 'catalog', attempts: 1, seconds: 0.8, gpus: 0, cost: null },
        { stage: 'preprocess', attempts: 2, seconds: 9.1, gpus: 0, cost: null },
        ...autoencoders.map(({ observation, seconds }) => ({ stage: 'autoencoders', observation, attempts: observation === 'Edema' ? 2 : 1, seconds: seconds + 1.2, gpus: 0, cost: null })),
        { stage: 'combined', attempts: 1, seconds: 61, gpus: 0, cost: null },
      ],
    },
    engine: 'wasm',
    device: 'wasm, 1 thread',
    versions: { 'chex-operator': '0.1.0', node: '24.21.0', '@tensorflow/tfjs-core': '4.22.0' },
  };
}

function filmsOf(count: number, draw: (below: number) => number): FilmPrediction[] {
  const films: FilmPrediction[] = [];
  for (let patient = 1; films.length < count; patient++) {
    const name = `patient${String(64540 + patient)}`;
    const views = 1 + (draw(6) === 0 ? 1 : 0) + (draw(10) === 0 ? 1 : 0);
    const person = { sex: draw(2) === 0 ? 'Male' : 'Female', age: 18 + draw(73) };
    const severity = observations.map((_, i) => (draw(14) <= i % 7 ? 0.4 + draw(600) / 1000 : draw(300) / 1000));
    for (let view = 1; view <= views && films.length < count; view++) {
      const isLateral = view > 1 && draw(2) === 0;
      const scoreOf = (noise: number) => Float32Array.from(severity, (degree) => 1 / (1 + Math.exp(-6 * (degree - 0.5 + (noise * (draw(2000) - 1000)) / 1000))));
      films.push({
        path: `CheXpert-v1.0-small/valid/${name}/study1/view${view}_${isLateral ? 'lateral' : 'frontal'}.jpg`,
        patient: name,
        study: `${name}/study1`,
        labels: severity.map((degree, i) => (observations[i] === skipped ? 0 : degree > 0.4 ? (degree < 0.46 ? 2 : 1) : 0)),
        scores: scoreOf(0.42),
        baselineScores: scoreOf(0.55),
        ...person,
        view: isLateral ? 'Lateral' : 'Frontal',
        projection: isLateral ? null : draw(5) === 0 ? 'PA' : 'AP',
      });
    }
  }
  return films;
}

function outcomeOf(observation: Observation, draw: (below: number) => number): AutoencoderOutcome {
  const epochs = 12;
  const history = fallingLosses(epochs, 0.28, 0.07 + draw(100) / 5000, draw);
  const loss = history.at(-1)!;
  const images = 24 + draw(300);
  const seed = draw(1000);
  return {
    ...{ observation, images, epochs, bestEpoch: epochs, stoppedEarly: false, lossKind: 'MeanAbsoluteError', loss, history },
    meanSquaredError: { train: loss.train / 8, validation: loss.validation === null ? null : loss.validation / 8 },
    seconds: images / 13,
    imagesPerSecond: 205 + draw(30),
    examples: [{ original: phantom(seed, 0), reconstruction: phantom(seed, 1) }],
  };
}

function headOf(parameters: number, least: number, draw: (below: number) => number): { parameters: number; epochs: number; bestEpoch: number; loss: Losses; history: Losses[] } {
  const history = fallingLosses(10, 0.69, least, draw).map(({ train, validation }, i) => ({ train, validation: (validation ?? 0) + 0.004 * Math.max(0, i - 6) ** 2 }));
  const bestEpoch = history.reduce((best, { validation }, i) => (validation < history[best]!.validation ? i : best), 0) + 1;
  return { parameters, epochs: 10, bestEpoch, loss: history[bestEpoch - 1]!, history };
}

function fallingLosses(epochs: number, from: number, to: number, draw: (below: number) => number): Losses[] {
  return Array.from({ length: epochs }, (_, i) => {
    const level = to + (from - to) * Math.exp(-0.45 * i);
    return { train: level * (1 + draw(100) / 4000), validation: level * (1.03 + draw(100) / 2000) };
  });
}

/** A chest of ellipses, 64 x 64 grey; `blur` 1 is how an autoencoder gives it back. */
function phantom(seed: number, blur: 0 | 1): Uint8Array {
  const png = new PNG({ width: 64, height: 64, colorType: 0 });
  const soft = 10 - 7 * blur;
  const inside = (x: number, y: number, [cx, cy, rx, ry]: readonly [number, number, number, number]) =>
    1 / (1 + Math.exp(soft * (((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 - 1)));
  for (let i = 0; i < 64 * 64; i++) {
    const [x, y] = [((i % 64) - 32) / 32, (Math.floor(i / 64) - 32) / 32];
    const lungs = inside(x, y, [-0.38, -0.05, 0.27, 0.55]) + inside(x, y, [0.38, -0.05, 0.27, 0.55]);
    const heart = inside(x, y, [0.12, 0.3, 0.25 + (seed % 10) / 100, 0.25]);
    const ribs = blur === 1 ? 0 : 0.12 * lungs * Math.max(0, Math.sin(18 * y + 4 * x * x));
    const value = 255 * Math.min(1, Math.max(0, 0.15 + 0.65 * inside(x, y, [0, 0.1, 0.9, 1]) - 0.5 * lungs + 0.35 * heart + ribs));
    png.data.set([value, value, value, 255], 4 * i);
  }
  return PNG.sync.write(png, { colorType: 0 });
}
