/** A thread of the wasm engine: its own heap, and in it a replica of each network that is loaded. */
import { parentPort } from 'node:worker_threads';
import { openWasmBackend } from '../wasm-backend.ts';
import type { Answers, Message, Question, Reply } from './question.ts';
import { Replica } from './replica.ts';

const backend = await openWasmBackend();
const replicas = new Map<number, Replica>();

parentPort?.on('message', (message: Message) => {
  switch (message.kind) {
    case 'load':
      replicas.set(message.model, new Replica(backend, message.settings));
      return;
    case 'unload':
      replicas.get(message.model)?.dispose();
      replicas.delete(message.model);
      return;
    case 'ask':
      reply(message);
      return;
    default:
      message satisfies never;
  }
});

function reply({ id, model, question }: Extract<Message, { readonly kind: 'ask' }>): void {
  try {
    const answer = answerOf(model, question);
    // What was predicted is a copy already.
    const handed = question.kind === 'predict' ? Object.values(answer as Answers['predict']).map((values) => values.buffer as ArrayBuffer) : [];
    parentPort?.postMessage({ kind: 'answered', id, answer } satisfies Reply, handed);
  } catch (error) {
    parentPort?.postMessage({ kind: 'failed', id, error } satisfies Reply);
  }
}

function answerOf(model: number, question: Question): Answers[Question['kind']] {
  const replica = replicas.get(model);
  if (replica === undefined) throw new Error(`Cannot run model ${String(model)}: this thread has none of that number`);
  return replica.answer(question);
}
