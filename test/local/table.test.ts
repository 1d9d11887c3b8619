import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import type { ObservationStatus, StageStatus, TrainingStatus } from '../../src/api/status.ts';
import { durationText } from '../../src/local/duration.ts';
import { openScreen } from '../../src/local/screen.ts';
import { renderTable } from '../../src/local/table.ts';

const now = Date.parse('2026-01-01T12:31:00Z');
const step = { run: 1, attempts: 1, seconds: 0 };

const stages: readonly StageStatus[] = [
  { stage: 'catalog', ...step, state: 'succeeded', seconds: 2, progress: 1 },
  { stage: 'preprocess', ...step, state: 'succeeded', seconds: 245, progress: 1 },
  { stage: 'autoencoders', ...step, state: 'active', progress: 0.4 },
  { stage: 'combined', ...step, state: 'waiting', message: 'Waits for 4 autoencoders' },
];
const observations: readonly ObservationStatus[] = [
  { observation: 'Edema', ...step, state: 'active', seconds: 3845, progress: 0.425, epoch: 85, epochs: 200, loss: { train: 0.071_23, validation: 0.0721 }, imagesPerSecond: 312.25 },
  { observation: 'Enlarged_Cardiomediastinum', ...step, state: 'ready', message: 'Waits for a free place' },
  { observation: 'Fracture', ...step, state: 'skipped', message: 'no positive film in train' },
  { observation: 'Pneumonia', ...step, state: 'failed', progress: 0.1, seconds: 12, message: 'Cannot read the records: they are torn' },
];
const status: TrainingStatus = {
  observedGeneration: 1,
  conditions: [],
  stage: 'autoencoders',
  progress: 0.417,
  progressPercent: '',
  failed: '',
  estimatedCompletionTime: '2026-01-01T14:05:00Z',
  startTime: '2026-01-01T12:00:00Z',
  workedSeconds: 1860,
  updateTime: '2026-01-01T12:31:00Z',
  workerImage: '',
  operatorVersion: '',
  classes: '0/4',
  message: 'autoencoders: Edema epoch 85/200; 1 waiting',
  stages,
  observations,
};

test('renderTable() shows the training, a line for each step, and what happens, in 100 columns', () => {
  const lines = renderTable(status, { now, columns: 100, isColoured: false });
  assert.deepEqual(lines, [
    'autoencoders  41 %  0/4 classes  elapsed 31:00  ETA 14:05 UTC (in 1:34:00)  cost unknown',
    '',
    'STEP                         STATE     PROGRESS              EPOCH    LOSS   VALID IMAGES/S     TIME',
    'catalog                      succeeded ████████████ 100 %                                        2 s',
    'preprocess                   succeeded ████████████ 100 %                                       4:05',
    '  Edema                      active    █████░░░░░░░  42 %   85/200 0.07123 0.07210    312.3  1:04:05',
    '  Enlarged Cardiomediastinum ready     Waits for a free place',
    '  Fracture                   skipped   no positive film in train',
    '  Pneumonia                  failed    Cannot read the records: they are torn',
    'combined                     waiting   Waits for 4 autoencoders',
    '',
    'autoencoders: Edema epoch 85/200; 1 waiting',
  ]);
});

test('renderTable() never passes the width of the terminal, whatever the colours', () => {
  for (const columns of [100, 80, 60, 40, 20]) {
    const coloured = renderTable(status, { now, columns, isColoured: true });
    assert.ok(coloured.some((line) => line.includes('\u001B[')));
    for (const line of coloured) assert.ok(stripVTControlCharacters(line).length <= columns, line);
    assert.deepEqual(coloured.map((line) => stripVTControlCharacters(line).trimEnd()), renderTable(status, { now, columns, isColoured: false }));
  }
});

test('renderTable() says what is unknown as unknown', () => {
  const { estimatedCompletionTime: _end, ...unforeseen } = status;
  assert.match(renderTable(unforeseen, { now, columns: 100, isColoured: false })[0] ?? '', /ETA unknown {2}cost unknown$/);
});

function open(isInteractive: boolean) {
  const written: string[] = [];
  const screen = openScreen({ write: (text) => void written.push(text), isInteractive, isColoured: false, columns: () => 100 });
  return { screen, written };
}

test('openScreen() draws the table over itself on a terminal', () => {
  const { screen, written } = open(true);
  screen.show(status, now);
  screen.show(status, now);
  assert.ok(!written[0]?.startsWith('\u001B[12A') && written[1]?.startsWith('\u001B[12A'));
});

test('openScreen() writes a line for each change elsewhere, and none twice', () => {
  const { screen, written } = open(false);
  screen.tell({ type: 'Normal', reason: 'Started', message: 'Edema started' }, now);
  screen.show(status, now);
  screen.show(status, now);
  assert.deepEqual(written, ['12:31:00 Edema started\n', '12:31:00 40 % done, autoencoders: Edema epoch 85/200; 1 waiting; ready in about 1:34:00\n']);
});

test('durationText() reads as a clock', () => {
  assert.deepEqual([0, 59.6, 61, 3599, 3600, 90_061].map(durationText), ['0 s', '1:00', '1:01', '59:59', '1:00:00', '25:01:01']);
});
