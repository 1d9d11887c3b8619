import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describePatient } from '../../../src/dataset/phantoms/patients.ts';
import { findings } from '../../../src/dataset/phantoms/signs.ts';

const patients = Array.from({ length: 1_000 }, (_, index) => describePatient({ seed: 1, number: index + 1 }));
const films = patients.flatMap((patient) => patient.films);

test('describePatient() gives 1 to 4 films a patient, two on average, in studies from 1 on', () => {
  assert.deepEqual([...new Set(patients.map((patient) => patient.films.length))].sort(), [1, 2, 3, 4]);
  assert.ok(Math.abs(films.length / patients.length - 2) < 0.16, String(films.length));
  for (const patient of patients) {
    const studies = [...new Set(patient.films.map(({ study }) => study))];
    assert.deepEqual(studies, studies.map((_, index) => `study${index + 1}`));
    assert.equal(new Set(patient.films.map(({ study, name }) => `${study} ${name}`)).size, patient.films.length);
  }
});

test('describePatient() gives films of one study the same findings, and takes laterals beside a frontal', () => {
  for (const { films: own } of patients) {
    for (const lateral of own.filter(({ view }) => view === 'lateral')) {
      const frontal = own.find(({ study, view }) => study === lateral.study && view === 'frontal');
      assert.deepEqual(lateral.severities, frontal?.severities);
      assert.equal(lateral.projection, '');
    }
  }
  const laterals = films.filter(({ view }) => view === 'lateral').length / films.length;
  assert.ok(laterals > 0.05 && laterals < 0.2, String(laterals));
});

test('describePatient() gives every finding to an eighth of the films or more, and none to a sixth or more', () => {
  for (const finding of findings) {
    const share = films.filter(({ severities }) => (severities[finding] ?? 0) >= 0.3).length / films.length;
    assert.ok(share > 0.125 && share < 0.25, `${finding} ${share}`);
  }
  assert.ok(films.filter(({ severities }) => Object.keys(severities).length === 0).length / films.length > 1 / 6);
});

test('describePatient() gives films of the sizes of CheXpert-v1.0-small, or about the size asked for', () => {
  for (const { width, height } of films) assert.ok(width >= 270 && width <= 320 && height >= 280 && height <= 350, `${width} x ${height}`);
  for (const { width, height } of describePatient({ seed: 1, number: 4, size: 100 }).films) assert.ok(width >= 90 && width <= 100 && height >= 95 && height <= 110, `${width} x ${height}`);
});

test('describePatient() depends on the seed and the number alone', () => {
  assert.deepEqual(describePatient({ seed: 1, number: 7 }), patients[6]);
  assert.notDeepEqual(describePatient({ seed: 2, number: 7 }), patients[6]);
});
