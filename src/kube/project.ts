/** What is kept of a value: of an object a place for each field of its type, so that none is forgotten; `true` keeps it whole. */
export type Shape<T> = T extends readonly (infer Item)[] ? Shape<Item> : T extends object ? { readonly [Field in keyof T]-?: Shape<NonNullable<T[Field]>> | true } : true;

/**
 * The value without what its shape does not name. Of a list each item has the same shape. A field that is null, such as
 * the end of a container that never began, is one that is not there.
 */
export function project<T>(value: T, shape: Shape<T>): T {
  return keep(value, shape) as T;
}

function keep(value: unknown, shape: unknown): unknown {
  if (shape === true || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => keep(item, shape));
  const whole = value as Record<string, unknown>;
  const kept: Record<string, unknown> = {};
  for (const [field, part] of Object.entries(shape as object)) if (whole[field] !== undefined && whole[field] !== null) kept[field] = keep(whole[field], part);
  return kept;
}
