import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ObservationStatus, TrainingStatus } from '../../src/api/status.ts';
import type { ClusterEvent } from '../../src/kube/cluster.ts';
import { openScreen } from '../../src/local/screen.ts';
import { failedStatus, runningNow, runningStatus } from './running-status.ts';

function open() {
  const written: string[] = [];
  const screen = openScreen({ write: (text) => void written.push(text), isInteractive: false, isColoured: false, columns: () => 100, rows: () => 40 });
  return {
    tell: (reason: string, message: string) => screen.tell({ type: 'Normal', reason, message } satisfies ClusterEvent, runningNow),
    show: (status: TrainingStatus) => screen.show(status, runningNow),
    written,
  };
}

function withEdema(change: Partial<ObservationStatus>): TrainingStatus {
  return { ...runningStatus, progress: 0, observations: [{ observation: 'Edema', state: 'active', run: 1, attempts: 1, seconds: 0, ...change }] };
}

test('openScreen() writes each change once where lines cannot be drawn over, and how far it is at each tenth', () => {
  const { tell, show, written } = open();
  show(withEdema({ progress: 0.1 }));
  show(withEdema({ progress: 0.2 }));
  tell('StepSucceeded', 'Edema is done in 3 s');
  show(runningStatus);
  show(runningStatus);
  assert.deepEqual(written, [
    '12:31:00 Edema started\n',
    '12:31:00 Edema is done in 3 s\n',
    '12:31:00 40 % done, in stage autoencoders; ready in about 1 h 34 min\n',
  ]);
});

test('openScreen() tells of a step that was finished before by one line', () => {
  const { tell, show, written } = open();
  tell('Started', 'Edema started, run 2');
  show(withEdema({ run: 2 }));
  tell('StepFound', 'Edema was finished before');
  show(withEdema({ run: 2, state: 'succeeded', progress: 1, found: true }));
  assert.deepEqual(written, ['12:31:00 Edema was finished before\n']);
});

test('openScreen() tells a failure at once where the training goes on, and leaves it to the end where it is the end', () => {
  const { tell, show, written } = open();
  tell('StepFailed', 'Fracture failed: no memory');
  show({ ...runningStatus, progress: 0, observations: [] });
  tell('StepFailed', 'Pneumonia failed: torn');
  show(failedStatus);
  assert.deepEqual(written, ['12:31:00 Fracture failed: no memory\n']);
});
