import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderPhantom } from '../../../src/dataset/phantoms/phantom.ts';
import type { PhantomRequest } from '../../../src/dataset/phantoms/phantom.ts';
import { findings } from '../../../src/dataset/phantoms/signs.ts';
import type { Finding } from '../../../src/dataset/phantoms/signs.ts';
import type { Grey } from '../../../src/imaging/grey.ts';

function render(change: Partial<PhantomRequest> = {}): Grey {
  return renderPhantom({ seed: 1, patient: 'patient00001', film: 'study1 view1_frontal', view: 'frontal', severities: {}, width: 150, height: 165, ...change });
}

/** Mean brightness of a part of a film, its sides as shares of width and height. */
function meanOf({ width, height, pixels }: Grey, [left, right, top, bottom]: readonly [number, number, number, number]): number {
  const values: number[] = [];
  for (let y = Math.floor(top * height); y < bottom * height; y++) values.push(...pixels.subarray(y * width + Math.floor(left * width), y * width + Math.floor(right * width)));
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

test('renderPhantom() gives the same film for the same request, and another for another seed, patient, film or view', () => {
  const base = render();
  assert.deepEqual(render(), base);
  for (const change of [{ seed: 2 }, { patient: 'patient00002' }, { film: 'study2 view1_frontal' }, { view: 'lateral' }] as const) {
    assert.notDeepEqual(render(change).pixels, base.pixels, JSON.stringify(change));
  }
});

test('renderPhantom() shows dark lungs within a brighter trunk, a bright heart and air beside the neck', () => {
  const film = render({ width: 300, height: 330 });
  const lungs = meanOf(film, [0.22, 0.32, 0.3, 0.6]);
  assert.ok(meanOf(film, [0.46, 0.56, 0.58, 0.68]) > lungs + 60);
  assert.ok(meanOf(film, [0.3, 0.7, 0.92, 0.99]) > lungs + 60);
  assert.ok(meanOf(film, [0, 0.06, 0, 0.05]) < lungs - 20);
});

/** Where on a frontal film each sign may change pixels: left, right, top and bottom as shares. */
const reach: Readonly<Record<Finding, readonly [number, number, number, number]>> = {
  Cardiomegaly: [0.2, 0.92, 0.4, 0.95],
  Enlarged_Cardiomediastinum: [0.28, 0.72, 0, 0.88],
  Lung_Opacity: [0.05, 0.95, 0.05, 0.9],
  Edema: [0.05, 0.95, 0.05, 0.9],
  Pleural_Effusion: [0.05, 0.95, 0.25, 0.93],
  Atelectasis: [0.05, 0.95, 0.3, 0.9],
  Consolidation: [0.05, 0.95, 0.05, 0.9],
  Pneumonia: [0.05, 0.95, 0.05, 0.9],
  Pneumothorax: [0.05, 0.95, 0.05, 0.9],
  Pleural_Other: [0.05, 0.95, 0.05, 0.9],
  Lung_Lesion: [0.05, 0.95, 0.05, 0.9],
  Fracture: [0.02, 0.98, 0.1, 0.98],
  Support_Devices: [0.05, 0.95, 0, 0.85],
};

for (const finding of findings) {
  test(`renderPhantom() draws the sign of ${finding} where it belongs, more of it when it is worse, and leaves the rest as it was`, () => {
    const without = render();
    const changed = (severity: number) => Array.from(render({ severities: { [finding]: severity } }).pixels, (value, pixel) => Math.abs(value - (without.pixels[pixel] ?? 0)));
    const [left, right, top, bottom] = reach[finding];
    const mild = changed(0.15);
    const severe = changed(0.9);
    severe.forEach((difference, pixel) => {
      const [x, y] = [(pixel % without.width) / without.width, Math.floor(pixel / without.width) / without.height];
      if (x < left || x > right || y < top || y > bottom) assert.equal(difference, 0, `${x} ${y}`);
    });
    const sum = (differences: readonly number[]) => differences.reduce((total, difference) => total + difference, 0);
    assert.ok(severe.filter((difference) => difference > 20).length > 80, `only ${severe.filter((difference) => difference > 20).length} pixels changed clearly`);
    assert.ok(sum(severe) > 1.5 * sum(mild) && sum(mild) > 0, `${sum(mild)} ${sum(severe)}`);
  });

  test(`renderPhantom() draws the sign of ${finding} on a lateral film too`, () => {
    const without = render({ view: 'lateral' });
    const clear = render({ view: 'lateral', severities: { [finding]: 0.9 } }).pixels.filter((value, pixel) => Math.abs(value - (without.pixels[pixel] ?? 0)) > 20);
    assert.ok(clear.length > 80, String(clear.length));
  });
}

test('renderPhantom() draws each sign alike whatever other signs there are', () => {
  const lesionAlone = render({ severities: { Lung_Lesion: 0.9 } });
  const device = { Support_Devices: 0.9 };
  const both = render({ severities: { ...device, Lung_Lesion: 0.9 } });
  const [none, deviceAlone] = [render(), render({ severities: device })];
  both.pixels.forEach((value, pixel) => {
    if (deviceAlone.pixels[pixel] === none.pixels[pixel]) assert.equal(value, lesionAlone.pixels[pixel]);
  });
});
