import { Hono } from 'hono';
import { RatchetError } from '../../domain/base/errors.ts';
import type { KeptClusters } from '../../domain/cold-start/kept-clusters.ts';
import {
  type ClustersAndLabels,
  labelCluster,
  linesOf,
  modelsToName,
  noClusters,
  readClusters,
} from '../../operations/kept-clusters.ts';
import type { Ports } from '../../ports/ports.ts';
import { note } from '../audit.ts';
import { callerOf } from '../guard.ts';
import { refusal } from '../problems.ts';
import { read, told } from '../requests.ts';
import { type Clusters, createNamedSchema, labelClusterSchema, type ToName } from './cluster-messages.ts';

/**
 * Creates a model of clusters that people have named, and trains its first checkpoint.
 * @param lines of a file for `create --from-clusters`
 * @throws RatchetError InvalidInput with what hinders it
 */
export type CreateNamed = (
  modelId: string,
  lines: string,
  how: Pick<KeptClusters, 'seed' | 'foundation'>,
) => Promise<void>;

const shownTexts = 12;
const shownCharacters = 400;
const fewestLabels = 2;

/** Clusters that wait to be named, what people call them, and the model that comes of it. */
export function clusterRoutes(ports: Pick<Ports, 'objects'>, create: CreateNamed | null): Hono {
  const app = new Hono();
  const creating = new Set<string>();

  app.get('/v1/clusters', async (context) => {
    const caller = callerOf(context);
    const names = (await modelsToName(ports)).filter((model) => caller?.mayUse(model) ?? true);
    const models: ToName['models'] = [];
    for (const model of names) {
      const kept = await readClusters(model, ports);
      if (kept !== null) models.push({ model, clusters: kept.clusters.length, looked: kept.labels.size });
    }
    return context.json({ models } satisfies ToName);
  });

  app.get('/v1/models/:model/clusters', async (context) => {
    const model = context.req.param('model');
    const kept = await keptOf(model, ports);
    const clusters = kept.clusters.map(({ cluster, label, size, words, inputs }) => ({
      cluster,
      label: kept.labels.get(cluster) ?? null,
      proposed: label,
      size,
      words,
      texts: inputs.slice(0, shownTexts).map((text) => text.slice(0, shownCharacters)),
    }));
    return context.json({ model, of: kept.of, canCreate: create !== null, clusters } satisfies Clusters);
  });

  app.post('/v1/models/:model/clusters', async (context) => {
    const body = await read(context, () => labelClusterSchema);
    if (!body.ok) return told(context, body.problem);
    const model = context.req.param('model');
    await labelCluster(model, body.value, ports);
    note(context, { action: 'name', model, signed: [], count: 1, id: null });
    return context.json({ cluster: body.value.cluster, label: body.value.label });
  });

  app.post('/v1/models/:model/creation', async (context) => {
    const body = await read(context, () => createNamedSchema);
    if (!body.ok) return told(context, body.problem);
    const model = context.req.param('model');
    if (create === null) throw new RatchetError('InvalidInput', 'No model can be created from here.');
    const kept = await keptOf(model, ports);
    if (kept.of !== body.value.of) {
      throw new RatchetError('InvalidInput', 'Other clusters were offered since.', { mend: 'Load the page anew.' });
    }
    const labels = new Set([...kept.labels.values()].filter((label) => label !== ''));
    if (labels.size < fewestLabels) {
      throw new RatchetError('InvalidInput', 'A model needs two labels at least.', { mend: 'Name more clusters.' });
    }
    if (creating.has(model)) return told(context, beingCreated);
    creating.add(model);
    try {
      await create(model, linesOf(kept), { seed: kept.seed, foundation: kept.foundation });
    } finally {
      creating.delete(model);
    }
    note(context, { action: 'create', model, signed: [], count: labels.size, id: null });
    return context.json({ model }, 201);
  });
  return app;
}

const beingCreated = refusal(409, 'BeingCreated', 'The model is being created.', 'Wait until it is there.');

async function keptOf(model: string, ports: Pick<Ports, 'objects'>): Promise<ClustersAndLabels> {
  const kept = await readClusters(model, ports);
  if (kept === null) throw noClusters(model);
  return kept;
}
