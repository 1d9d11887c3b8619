import { EngineError } from '../engine.ts';
import type { Tensor } from '../engine.ts';
import type { Session } from './session.ts';
import { tensorNames } from './tensor-names.ts';

/** Numbers that one call carries at the most: 256 MB, so that nothing large is there twice. */
const numbersACall = 2 ** 26;

/** Gives variables, by their own names, new values. Throws EngineError where the graph has no such variable. */
export function setVariables(session: Session, variables: readonly (readonly [name: string, tensor: Tensor])[]): void {
  for (const some of portions(variables, ([, { values }]) => values.length)) {
    const feeds = Object.fromEntries(some.map(([name, tensor]) => [tensorNames.given(name), tensor]));
    session.run(feeds, some.map(([name]) => tensorNames.assigned(name)));
  }
}

/** Values of variables, in their order. */
export function readVariables(session: Session, variables: readonly { readonly name: string; readonly size: number }[]): Float32Array[] {
  const values: Float32Array[] = [];
  for (const some of portions(variables, ({ size }) => size)) {
    for (const read of session.run({}, some.map(({ name }) => tensorNames.value(name)))) {
      if (!(read instanceof Float32Array)) throw new EngineError('Cannot read a variable of the graph: it does not hold float32');
      values.push(read);
    }
  }
  return values;
}

function* portions<Item>(items: readonly Item[], sizeOf: (item: Item) => number): Generator<Item[]> {
  let portion: Item[] = [];
  let size = 0;
  for (const item of items) {
    if (portion.length > 0 && size + sizeOf(item) > numbersACall) {
      yield portion;
      [portion, size] = [[], 0];
    }
    portion.push(item);
    size += sizeOf(item);
  }
  if (portion.length > 0) yield portion;
}
