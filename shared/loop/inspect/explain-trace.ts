import { RatchetError } from '../../domain/base/errors.ts';
import type { LabelReading } from '../../domain/base/label-change.ts';
import type { Output } from '../../domain/base/output.ts';
import { outputToday } from '../../domain/base/output-today.ts';
import type { TaskKind } from '../../domain/base/task-kind.ts';
import { wordKey } from '../../domain/base/text.ts';
import { type Cluster, taxonomySchema } from '../../domain/diagnosis/taxonomy.ts';
import type { Place } from '../../domain/evaluation/fold.ts';
import { assignPlaces } from '../../domain/evaluation/ledger.ts';
import type { Checkpoint } from '../../domain/models/checkpoint.ts';
import { askedModel, honestModel } from '../../domain/models/fold-models.ts';
import type { Model } from '../../domain/models/model.ts';
import { firstMistake } from '../../domain/steps/first-mistake.ts';
import type { StepMistake } from '../../domain/steps/step-mistake.ts';
import type { Judgement } from '../../domain/traces/judgement.ts';
import { type ReadThrough, readThrough } from '../../domain/traces/read-through.ts';
import type { Trace } from '../../domain/traces/trace.ts';
import { type TriagedRecord, triagedRecordSchema } from '../../domain/traces/trace-record.ts';
import { whatCounts } from '../../domain/traces/what-counts.ts';
import { readLedger } from '../../operations/fold-ledger.ts';
import { answersToday, answerToday } from '../../ports/answer-today.ts';
import { costsToAsk, predictorNamed } from '../../ports/back-ends.ts';
import { readJson, readJsonl } from '../../ports/documents.ts';
import { kindOf } from '../../ports/kind-of.ts';
import type { Ports } from '../../ports/ports.ts';
import type { Explanation } from '../../ports/predictor.ts';
import { readingOf } from '../../ports/reading-of.ts';
import type { LoggedTrace } from '../../ports/trace-log.ts';
import { unknownModel } from '../../ports/unknown-model.ts';
import { type LastFindings, lastFindings } from './last-findings.ts';
import { recordToday } from './record-today.ts';
import { type Neighbour, nearestExamples, type TaughtBy, taughtBy } from './training-of.ts';

/** What is to be explained: a trace of the log, or a text that need not be one. */
export type Explained = { readonly traceId: string } | { readonly input: string };

/** What a checkpoint answers. */
export interface CheckpointAnswer {
  readonly checkpointId: string;
  readonly output: Output | null;
  /** A fraction. */
  readonly confidence: number;
}

/** Outputs are in the labels of today; one whose label was split stays as it was. */
export interface ExplainedTrace {
  readonly model: Model;
  /** Null for a text that is no trace. */
  readonly logged: {
    readonly trace: Trace;
    /** All that are on record. */
    readonly judgements: readonly (Judgement & {
      /** Whether a change of labels left open what it says today, so that it counts for nothing. */
      readonly leftOpen: boolean;
    })[];
  } | null;
  readonly input: string;
  /** The first mistake that the trace's own steps show; null where none does, and for an answer that was right. */
  readonly mistake: StepMistake | null;
  /** Of the champion as it is served; null without one, and where it is {@link notAsked}. */
  readonly answer: CheckpointAnswer | null;
  /** Null where the back end cannot tell, and for no answer. */
  readonly why: Explanation | null;
  /**
   * Of each part of the answer, and first of each right part that it lacks, so many at most; null where outputs have no
   * parts or the back end cannot tell.
   */
  readonly whyParts: readonly Explanation[] | null;
  readonly neighbours: readonly Neighbour[];
  /** Null before a run, or the first checkpoint, has placed it. */
  readonly place: Place | null;
  /** What the last run made of it; null where it was not in that run's snapshot. */
  readonly lastRun: { readonly runId: string; readonly record: TriagedRecord; readonly cluster: Cluster | null } | null;
  readonly training: readonly TaughtBy[];
  /** The champion first, then the newest. */
  readonly checkpoints: readonly (CheckpointAnswer & {
    readonly champion: boolean;
    /** Answered by a model that has not seen it. */
    readonly unseen: boolean;
    /** Null where nobody knows. */
    readonly right: boolean | null;
  })[];
  /** Checkpoints at endpoints: they are not asked, since that may cost something, and no answer of theirs is on record. */
  readonly notAsked: readonly string[];
  /** Older ones that were not looked at. */
  readonly leftOut: { readonly datasets: number; readonly checkpoints: number };
}

/** So many checkpoints are asked: each is an artifact to load. */
const mostCheckpoints = 10;

/**
 * Why the champion answers an input so, what triage and training made of it, and what other checkpoints answer.
 * @throws RatchetError UnknownModel; InvalidInput for a trace that is not in the log
 */
export async function explainTrace(modelId: string, what: Explained, ports: Ports): Promise<ExplainedTrace> {
  const [model, control] = await Promise.all([ports.lineage.getModel(modelId), ports.lineage.getControl(modelId)]);
  if (model === undefined || control === undefined) throw await unknownModel(modelId, ports);
  const kind = kindOf(model, ports);
  const logged = 'traceId' in what ? await traceNamed(modelId, what.traceId, ports) : null;
  const reading = readingOf(model, ports);
  const read = logged === null ? null : readThrough(logged, kind, reading);
  const input = logged?.trace.input ?? ('input' in what ? what.input : '');
  const all = (await ports.lineage.listCheckpoints(modelId)).toReversed();
  const champion = all.find(({ checkpointId }) => checkpointId === control.championId) ?? null;
  const asked = [...(champion === null ? [] : [champion]), ...all.filter((one) => one !== champion)];
  const { place, isPlaced } = await placeOf(model, input, ports);
  const training = await taughtBy(
    { modelId, traceId: logged?.trace.traceId ?? null, input, checkpoints: all, reading },
    ports,
  );
  const looked = asked.slice(0, mostCheckpoints);
  const answers = new Map(
    await Promise.all(
      looked.map(async (checkpoint) => {
        const which = costsToAsk(checkpoint, ports)
          ? recordedAnswer(checkpoint, read)
          : await answerOf(checkpoint, { served: askedModel(place, checkpoint) }, model, input, ports);
        return [checkpoint, which] as const;
      }),
    ),
  );
  return {
    model,
    logged: logged === null ? null : loggedToday(logged, reading, kind),
    input,
    mistake: mistakeOf(read, model, kind),
    answer:
      champion === null
        ? null
        : costsToAsk(champion, ports)
          ? (answers.get(champion) ?? null)
          : await answerOf(champion, champion, model, input, ports),
    why: champion === null ? null : await whyOf(champion, reading, kind, input, ports),
    whyParts: champion === null ? null : await whyPartsOf(champion, rightOf(read, model, kind), reading, input, ports),
    neighbours: champion === null ? [] : await nearestExamples(modelId, champion, input, reading, ports),
    place: isPlaced ? place : null,
    lastRun: logged === null ? null : await lastRunOf(modelId, logged.trace.traceId, reading, ports),
    training: training.taught,
    checkpoints: [...answers].flatMap(([checkpoint, answer]) =>
      answer === null
        ? []
        : [
            {
              ...answer,
              champion: checkpoint === champion,
              unseen: honestModel(place, checkpoint) !== null,
              right: isRight(read, answer.output, model, kind),
            },
          ],
    ),
    notAsked: [...answers].flatMap(([{ checkpointId }, answer]) => (answer === null ? [checkpointId] : [])),
    leftOut: { datasets: training.leftOut, checkpoints: Math.max(0, asked.length - mostCheckpoints) },
  };
}

async function traceNamed(modelId: string, traceId: string, { traceLog }: Ports): Promise<LoggedTrace> {
  const [logged] = await traceLog.read(modelId, { limit: 1, traceIds: [traceId] });
  if (logged !== undefined) return logged;
  throw new RatchetError('InvalidInput', `Model ${modelId} has no trace ${JSON.stringify(traceId.slice(0, 120))}.`, {
    mend: 'Name a traceId that was ingested, or give a text with --input TEXT.',
  });
}

/** Where the input stands or would stand among the folds. */
async function placeOf(
  { modelId, splitSalt: salt, settings }: Model,
  input: string,
  ports: Ports,
): Promise<{ readonly place: Place; readonly isPlaced: boolean }> {
  const ledger = await readLedger(modelId, salt, null, ports);
  const id = 'asked';
  const { places } = assignPlaces({ ledger, items: [{ id, input }], salt, reportShare: settings.reportShare });
  const place = places.get(id);
  if (place === undefined) throw new Error('the input has no place');
  const key = wordKey(input);
  return { place, isPlaced: ledger.some(({ words }) => words === key) };
}

function loggedToday(
  { trace, judgements }: LoggedTrace,
  reading: LabelReading | null,
  kind: TaskKind,
): NonNullable<ExplainedTrace['logged']> {
  const read = readThrough({ trace, judgements }, kind, reading);
  const today = new Map(read.judgements.map((judgement) => [judgement.judgementId, judgement]));
  const open = new Set(read.leftOpen.map(({ judgementId }) => judgementId));
  return {
    trace: { ...trace, output: trace.output === null ? null : outputToday(trace.output, reading) },
    judgements: judgements.map((judgement) => ({
      ...(today.get(judgement.judgementId) ?? judgement),
      leftOpen: open.has(judgement.judgementId),
    })),
  };
}

async function answerOf(
  checkpoint: Checkpoint,
  asked: Pick<Checkpoint, 'served'>,
  model: Model,
  input: string,
  ports: Ports,
): Promise<CheckpointAnswer> {
  const today = answersToday(checkpoint, model, ports);
  const [prediction] = await answerToday(asked, today, [input], ports, { keepSplit: true });
  return {
    checkpointId: checkpoint.checkpointId,
    output: prediction?.output ?? null,
    confidence: prediction?.confidence ?? 0,
  };
}

/** What is on record of the answer that a checkpoint gave to a trace; null for nothing. */
function recordedAnswer({ checkpointId }: Checkpoint, read: ReadThrough | null): CheckpointAnswer | null {
  if (read === null || read.trace.checkpointId !== checkpointId) return null;
  return { checkpointId, output: read.trace.output, confidence: read.trace.confidence ?? 0 };
}

async function whyOf(
  { served }: Checkpoint,
  reading: LabelReading | null,
  kind: TaskKind,
  input: string,
  ports: Ports,
): Promise<Explanation | null> {
  const found = (await predictorNamed(served.predictor, ports).explain?.(served, input)) ?? null;
  if (found === null) return null;
  const [output, against] = [outputToday(found.output, reading), outputToday(found.against, reading)];
  // Labels that are one by now are not held against each other.
  return kind.same(output, against) === true ? null : { ...found, output, against };
}

async function whyPartsOf(
  { served }: Checkpoint,
  right: Output | null,
  reading: LabelReading | null,
  input: string,
  ports: Ports,
): Promise<readonly Explanation[] | null> {
  const found = (await predictorNamed(served.predictor, ports).explainParts?.(served, input, right)) ?? null;
  if (found === null) return null;
  return found.map((one) => ({
    ...one,
    output: outputToday(one.output, reading),
    against: outputToday(one.against, reading),
  }));
}

async function lastRunOf(
  modelId: string,
  traceId: string,
  reading: LabelReading | null,
  ports: Ports,
): Promise<ExplainedTrace['lastRun']> {
  const findings = await lastFindings(modelId, ports);
  if (findings === null) return null;
  const records = await readJsonl(ports.objects, findings.triaged.triagedKey, triagedRecordSchema);
  const record = records.find((one) => one.traceId === traceId);
  if (record === undefined) return null;
  const cluster = await clusterOf(findings, traceId, ports);
  return { runId: findings.run.runId, record: recordToday(record, reading), cluster };
}

async function clusterOf({ taxonomyKey }: LastFindings, traceId: string, { objects }: Ports): Promise<Cluster | null> {
  if (taxonomyKey === null) return null;
  const { clusters } = await readJson(objects, taxonomyKey, taxonomySchema);
  return clusters.find(({ traceIds }) => traceIds.includes(traceId)) ?? null;
}

function mistakeOf(read: ReadThrough | null, model: Model, kind: TaskKind): StepMistake | null {
  if (read?.trace.steps === undefined || isRight(read, read.trace.output, model, kind) === true) return null;
  const { input, output, steps } = read.trace;
  return firstMistake({ input, steps, answer: output === null ? null : kind.show(output) });
}

/** The right output by what is judged of the trace, as a run would judge it; null where nobody knows. */
function rightOf(read: ReadThrough | null, { task }: Model, kind: TaskKind): Output | null {
  const found = read === null ? null : whatCounts(read, task, kind);
  if (read === null || found?.kind !== 'counts') return null;
  const { expected, verdict } = found.judgement;
  return expected ?? (verdict === 'pass' ? read.trace.output : null);
}

/** Whether an answer is right; null where nobody knows. */
function isRight(read: ReadThrough | null, answer: Output | null, model: Model, kind: TaskKind): boolean | null {
  const right = rightOf(read, model, kind);
  return right === null ? null : kind.grade(right, answer).right;
}
