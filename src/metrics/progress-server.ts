/**
 * metrics/ shows numbers to those who ask by HTTP. A worker answers `GET /progress` with what it last reported; the
 * operator asks, so a worker needs no rights anywhere.
 */
import fastify from 'fastify';
import type { Progress } from '../api/progress.ts';

/** A TCP port, or the path of a Unix socket (one machine: no ports to collide). */
export type Address = { readonly port: number } | { readonly path: string };

export interface ProgressServer {
  close(): Promise<void>;
}

/** A host that means every address of the machine, also those of IPv6 where there are any: Node's own default, which fastify has not. */
export const everywhere = '';

/** The address cannot be listened on: a matter of configuration. */
export class AddressError extends Error {
  override readonly name = 'AddressError';
}

/** Starts to answer. Rejects with AddressError when the address is taken. */
export async function serveProgress(address: Address, read: () => Progress | null): Promise<ProgressServer> {
  const server = fastify({ forceCloseConnections: true });
  server.get('/progress', (_request, reply) => {
    const progress = read();
    return progress === null ? reply.code(503).send({ message: 'nothing is known yet' }) : reply.send(progress);
  });
  const where = 'port' in address ? `port ${address.port}` : address.path;
  try {
    await server.listen('port' in address ? { port: address.port, host: everywhere } : { path: address.path });
  } catch (cause) {
    throw new AddressError(`Cannot answer for progress on ${where}: ${isInUse(cause) ? 'it is in use; set CHEX_PROGRESS to a free port' : String(cause)}`, { cause });
  }
  return { close: () => server.close() };
}

function isInUse(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE';
}
