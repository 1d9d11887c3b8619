/** Whether two JSON values are the same, whatever the order of their keys; a key that is undefined is not there. */
export function isEqual(left: unknown, right: unknown): boolean {
  if (Object.is(left, right)) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  if (Array.isArray(left) !== Array.isArray(right)) return false;
  const [before, after] = [left as Record<string, unknown>, right as Record<string, unknown>];
  return Object.keys({ ...before, ...after }).every((key) => isEqual(before[key], after[key]));
}
