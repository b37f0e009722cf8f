import { RatchetError } from '../domain/base/errors.ts';
import { shortDigest } from '../domain/base/ids.ts';
import { type KeptClusters, keptClustersSchema, keptLabelSchema } from '../domain/cold-start/kept-clusters.ts';
import type { NamedCluster } from '../domain/cold-start/propose-clusters.ts';
import { readJson, writeJson } from '../ports/documents.ts';
import type { Ports } from '../ports/ports.ts';

type Objects = Pick<Ports, 'objects'>;

const root = 'cold-start';
const clustersKey = (modelId: string): string => `${root}/${modelId}/clusters.json`;
/** Each label is an object of its own, so that people who name at once take nothing from each other. */
const labelKey = (modelId: string, cluster: string): string => `${root}/${modelId}/labels/${cluster}.json`;

/** Clusters with what people have said of each by its number: a label, or '' to leave it out. */
export interface ClustersAndLabels extends KeptClusters {
  readonly labels: ReadonlyMap<string, string>;
}

/**
 * Keeps clusters to be named in the console, in place of those that were there; for a model that has a champion already,
 * nothing is kept.
 * @returns whether they are kept
 */
export async function keepClusters(
  modelId: string,
  clusters: readonly NamedCluster[],
  how: Pick<KeptClusters, 'seed' | 'foundation'>,
  { objects, lineage }: Pick<Ports, 'objects' | 'lineage'>,
): Promise<boolean> {
  const control = await lineage.getControl(modelId);
  if ((control?.championId ?? null) !== null) return false;
  await forgetClusters(modelId, { objects });
  const of = shortDigest(JSON.stringify(clusters));
  await writeJson(objects, clustersKey(modelId), { of, clusters: [...clusters], ...how } satisfies KeptClusters);
  return true;
}

/** Null where none are kept. @throws RatchetError CorruptArtifact */
export async function readClusters(modelId: string, ports: Objects): Promise<ClustersAndLabels | null> {
  const kept = await readOrNull(() => readJson(ports.objects, clustersKey(modelId), keptClustersSchema));
  if (kept === null) return null;
  const labels = new Map<string, string>();
  await Promise.all(
    kept.clusters.map(async ({ cluster }) => {
      const said = await readOrNull(() => readJson(ports.objects, labelKey(modelId, cluster), keptLabelSchema));
      if (said?.of === kept.of) labels.set(cluster, said.label);
    }),
  );
  return { ...kept, labels };
}

/**
 * Keeps what a person calls a cluster.
 * @param said.of of which clusters it is said
 * @throws RatchetError InvalidInput where there is no such cluster, or others were offered since
 */
export async function labelCluster(
  modelId: string,
  said: { readonly of: string; readonly cluster: string; readonly label: string },
  ports: Objects,
): Promise<void> {
  const { of, cluster, label } = said;
  const kept = await readOrNull(() => readJson(ports.objects, clustersKey(modelId), keptClustersSchema));
  if (kept === null) throw noClusters(modelId);
  if (kept.of !== of) {
    throw new RatchetError('InvalidInput', 'Other clusters were offered since.', { mend: 'Load the page anew.' });
  }
  if (!kept.clusters.some((one) => one.cluster === cluster)) {
    throw new RatchetError('InvalidInput', 'There is no such cluster.', { mend: 'Load the page anew.' });
  }
  await writeJson(ports.objects, labelKey(modelId, cluster), { of, label });
}

/** The clusters as lines of a file for `create --from-clusters`, with the labels that people gave and no other. */
export function linesOf({ clusters, labels }: ClustersAndLabels): string {
  return clusters
    .map((cluster) => `${JSON.stringify({ ...cluster, label: labels.get(cluster.cluster) ?? '' })}\n`)
    .join('');
}

/** Names for which clusters are kept, sorted. */
export async function modelsToName({ objects }: Objects): Promise<readonly string[]> {
  const keys = await objects.list(`${root}/`);
  return keys.flatMap((key) => {
    const [, modelId = '', file] = key.split('/');
    return file === 'clusters.json' ? [modelId] : [];
  });
}

/** Removes what is kept, texts included. */
export async function forgetClusters(modelId: string, { objects }: Objects): Promise<void> {
  for (const key of await objects.list(`${root}/${modelId}/`)) await objects.delete(key);
}

export function noClusters(modelId: string): RatchetError {
  return new RatchetError('UnknownModel', `No clusters wait to be named for ${modelId}.`, {
    mend: `Offer them: ratchet create ${modelId} --inputs FILE.`,
  });
}

async function readOrNull<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof RatchetError && error.name === 'ObjectMissing') return null;
    throw error;
  }
}
