import { shortDigest } from '../domain/base/ids.ts';
import { type Drift, driftOf } from '../domain/drift/drift-findings.ts';
import { type DriftAlarm, type DriftState, newDriftState } from '../domain/drift/drift-state.ts';
import { Novelty, sampledMaterial } from '../domain/drift/novelty.ts';
import { type Answered, type Arrivals, type JudgedAnswer, takeIn } from '../domain/drift/take-in.ts';
import type { Checkpoint } from '../domain/models/checkpoint.ts';
import type { Model } from '../domain/models/model.ts';
import { hadTheLease } from '../domain/models/run.ts';
import { readThrough } from '../domain/traces/read-through.ts';
import { writeJson } from '../ports/documents.ts';
import { kindOf } from '../ports/kind-of.ts';
import type { Ports } from '../ports/ports.ts';
import { readingOf } from '../ports/reading-of.ts';
import type { LoggedTrace } from '../ports/trace-log.ts';
import { unknownModel } from '../ports/unknown-model.ts';
import { driftKey, readDrift, tracesDigest } from './drift-record.ts';
import { championSince } from './run-outlook.ts';
import { isRight } from './since-promotion.ts';
import { readDataset } from './stored-records.ts';

export type DriftPorts = Pick<Ports, 'lineage' | 'objects' | 'traceLog' | 'tasks' | 'random'>;

/** So many of the newest traces are looked at once; older ones are passed over. */
const mostTraces = 10_000;
/** Of so many the novelty is looked at, chosen by lot where there are more. */
const mostNovelties = 2_000;

/**
 * Looks at the champion's traffic that came since the last look, and keeps what it was. Looks may be as many as one likes.
 * @returns null without a champion, and where drift is not looked for
 * @throws RatchetError UnknownModel, and what reading the log throws
 */
export async function watchDrift(
  modelId: string,
  ports: DriftPorts,
): Promise<{ readonly drift: Drift; readonly fresh: readonly DriftAlarm[] } | null> {
  const looked = await look(modelId, ports);
  if (looked === null) return null;
  const { before, state } = looked;
  if (state !== before) await writeJson(ports.objects, driftKey(modelId, state.checkpointId), state);
  return { drift: driftOf(state), fresh: state.alarms.slice(before?.alarms.length ?? 0) };
}

/** As {@link watchDrift}, and keeps nothing. */
export async function lookAtDrift(modelId: string, ports: DriftPorts): Promise<Drift | null> {
  const looked = await look(modelId, ports);
  return looked === null ? null : driftOf(looked.state);
}

async function look(
  modelId: string,
  ports: DriftPorts,
): Promise<{ readonly before: DriftState | null; readonly state: DriftState } | null> {
  const [model, control] = await Promise.all([ports.lineage.getModel(modelId), ports.lineage.getControl(modelId)]);
  if (model === undefined || control === undefined) throw await unknownModel(modelId, ports);
  if (control.championId === null || model.settings.drift === 'off') return null;
  const champion = await ports.lineage.getCheckpoint(modelId, control.championId);
  if (champion === undefined) return null;
  const [history, runs, stored] = await Promise.all([
    ports.traceLog.history(modelId),
    ports.lineage.listRuns(modelId),
    readDrift(modelId, champion.checkpointId, ports),
  ]);
  const labels = kindOf(model, ports).knownFacets(model.task);
  const before = stored !== null && isStillTrue(stored, model, labels) ? stored : null;
  const newest = history.at(-1);
  const from = before?.position ?? championSince(control, runs.filter(hadTheLease), history) ?? 0;
  if (before !== null && (newest === undefined || newest.position <= from)) return { before, state: before };
  const material = new Novelty(await materialOf(champion, model, ports));
  const start =
    before ??
    newDriftState({
      checkpointId: champion.checkpointId,
      position: from,
      level: model.settings.driftLevel,
      labels,
      farFrom: material.farFrom(),
    });
  if (newest === undefined || newest.position <= from) return { before, state: start };
  const arrivals = await arrivalsOf(model, champion, from, newest, ports);
  const name = `drift ${model.splitSalt} ${champion.checkpointId} ${newest.position}`;
  const lot = ports.random.stream(0, name);
  const share = mostNovelties / Math.max(1, arrivals.answered.length);
  const novelty = ({ input }: Answered) => (share >= 1 || lot.next() < share ? material.of(input) : null);
  return { before, state: takeIn(start, arrivals, novelty, () => lot.next()) };
}

/** A change of the labels or of the level begins anew. */
function isStillTrue({ labels, level }: DriftState, { settings }: Model, known: readonly string[]): boolean {
  const fresh = newDriftState({ checkpointId: '', position: 0, level, labels: known, farFrom: null });
  return level === settings.driftLevel && labels.join('\n') === fresh.labels.join('\n');
}

async function arrivalsOf(
  model: Model,
  champion: Checkpoint,
  from: number,
  newest: { readonly position: number; readonly appendedAt: string },
  { traceLog, tasks }: DriftPorts,
): Promise<Arrivals> {
  const kind = kindOf(model, { tasks });
  const reading = readingOf(model, { tasks });
  const read = { limit: mostTraces, through: newest.position };
  const came = await traceLog.read(model.modelId, { ...read, after: from });
  const known = new Set(came.map(({ trace }) => trace.traceId));
  const late = await traceLog.read(model.modelId, { ...read, humanJudgedAfter: from });
  const ofChampion = ({ trace }: LoggedTrace) =>
    trace.checkpointId === undefined || trace.checkpointId === champion.checkpointId;
  const today = (one: LoggedTrace) => readThrough(one, kind, reading);
  const fresh = came.filter(ofChampion).reverse().map(today);
  const judged = [
    ...late
      .filter((one) => !known.has(one.trace.traceId) && ofChampion(one))
      .reverse()
      .map(today),
    ...fresh,
  ];
  return {
    position: newest.position,
    at: newest.appendedAt,
    answered: fresh.map(
      ({ trace: { traceId, input, output, confidence } }): Answered => ({
        trace: tracesDigest(model, traceId),
        input,
        labels: output === null ? [] : kind.facets(output),
        confidence: confidence ?? null,
      }),
    ),
    judged: judged.flatMap((one): JudgedAnswer[] => {
      const right = one.judgements.length === 0 ? null : isRight(one, one.trace.output, model.task, kind);
      const { traceId, input } = one.trace;
      return right === null ? [] : [{ trace: tracesDigest(model, traceId), input, failed: !right }];
    }),
  };
}

/** The inputs that the champion was trained on, a part of them chosen by hash where there are many. */
async function materialOf(champion: Checkpoint, model: Model, ports: DriftPorts): Promise<readonly string[]> {
  const dataset = await ports.lineage.getDataset(model.modelId, champion.datasetId);
  if (dataset === undefined) return [];
  const inputs = [...new Set((await readDataset(dataset, ports)).map(({ input }) => input))];
  if (inputs.length <= sampledMaterial) return inputs;
  return inputs
    .map((input) => ({ input, hash: shortDigest(input) }))
    .sort((a, b) => (a.hash < b.hash ? -1 : 1))
    .slice(0, sampledMaterial)
    .map(({ input }) => input);
}
