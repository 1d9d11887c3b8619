/**
 * The values of a stream that holds one JSON value a line, each as soon as its line is whole.
 * Throws SyntaxError at a line that is no JSON and at an end in the middle of a line; what came before has been given.
 */
export async function* jsonLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<unknown, void, undefined> {
  const decoder = new TextDecoder();
  // Parts of the line under way: joined once, so that a long line in many chunks stays cheap.
  let parts: string[] = [];
  for await (const chunk of chunks) {
    const [first = '', ...others] = decoder.decode(chunk, { stream: true }).split('\n');
    parts.push(first);
    for (const next of others) {
      const line = parts.join('');
      parts = [next];
      if (line.trim() !== '') yield JSON.parse(line);
    }
  }
  if (parts.join('').trim() !== '') throw new SyntaxError('the stream ended in the middle of a line');
}
