/** Reads each item while the one before is worked on; in order. At most two are there at a time. */
export async function* readAhead<Item, Read>(items: Iterable<Item>, read: (item: Item) => Promise<Read>): AsyncGenerator<Read> {
  let next: Promise<Read> | null = null;
  try {
    for (const item of items) {
      const current = next;
      next = read(item);
      // Its error is thrown when it is its turn.
      next.catch(() => undefined);
      if (current !== null) yield await current;
    }
    if (next !== null) yield await next;
  } finally {
    await next?.catch(() => undefined);
  }
}
