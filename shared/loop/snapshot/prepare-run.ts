import { z } from 'zod';
import { RatchetError } from '../../domain/base/errors.ts';
import { partSize, partsOf } from '../../domain/base/part-size.ts';
import type { TaskKind } from '../../domain/base/task-kind.ts';
import type { TaskSpec } from '../../domain/base/task-spec.ts';
import { plural } from '../../domain/base/wording.ts';
import { examplesToday } from '../../domain/curriculum/examples-today.ts';
import { withoutRefuted } from '../../domain/curriculum/refuted-examples.ts';
import type { EvaluationSet } from '../../domain/evaluation/evaluation-set.ts';
import { type Place, partsFor } from '../../domain/evaluation/fold.ts';
import { assignPlaces } from '../../domain/evaluation/ledger.ts';
import type { Control } from '../../domain/models/control.ts';
import type { Model } from '../../domain/models/model.ts';
import { rolledBackFrom } from '../../domain/models/rolled-back.ts';
import type { Run } from '../../domain/models/run.ts';
import type { RunRef } from '../../domain/models/run-ref.ts';
import { type ReadThrough, readThrough } from '../../domain/traces/read-through.ts';
import { settledJudgement } from '../../domain/traces/settled-judgement.ts';
import { timesInOrder } from '../../domain/traces/times-in-order.ts';
import type { Trace } from '../../domain/traces/trace.ts';
import type { PinnedRecord } from '../../domain/traces/trace-record.ts';
import { readLedger, writeRunFolds } from '../../operations/fold-ledger.ts';
import { checkLease } from '../../operations/lease.ts';
import { seenBy } from '../../operations/seen.ts';
import { mostEvidence } from '../../operations/short-of-trainer.ts';
import { readDataset } from '../../operations/stored-records.ts';
import { writeJson, writeJsonl } from '../../ports/documents.ts';
import { kindOf } from '../../ports/kind-of.ts';
import type { Ports } from '../../ports/ports.ts';
import { readingOf } from '../../ports/reading-of.ts';
import type { Stage } from '../engine/stage.ts';
import { leftOutWords } from '../state/left-out.ts';
import { mostChunks } from '../state/limits.ts';
import type { RunPlan } from '../state/run-plan.ts';
import { type chunkSchema, snapshotSchema } from '../state/snapshot.ts';
import { stageHead } from '../state/stage-head.ts';

const inputSchema = z.strictObject(stageHead);

/**
 * Pins the snapshot: model, settings, champion, lineage, and the newest traces of the model with their judgements, in
 * chunks. Each near-duplicate group falls on its fold for the life of the model.
 * @throws RatchetError UnknownModel, NoChampion
 */
export const prepareRun: Stage<z.infer<typeof inputSchema>, z.infer<typeof snapshotSchema>> = {
  name: 'prepare-run',
  input: inputSchema,
  output: snapshotSchema,
  async run({ run, lease }, { ports, key }) {
    const parentExamplesKey = key('parent-examples.jsonl');
    const pinnedPlan = await pinPlan(run, parentExamplesKey, ports);
    const { traces, ...bounded } = await readSnapshot(pinnedPlan, ports);
    const judged = traces.filter(({ judgements }) => judgements.length > 0);
    const plan: RunPlan = {
      ...pinnedPlan,
      ...bounded,
      parts: partsFor(judged.length),
      ...(readingOf(pinnedPlan.model, ports) === null ? {} : { leftOpenExamplesKey: key('left-open-examples.jsonl') }),
    };
    await checkLease({ run, lease }, ports);
    const records = await placed(traces, plan, ports);
    tellUnsettled(records, ports);
    if (bounded.leftOut !== undefined) ports.observer.note(leftOutWords(bounded.leftOut, traces.length));
    const parent = examplesToday(await readDataset(plan.parentDataset, ports), readingOf(plan.model, ports));
    await writeJsonl(
      ports.objects,
      parentExamplesKey,
      withoutRefuted(parent.examples, records, kindOf(plan.model, ports)),
    );
    if (plan.leftOpenExamplesKey !== undefined) {
      await writeJsonl(ports.objects, plan.leftOpenExamplesKey, parent.leftOpen);
    }
    const planKey = key('plan.json');
    await writeJson(ports.objects, planKey, { ...plan, mostEvidence: mostEvidence(records, plan.model) });
    const chunks: z.infer<typeof chunkSchema>[] = [];
    const size = partSize(records.length, plan.model.settings.chunkSize, mostChunks);
    for (const [index, part] of partsOf(records, size).entries()) {
      const chunkId = `chunk-${String(index).padStart(4, '0')}`;
      const chunkKey = key(`${chunkId}.jsonl`);
      await writeJsonl(ports.objects, chunkKey, part);
      chunks.push({ chunkId, key: chunkKey, records: part.length });
    }
    return { prepared: { planKey, championId: plan.champion.checkpointId, traces: records.length }, chunks };
  },
};

/** The traces with their folds; new inputs go on the ledger. */
async function placed(traces: readonly ReadThrough[], { model, run }: RunPlan, ports: Ports): Promise<PinnedRecord[]> {
  const { modelId, splitSalt: salt, settings } = model;
  const { places, additions } = assignPlaces({
    ledger: await readLedger(modelId, salt, run.runId, ports),
    items: traces.map(({ trace }) => ({ id: trace.traceId, input: trace.input })),
    salt,
    reportShare: settings.reportShare,
  });
  await writeRunFolds(modelId, run.runId, additions, ports);
  const kind = kindOf(model, ports);
  const times = timesInOrder(traces.map(({ trace }) => trace.timestamp));
  return traces.map((logged, at) => {
    const place = places.get(logged.trace.traceId);
    if (place === undefined) throw new Error(`trace ${logged.trace.traceId} has no place`);
    return { ...pinned(logged, place, model.task, kind), timestamp: times[at] ?? logged.trace.timestamp };
  });
}

function pinned(logged: ReadThrough, place: Place, task: TaskSpec, kind: TaskKind): PinnedRecord {
  const { trace } = logged;
  return {
    traceId: trace.traceId,
    ...place,
    timestamp: trace.timestamp,
    input: trace.input,
    slice: sliceOf(trace),
    steps: trace.steps ?? null,
    recorded: trace.output,
    ...settledJudgement(logged, task, kind),
  };
}

/** Tells of what was judged and does not count. */
function tellUnsettled(records: readonly PinnedRecord[], { observer }: Ports): void {
  const count = (why: (PinnedRecord['unsettled'] & {})['why']) =>
    records.filter(({ unsettled }) => unsettled?.why === why).length;
  const [held, disputed, leftOpen] = [count('held'), count('disputed'), count('left-open')];
  const impossible = count('impossible');
  if (held > 0)
    observer.note(`${plural(held, 'judgement')} held: the right output is none that the model knows (ratchet labels).`);
  if (disputed > 0) observer.note(`${plural(disputed, 'trace')} set aside: people disagree about the right output.`);
  if (leftOpen > 0)
    observer.note(`${plural(leftOpen, 'trace')} left open by a change of labels, to be judged anew (ratchet labels).`);
  if (impossible > 0)
    observer.note(`${plural(impossible, 'judgement')} set aside: the right output cannot be one of its text.`);
}

const longestSliceName = 100;

function sliceOf(trace: Trace): string | null {
  const slice = trace.metadata?.slice;
  return typeof slice === 'string' && slice !== '' ? slice.slice(0, longestSliceName) : null;
}

async function pinPlan(run: RunRef, parentExamplesKey: string, ports: Ports): Promise<Omit<RunPlan, 'parts'>> {
  const { lineage } = ports;
  const model = await lineage.getModel(run.modelId);
  const control = await lineage.getControl(run.modelId);
  const found = await lineage.getRun(run.runId);
  if (model === undefined || control === undefined)
    throw new RatchetError('UnknownModel', `There is no model named ${run.modelId}.`);
  if (found === undefined) throw new RatchetError('UnknownRun', `There is no record of run ${run.runId}.`);
  const champion =
    control.championId === null ? undefined : await lineage.getCheckpoint(run.modelId, control.championId);
  if (champion === undefined)
    throw new RatchetError('NoChampion', `Model ${run.modelId} has no champion yet, so there is nothing to improve.`);
  const parentDataset = await lineage.getDataset(run.modelId, champion.datasetId);
  if (parentDataset === undefined)
    throw new RatchetError('ObjectMissing', `Dataset ${champion.datasetId} of the champion is not in the lineage.`);
  const record = await readingUpTo(found, model, control, ports);
  return {
    run: record,
    model,
    champion,
    parentDataset,
    parentExamplesKey,
    frozenSets: latestVersions(ofPromotions(await lineage.listEvaluationSets(run.modelId), control)),
    rolledBack: rolledBackFrom(control),
    logVersion: await ports.traceLog.version(run.modelId),
  };
}

/** The run with the position up to which it reads the log, which is fixed now where it was not when the run began. */
async function readingUpTo(run: Run, model: Model, control: Control, { lineage, traceLog }: Ports): Promise<Run> {
  if (run.begun?.batches != null) return run;
  const history = await traceLog.history(run.modelId);
  const batches = run.begun === undefined ? seenBy(run, { history, model }).batches : (history.at(-1)?.position ?? 0);
  const begun = run.begun ?? {
    number: (await lineage.listRuns(run.modelId)).length,
    labelChanges: seenBy(run, { history, model }).labelChanges,
    moves: control.moves.filter(({ at }) => Date.parse(at) <= Date.parse(run.startedAt)).length,
  };
  const pinnedRun: Run = { ...run, begun: { ...begun, batches } };
  await lineage.putRun(pinnedRun);
  return pinnedRun;
}

/**
 * All traces that the log held when the run began, newest first, up to the limit of the settings and of the place: what
 * judges and triage know by now may put old ones in another light. In the labels of today.
 */
async function readSnapshot(
  { model, run }: Omit<RunPlan, 'parts'>,
  ports: Ports,
): Promise<{ readonly traces: readonly ReadThrough[] } & Pick<RunPlan, 'leftOut'>> {
  const { modelId, settings } = model;
  const read = { limit: settings.snapshotLimit, ...(run.begun?.batches == null ? {} : { through: run.begun.batches }) };
  const [kind, reading] = [kindOf(model, ports), readingOf(model, ports)];
  const found = await ports.traceLog.read(modelId, read);
  const lengths = found.map(({ trace }) => trace.input.length);
  const traces = found.slice(0, ports.mostTraces?.(model, lengths)).map((logged) => readThrough(logged, kind, reading));
  const inLog = (await ports.traceLog.history(modelId))
    .filter(({ position }) => position <= (run.begun?.batches ?? Number.POSITIVE_INFINITY))
    .reduce((sum, batch) => sum + batch.traces, 0);
  const isWhole = traces.length === found.length;
  // A log in which a trace came twice has fewer than it counts: below the limit, none is left out.
  if (isWhole && found.length < settings.snapshotLimit) return { traces };
  const older = inLog - traces.length;
  return older > 0 ? { traces, leftOut: { traces: older, by: isWhole ? 'setting' : 'place' } } : { traces };
}

/**
 * Sets freeze before the champion moves: those of a promotion that was refused in between are nobody's record.
 * @returns in the order of the promotions, whatever clocks say
 */
function ofPromotions(sets: readonly EvaluationSet[], control: Control): EvaluationSet[] {
  return control.moves.flatMap((move) =>
    move.kind === 'promote' ? sets.filter((set) => move.to === set.checkpointId && move.by === set.runId) : [],
  );
}

function latestVersions(sets: readonly EvaluationSet[]): EvaluationSet[] {
  const latest = new Map<string, EvaluationSet>();
  for (const set of sets) {
    const name = `${set.checkpointId}/${set.runId}/${set.name}`;
    const known = latest.get(name);
    if (known === undefined || set.version > known.version) latest.set(name, set);
  }
  return [...latest.values()];
}
