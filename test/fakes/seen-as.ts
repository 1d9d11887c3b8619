import type { Cluster } from '../../src/kube/cluster.ts';
import type { FakeCluster } from './fake-cluster.ts';

/** The same cluster for one who reads it otherwise. */
export function seenAs(cluster: FakeCluster, reading: Partial<Cluster>): Cluster {
  return {
    getTraining: () => cluster.getTraining(),
    children: () => cluster.children(),
    refusalOf: () => cluster.refusalOf(),
    removedPods: () => cluster.removedPods(),
    getJob: (key) => cluster.getJob(key),
    podsOf: (key) => cluster.podsOf(key),
    getNode: (name) => cluster.getNode(name),
    openCostPrices: () => cluster.openCostPrices(),
    warnings: () => cluster.warnings(),
    createJob: (job) => cluster.createJob(job),
    removeJob: (job) => cluster.removeJob(job),
    applyStatus: (training, status) => cluster.applyStatus(training, status),
    readProgress: (pod) => cluster.readProgress(pod),
    emit: (training, event) => cluster.emit(training, event),
    ...reading,
  };
}
