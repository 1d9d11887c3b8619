import type { Entry, Storage, WriteOptions } from './storage.ts';
import { notFound, preconditionFailed, throwIfAborted } from './faults.ts';
import { byUtf8, withoutSlash } from './uri.ts';

const pieceBytes = 64 * 1024;

interface Content {
  readonly bytes: Uint8Array;
  readonly etag: string;
}

/** Storage in this process's memory, gone with it. */
export function memoryStorage(): Storage {
  const contents = new Map<string, Content>();
  let writes = 0;

  function present(uri: string, signal: AbortSignal | undefined): Content {
    throwIfAborted(uri, signal);
    const content = contents.get(uri);
    if (content === undefined) throw notFound(uri);
    return content;
  }

  return {
    read: async (uri, options) => present(uri, options?.signal).bytes.slice(),
    async *stream(uri, options) {
      const { bytes } = present(uri, options?.signal);
      for (let at = 0; at < bytes.length; at += pieceBytes) {
        throwIfAborted(uri, options?.signal);
        yield bytes.slice(at, at + pieceBytes);
      }
    },
    async write(uri, body, options = {}) {
      const bytes = await gather(body);
      checkCondition(uri, contents.get(uri)?.etag, options);
      const etag = String(++writes);
      contents.set(uri, { bytes, etag });
      return { etag };
    },
    head: async (uri) => entry(uri, contents.get(uri)),
    async *list(folderUri) {
      const prefix = `${withoutSlash(folderUri)}/`;
      for (const uri of [...contents.keys()].filter((key) => key.startsWith(prefix)).sort(byUtf8)) {
        const found = entry(uri, contents.get(uri));
        if (found !== null) yield found;
      }
    },
    remove: async (uri) => void contents.delete(uri),
  };
}

function checkCondition(uri: string, etag: string | undefined, options: WriteOptions): void {
  const unexpected = options.ifNoneMatch === '*' && etag !== undefined;
  const changed = options.ifMatch !== undefined && etag !== options.ifMatch;
  if (unexpected || changed) throw preconditionFailed(uri, options);
}

async function gather(body: Uint8Array | AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  if (body instanceof Uint8Array) return Uint8Array.from(body);
  return Uint8Array.from(Buffer.concat(await Array.fromAsync(body, (piece) => Uint8Array.from(piece))));
}

function entry(uri: string, content: Content | undefined): Entry | null {
  return content === undefined ? null : { uri, sizeBytes: content.bytes.length, etag: content.etag };
}
