import assert from 'node:assert/strict';
import { test } from 'node:test';
import { titleOf } from '../../../src/api/observations.ts';
import { describePatient } from '../../../src/dataset/phantoms/patients.ts';
import { findings } from '../../../src/dataset/phantoms/signs.ts';
import { rowOf, tableHeader, truthHeader, truthOf } from '../../../src/dataset/phantoms/table.ts';
import { header } from '../memory-dataset.ts';

const rows = Array.from({ length: 600 }, (_, index) => describePatient({ seed: 3, number: index + 1 })).flatMap((patient) =>
  patient.films.map((film) => {
    const path = `${patient.id}/${film.study}/${film.name}.jpg`;
    const cellsOf = (split: 'train' | 'valid') => rowOf({ seed: 3, split, path, patient, film });
    return { patient, film, path, train: named(cellsOf('train')), valid: named(cellsOf('valid')) };
  }),
);

function named(cells: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(tableHeader.map((column, index) => [column, cells[index] ?? '']));
}

test('tableHeader is the header of CheXpert’s own tables', () => {
  assert.equal(tableHeader.join(), header);
});

test('rowOf() labels train as reports do: present when severe, unsure of a band, blank or few zeros when absent', () => {
  const seen = new Map<string, number>();
  for (const { film, train } of rows) {
    for (const finding of findings) {
      const severity = film.severities[finding] ?? 0;
      const label = train[titleOf(finding)] ?? '?';
      const band = severity >= 0.3 ? 'severe' : severity >= 0.15 ? 'unsure' : 'absent';
      seen.set(`${band} ${label}`, (seen.get(`${band} ${label}`) ?? 0) + 1);
    }
  }
  assert.deepEqual([...seen.keys()].sort(), ['absent ', 'absent 0.0', 'severe 1.0', 'unsure ', 'unsure -1.0', 'unsure 1.0']);
  const share = (part: string, of: string) => (seen.get(part) ?? 0) / [...seen].filter(([key]) => key.startsWith(of)).reduce((sum, [, count]) => sum + count, 0);
  assert.ok(share('unsure -1.0', 'unsure') > 0.6);
  assert.ok(share('absent ', 'absent') > 0.8);
});

test('rowOf() labels valid as experts do: 1 or 0 by severity', () => {
  for (const { film, valid } of rows) {
    for (const finding of findings) assert.equal(valid[titleOf(finding)], (film.severities[finding] ?? 0) >= 0.225 ? '1.0' : '0.0');
  }
});

test('rowOf() says No Finding where nothing but devices is present or unsure', () => {
  for (const { train, valid } of rows) {
    for (const labels of [train, valid]) {
      const isClear = findings.every((finding) => finding === 'Support_Devices' || !['1.0', '-1.0'].includes(labels[titleOf(finding)] ?? ''));
      assert.equal(labels['No Finding'] === '1.0', isClear);
    }
    assert.notEqual(train['No Finding'], '0.0');
  }
});

test('rowOf() gives films of one study one report, and every person its sex, age and projection', () => {
  for (const { patient, film, train } of rows) {
    const [frontal] = rows.filter((other) => other.patient === patient && other.film.study === film.study);
    for (const finding of findings) assert.equal(train[titleOf(finding)], frontal?.train[titleOf(finding)]);
    assert.deepEqual([train.Sex, train.Age], [patient.sex, String(patient.age)]);
    assert.deepEqual([train['Frontal/Lateral'], train['AP/PA']], film.view === 'frontal' ? ['Frontal', film.projection] : ['Lateral', '']);
  }
});

test('truthOf() gives the severity of each sign by column', () => {
  for (const { film, path } of rows.slice(0, 50)) {
    const truth = Object.fromEntries(truthOf(path, film).map((cell, index) => [truthHeader[index], cell]));
    assert.equal(truth.Path, path);
    for (const finding of findings) assert.ok(Math.abs(Number(truth[titleOf(finding)]) - (film.severities[finding] ?? 0)) <= 0.0005);
  }
});
