import fastify from 'fastify';
import type { Registry } from 'prom-client';
import { AddressError, everywhere } from './progress-server.ts';

export interface OperatorServer {
  /** The TCP port it listens on. */
  readonly port: number;
  close(): Promise<void>;
}

export interface OperatorServerOptions {
  /** 0: any that is free. */
  readonly port: number;
  readonly registry: Registry;
  /** Why the operator is not ready to work or to take over; null when it is. */
  readonly unreadyReason: () => string | null;
}

/** Answers `/metrics`, `/healthz` (it answers at all) and `/readyz`. Rejects with AddressError when the port is taken. */
export async function serveOperator({ port, registry, unreadyReason }: OperatorServerOptions): Promise<OperatorServer> {
  const server = fastify({ forceCloseConnections: true });
  server.get('/healthz', (_request, reply) => reply.type('text/plain').send('ok'));
  server.get('/readyz', (_request, reply) => {
    const reason = unreadyReason();
    return reply.type('text/plain').code(reason === null ? 200 : 503).send(reason ?? 'ok');
  });
  server.get('/metrics', async (_request, reply) => reply.type(registry.contentType).send(await registry.metrics()));
  try {
    await server.listen({ port, host: everywhere });
  } catch (cause) {
    throw new AddressError(`Cannot serve metrics and health on port ${port}: ${cause instanceof Error ? cause.message : String(cause)}; choose another by --port`, { cause });
  }
  const address = server.server.address();
  return { port: typeof address === 'object' && address !== null ? address.port : port, close: () => server.close() };
}
