import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import type { TableOptions } from '../../src/local/table.ts';
import { renderTable } from '../../src/local/table.ts';
import { failedStatus, runningNow, runningStatus } from './running-status.ts';

const wide: TableOptions = { now: runningNow, columns: 100, rows: 40, isColoured: false };

test('renderTable() shows the training, a line for each step, and what happens, in 100 columns', () => {
  assert.deepEqual(renderTable(runningStatus, wide), [
    'autoencoders  41 %  0/5 classes  worked 31 min 0 s  ETA 14:05 UTC (in 1 h 34 min)  cost unknown',
    '',
    'STEP                         STATE     PROGRESS           EPOCH    LOSS   VALID IMAGES/S        TIME',
    'Catalog                      succeeded finished before                                           2 s',
    'Preprocess                   succeeded █████████ 100 %                                     4 min 5 s',
    '  Edema                      active    ████░░░░░  42 %   85/200 0.07123 0.07210    312.3   1 h 4 min',
    '  Atelectasis                active    Its worker starts',
    '  Enlarged Cardiomediastinum ready     Waits for a free place (maxParallel 2)',
    '  Fracture                   skipped   no positive film in train',
    '  Pneumonia                  failed    Cannot read the records: they are torn, and the copy beside…',
    'Combined                     waiting   Waits for 4 autoencoders',
    '',
    'autoencoders: Edema epoch 85/200, Atelectasis; 1 waiting',
  ]);
});

test('renderTable() leaves out whole columns, whole facts and whole words in 80 columns', () => {
  const lines = renderTable(runningStatus, { ...wide, columns: 80 });
  assert.equal(lines[0], 'autoencoders  41 %  0/5 classes  worked 31 min 0 s  cost unknown');
  assert.equal(lines[2], 'STEP                         STATE     PROGRESS           EPOCH    LOSS   VALID');
  assert.equal(lines[9], '  Pneumonia                  failed    Cannot read the records: they are torn…');
});

test('renderTable() never passes the width of the terminal, whatever the colours', () => {
  for (const columns of [100, 80, 60, 40, 20, 1]) {
    const coloured = renderTable(runningStatus, { ...wide, columns, isColoured: true });
    assert.ok(coloured.some((line) => line.includes('\u001B[')));
    for (const line of coloured) assert.ok(stripVTControlCharacters(line).length <= columns, line);
    assert.deepEqual(coloured.map((line) => stripVTControlCharacters(line).trimEnd()), renderTable(runningStatus, { ...wide, columns }));
  }
});

test('renderTable() keeps the steps that run where the terminal is low, and says how many it leaves out', () => {
  const lines = renderTable(runningStatus, { ...wide, rows: 9 });
  assert.equal(lines.length, 9);
  assert.deepEqual(lines.slice(3, 7).map((line) => line.slice(0, 28).trim()), ['Edema', 'Atelectasis', 'Pneumonia', 'and 5 more steps']);
});

test('renderTable() says what is unknown as unknown', () => {
  const { estimatedCompletionTime: _end, ...unforeseen } = runningStatus;
  assert.match(renderTable(unforeseen, wide)[0] ?? '', /ETA unknown {2}cost unknown$/);
});

test('renderTable() leaves the cause of the end to the end', () => {
  const lines = renderTable(failedStatus, wide);
  assert.doesNotMatch(lines.join('\n'), /torn|minSucceeded|ETA/);
  assert.equal(lines.find((line) => line.includes('Pneumonia')), '  Pneumonia                  failed    █░░░░░░░░  10 %                                          12 s');
});
