import type { Node, Pod, SeenJob } from '../api/kubernetes.ts';
import type { StepRecord } from '../api/status.ts';
import type { ChexTraining } from '../api/training.ts';
import type { Cluster } from '../kube/cluster.ts';
import type { Observed } from '../plan/decide.ts';
import { recordsIn } from '../plan/records.ts';
import { hasJob } from '../plan/schedule.ts';
import { isControlledBy, isFinished } from '../plan/step-state.ts';
import { askProgress } from './progress.ts';

/** An active Job without Pods for so long is refused by something: only its Events say by what. */
const silentSeconds = 5;

/** Everything a decision needs, read once. `now` in milliseconds since 1970. */
export async function observe(cluster: Cluster, training: ChexTraining, now: number): Promise<Observed> {
  const seen = await cluster.children(training);
  const records = recordsIn(training.status);
  const { own, foreign, pods: theirs } = await findMissing(cluster, training, { records, seen: seen.jobs });
  const jobs = [...seen.jobs, ...own];
  const pods = await withEnds(cluster, { jobs, records, pods: [...seen.pods, ...theirs] });
  const [progress, nodes, openCost, warnings] = await Promise.all([askProgress(cluster, pods), nodesOf(cluster, { pods, records }), cluster.openCostPrices(), warningsOf(cluster, silentJobs({ jobs, pods, now }))]);
  return { now, status: training.status ?? null, records, jobs, pods, nodes, openCost, progress, warnings, foreign, refusals: refusalsOf(cluster, training, records), removed: cluster.removedPods(training) };
}

/**
 * Jobs that are recorded and were not seen. What was seen may be old or have lost its labels, and a second Job beside one
 * that is there would write beside it: so each is asked for by its name. One that is ours is taken as seen with its Pods,
 * one of somebody else is told; of one that is gone Pods may be left that still write.
 */
async function findMissing(cluster: Cluster, { metadata }: ChexTraining, { records, seen }: { records: ReadonlyMap<string, StepRecord>; seen: readonly SeenJob[] }): Promise<{ own: SeenJob[]; foreign: SeenJob[]; pods: readonly Pod[] }> {
  const names = [...records.values()].flatMap(({ state, job }) => (job !== undefined && (job.uid === undefined || hasJob(state)) ? [job.name] : []));
  const missing = names.filter((name) => !seen.some((job) => job.metadata.name === name)).map((name) => ({ namespace: metadata.namespace, name }));
  const asked = await Promise.all(missing.map(async (key) => ({ key, job: await cluster.getJob(key) })));
  const found = asked.flatMap(({ job }) => job ?? []);
  const isOurs = (job: SeenJob) => job.metadata.ownerReferences?.some(({ controller, uid }) => controller === true && uid === metadata.uid) ?? false;
  const pods = await Promise.all(asked.filter(({ job }) => job === null || isOurs(job)).map(({ key }) => cluster.podsOf(key)));
  return { own: found.filter(isOurs), foreign: found.filter((job) => !isOurs(job)), pods: pods.flat() };
}

/** The end of a Job may be seen before that of its Pods: what they said at last is then asked for, as nothing else keeps it. */
async function withEnds(cluster: Cluster, { jobs, records, pods }: { jobs: readonly SeenJob[]; records: ReadonlyMap<string, StepRecord>; pods: readonly Pod[] }): Promise<readonly Pod[]> {
  const open = new Set([...records.values()].flatMap(({ state, job }) => (hasJob(state) && job !== undefined ? [job.name] : [])));
  const hasEnded = ({ status: { phase } }: Pod) => phase === 'Succeeded' || phase === 'Failed';
  const early = jobs.filter((job) => {
    const own = pods.filter((pod) => isControlledBy(pod, job));
    return isFinished(job) && open.has(job.metadata.name) && !(own.length > 0 && own.every(hasEnded));
  });
  const asked = await Promise.all(early.map(async (job) => (await cluster.podsOf(job.metadata)).filter((pod) => isControlledBy(pod, job))));
  return [...pods.filter((pod) => !early.some((job) => isControlledBy(pod, job))), ...asked.flat()];
}

/** Of every Pod, and of time that has no price yet: what it costs is the price of its node. */
async function nodesOf(cluster: Cluster, { pods, records }: { pods: readonly Pod[]; records: ReadonlyMap<string, StepRecord> }): Promise<Map<string, Node>> {
  const unpriced = [...records.values()].flatMap((record) => record.unpriced ?? []);
  const names = [...new Set([...pods.flatMap(({ spec }) => spec?.nodeName ?? []), ...unpriced.map(({ node }) => node)])].filter((name) => name !== '');
  const nodes = await Promise.all(names.map((name) => cluster.getNode(name)));
  return new Map(nodes.flatMap((node) => (node === null ? [] : [[node.metadata.name, node]])));
}

/** Of Jobs that are recorded and were never seen. */
function refusalsOf(cluster: Cluster, { metadata: { namespace } }: ChexTraining, records: ReadonlyMap<string, StepRecord>): Map<string, string> {
  const names = [...records.values()].flatMap(({ job }) => (job !== undefined && job.uid === undefined ? [job.name] : []));
  return new Map(names.flatMap((name) => {
    const words = cluster.refusalOf({ namespace, name });
    return words === null ? [] : [[name, words]];
  }));
}

function silentJobs({ jobs, pods, now }: { jobs: readonly SeenJob[]; pods: readonly Pod[]; now: number }): SeenJob[] {
  return jobs.filter((job) => {
    const age = (now - Date.parse(job.metadata.creationTimestamp ?? '')) / 1000;
    // The clock of the API server may be ahead of ours.
    return !isFinished(job) && job.spec.suspend !== true && !(age >= 0 && age < silentSeconds) && !pods.some(({ metadata }) => metadata.ownerReferences?.some(({ uid }) => uid === job.metadata.uid));
  });
}

async function warningsOf(cluster: Cluster, jobs: readonly SeenJob[]): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const job of jobs) {
    const [newest] = await cluster.warnings(job);
    if (newest !== undefined && job.metadata.uid !== undefined) found.set(job.metadata.uid, newest);
  }
  return found;
}
