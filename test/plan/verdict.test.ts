import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withRemedy } from '../../src/plan/verdict.ts';

const again = 'Correct the cause, delete the training and apply it again: what is finished is not done twice';

test('withRemedy() says what to do next, also after a cause that fills the room', () => {
  assert.equal(withRemedy({ reason: 'StepFailed', message: 'The catalog failed: no films' }), `The catalog failed: no films. ${again}`);
  assert.equal(withRemedy({ reason: 'StepFailed', message: 'The catalog failed: no films.' }), `The catalog failed: no films. ${again}`);
  const long = withRemedy({ reason: 'StepFailed', message: 'a film '.repeat(50) });
  assert.ok(long.length <= 256 && long.endsWith(`film… ${again}`), long);
  assert.match(withRemedy({ reason: 'TooFewSucceeded', message: 'Edema failed' }), /^Edema failed\. .* spec\.rerun$/);
  assert.equal(withRemedy({ reason: 'BudgetExceeded', message: 'It is spent' }), 'It is spent');
});
