/** `npm run cluster:down`: ends and removes the cluster that `cluster:up` started on this machine; what it built stays cached. */
import { removeCluster } from './remove-cluster.ts';

await removeCluster();
