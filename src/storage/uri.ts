import path from 'node:path';
import { StorageError } from './storage.ts';

/**
 * The URI of what lies at `relativePath` (as people and tables write it) below a folder. In `file://` URIs a per cent
 * sign stands for itself only as `%25`; in `s3://` and `memory://` URIs a key is written as it is.
 */
export function childUri(folderUri: string, relativePath: string): string {
  return `${withoutSlash(folderUri)}/${schemeOf(folderUri) === 'file' ? encodePath(relativePath) : relativePath}`;
}

/** The inverse of childUri(). Throws RangeError when `uri` is not below the folder. */
export function pathBelow(folderUri: string, uri: string): string {
  const prefix = `${withoutSlash(folderUri)}/`;
  if (!uri.startsWith(prefix)) throw new RangeError(`Cannot name ${uri} within ${folderUri}: it lies elsewhere`);
  const rest = uri.slice(prefix.length);
  return schemeOf(uri) === 'file' ? decodePath(rest) : rest;
}

/** The word before `://`. Throws StorageError of kind Configuration when there is none. */
export function schemeOf(uri: string): string {
  const [, scheme] = /^([a-z][a-z0-9+.-]*):\/\//.exec(uri) ?? [];
  if (scheme === undefined) throw unaddressable(uri, 'it must begin with file:/// or s3://');
  return scheme;
}

/** Absolute path of a `file:///` URI; escapes are decoded, spaces and `#` may stand as they are. */
export function filePath(uri: string): string {
  const [, host, absolute] = /^file:\/\/([^/]*)(\/.*)$/s.exec(uri) ?? [];
  if (absolute === undefined) throw unaddressable(uri, 'write it with an absolute path, as in file:///data/films');
  if (host !== '' && host !== 'localhost') throw unaddressable(uri, `"${host}" would be another machine; write file:/// with three slashes`);
  if (absolute.includes('\0')) throw unaddressable(uri, 'it holds a zero byte');
  return path.normalize(decodePath(absolute));
}

/** A name as it stands in a `file://` URI. */
export function encodePath(name: string): string {
  return name.replaceAll('%', '%25');
}

export function withoutSlash(uri: string): string {
  return uri.replace(/\/+$/, '');
}

/** Order of UTF-8 bytes, as S3 lists keys; that of JavaScript differs outside the basic plane. */
export function byUtf8(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

export function unaddressable(uri: string, state: string): StorageError {
  return new StorageError({ kind: 'Configuration', uri, message: `Cannot use the URI ${JSON.stringify(uri)}: ${state}` });
}

/** A stray per cent sign that begins no escape stands for itself. */
function decodePath(encoded: string): string {
  return encoded.replace(/(?:%[0-9a-f]{2})+/gi, (escapes) => {
    try {
      return decodeURIComponent(escapes);
    } catch {
      return escapes;
    }
  });
}
