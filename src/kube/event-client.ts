import { isApiFault } from './api-fault.ts';
import type { EventApi } from './event-api.ts';
import { resourcePath, resourceTypes } from './resource-path.ts';
import type { Transport } from './transport.ts';

export function eventApi(transport: Transport): EventApi {
  return {
    async create(event, signal) {
      const { namespace } = event.metadata;
      await transport.request({ method: 'POST', path: resourcePath(resourceTypes.events, { namespace }), body: event, signal }).catch((error: unknown) => {
        if (!isApiFault(error, 'AlreadyExists')) throw error;
      });
    },
    async patch({ metadata, count, lastTimestamp, message }, signal) {
      try {
        await transport.request({ method: 'PATCH', path: resourcePath(resourceTypes.events, metadata), body: { count, lastTimestamp, message }, contentType: 'application/merge-patch+json', signal });
        return true;
      } catch (error) {
        if (isApiFault(error, 'NotFound')) return false;
        throw error;
      }
    },
  };
}
