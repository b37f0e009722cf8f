import { RatchetError } from '../domain/base/errors.ts';
import { shortDigest } from '../domain/base/ids.ts';
import type { Output } from '../domain/base/output.ts';
import type { TaskKind } from '../domain/base/task-kind.ts';
import { plural } from '../domain/base/wording.ts';
import { collapseDuplicates } from '../domain/curriculum/collapse-duplicates.ts';
import { type Place, partsFor, partsWorth } from '../domain/evaluation/fold.ts';
import { assignPlaces } from '../domain/evaluation/ledger.ts';
import type { Checkpoint } from '../domain/models/checkpoint.ts';
import type { Dataset } from '../domain/models/dataset.ts';
import type { Example } from '../domain/models/example.ts';
import type { Model } from '../domain/models/model.ts';
import { judgeRecord } from '../domain/traces/judging.ts';
import { type ReadThrough, readThrough } from '../domain/traces/read-through.ts';
import { settledJudgement } from '../domain/traces/settled-judgement.ts';
import { type JudgedRecord, trains } from '../domain/traces/trace-record.ts';
import { isUsable } from '../domain/triage/triage.ts';
import { triageRecords } from '../domain/triage/triage-records.ts';
import { kindOf } from '../ports/kind-of.ts';
import type { Ports } from '../ports/ports.ts';
import { readingOf } from '../ports/reading-of.ts';
import { unknownModel } from '../ports/unknown-model.ts';
import { checkBackEnds } from './check-back-ends.ts';
import { crownFirst, modelExists, trainFirstCheckpoint } from './first-checkpoint.ts';
import { readLedger } from './fold-ledger.ts';

export interface FromTracesRequest {
  readonly modelId: string;
  readonly seed: number;
  /** Who creates it. */
  readonly by: string;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface CreatedFromTraces {
  readonly model: Model;
  readonly checkpoint: Checkpoint;
  readonly dataset: Dataset;
  /** Judged traces that were looked at. */
  readonly judged: number;
}

/**
 * Trains the first checkpoint of a registered model on what its traces were judged to be, and makes it the champion.
 * Each near-duplicate group falls on its fold for life, as in a run, and the checkpoint is the average of fold models
 * (or has some beside it), so that the very traces it is made of stay evidence: each is answered by a model that has
 * not seen it. A person's word counts above others', and all reads in the labels of today; text that is poison is left out. Wrong judgements are found by the
 * first run, which needs a champion to ask.
 * @throws RatchetError UnknownModel, ModelExists when it has a champion, InvalidInput when too little can be learnt,
 * TrainingFailed
 */
export async function createFromTraces(request: FromTracesRequest, ports: Ports): Promise<CreatedFromTraces> {
  const { modelId, seed, by, onProgress } = request;
  const [model, control] = await Promise.all([ports.lineage.getModel(modelId), ports.lineage.getControl(modelId)]);
  if (model === undefined || control === undefined) throw await notRegistered(modelId, ports);
  if (control.championId !== null) throw modelExists(modelId);
  const kind = kindOf(model, ports);
  const { trainer } = checkBackEnds(model, kind, ports);

  const logged = await ports.traceLog.read(modelId, { limit: model.settings.snapshotLimit });
  const reading = readingOf(model, ports);
  const judged = logged.filter(({ judgements }) => judgements.length > 0).map((one) => readThrough(one, kind, reading));
  const { splitSalt: salt, settings } = model;
  const { places, additions } = assignPlaces({
    // What an attempt that was broken off has written is written anew.
    ledger: await readLedger(modelId, salt, 'create', ports),
    items: judged.map(({ trace }) => ({ id: trace.traceId, input: trace.input })),
    salt,
    reportShare: settings.reportShare,
  });
  const records = judged.flatMap((one): JudgedRecord[] => {
    const place = places.get(one.trace.traceId);
    return place === undefined ? [] : [recordOf(one, place, model, kind)];
  });
  const { examples, leftOut } = examplesOf(records, model, kind);
  checkEnough(examples, judged.length, leftOut, model, kind);

  const first = await trainFirstCheckpoint(
    {
      model,
      trainer,
      examples,
      leftOut,
      ledger: additions,
      parts: partsWorth(partsFor(judged.length), trainer.foldModels),
      seed,
      ...(onProgress === undefined ? {} : { onProgress }),
    },
    ports,
  );
  await crownFirst(first, by, ports);
  const { checkpoint, dataset } = first;
  return { model, checkpoint, dataset, judged: judged.length };
}

async function notRegistered(modelId: string, ports: Ports): Promise<RatchetError> {
  const unknown = await unknownModel(modelId, ports);
  return new RatchetError('UnknownModel', unknown.message, {
    mend:
      `Register it, bring its judged traces in, then make the checkpoint: ratchet create ${modelId} --labels a,b,…; ` +
      `ratchet ingest ${modelId} traces.jsonl; ratchet create ${modelId} --from-traces.`,
  });
}

/** The record of a trace that no champion has answered: what was recorded stands for the answer. */
function recordOf(read: ReadThrough, place: Place, { task }: Model, kind: TaskKind): JudgedRecord {
  const { trace } = read;
  return judgeRecord(
    {
      traceId: trace.traceId,
      ...place,
      timestamp: trace.timestamp,
      input: trace.input,
      slice: null,
      steps: null,
      recorded: trace.output,
      ...settledJudgement(read, task, kind),
      answer: trace.output,
      confidence: 0,
      runnerUp: null,
    },
    kind,
  );
}

const unsettledWords = {
  held: 'no output of the task',
  disputed: 'people disagree',
  'left-open': 'left open by a change of labels',
  impossible: 'no output of the task',
} as const;

/** What the records teach, an example for each input. */
function examplesOf(
  records: readonly JudgedRecord[],
  { task }: Model,
  kind: TaskKind,
): { readonly examples: readonly Example[]; readonly leftOut: Readonly<Record<string, number>> } {
  const labels = kind.knownFacets(task);
  const triage = triageRecords({ records, kind, labels, outOfFold: { first: new Map(), second: new Map() } });
  const leftOut = {
    'no right output known': 0,
    'no output of the task': 0,
    'people disagree': 0,
    'left open by a change of labels': 0,
    poison: 0,
    'kept for the report': 0,
    duplicate: 0,
    conflicting: 0,
  };
  const teaching = records.flatMap((record) => {
    const { expected, input, unsettled } = record;
    if (unsettled !== undefined) leftOut[unsettledWords[unsettled.why]] += 1;
    else if (expected === null || input.trim() === '') leftOut['no right output known'] += 1;
    else if (kind.problem(task, input, expected) !== null) leftOut['no output of the task'] += 1;
    else if (!isUsable(triage.get(record.traceId)?.category ?? 'clean')) leftOut.poison += 1;
    else if (!trains(record)) leftOut['kept for the report'] += 1;
    else return [claimOf(record, expected)];
    return [];
  });
  const { kept, duplicates, conflicting } = collapseDuplicates(teaching, kind);
  const examples = kept.map(
    ({ key: traceId, input, output, judge, folds }): Example => ({
      exampleId: shortDigest(input, kind.key(output)),
      input,
      output,
      weight: 1,
      slice: 'gold',
      provenance: { kind: 'trace', traceId, judge, clusterId: null, why: 'first checkpoint' },
      folds: [...folds],
    }),
  );
  return { examples, leftOut: { ...leftOut, duplicate: duplicates, conflicting } };
}

function claimOf({ traceId, input, timestamp, judgement, folds }: JudgedRecord, output: Output) {
  return { input, output, judge: judgement?.judge.kind ?? null, timestamp, preference: 0, key: traceId, folds };
}

/** @throws RatchetError InvalidInput where there is nothing to tell apart */
function checkEnough(
  examples: readonly Example[],
  judged: number,
  leftOut: Readonly<Record<string, number>>,
  { modelId, task }: Model,
  kind: TaskKind,
): void {
  const reasons = Object.entries(leftOut)
    .filter(([, count]) => count > 0)
    .map(([reason, count]) => `${count} ${reason}`);
  const why = reasons.length === 0 ? '' : ` (left out: ${reasons.join(', ')})`;
  const mend = `Bring in more, each with its right output as "expected": ratchet ingest ${modelId} traces.jsonl`;
  if (examples.length === 0) {
    const found = judged === 0 ? 'No judged trace is here' : `Of ${plural(judged, 'judged trace')} none can be used`;
    throw new RatchetError('InvalidInput', `${found}${why}.`, { mend });
  }
  const covered = new Set(examples.flatMap(({ output }) => kind.facets(output)));
  if (kind.knownFacets(task).length < 2 || covered.size >= 2) return;
  const [only] = examples;
  throw new RatchetError(
    'InvalidInput',
    `All judged traces that can be used have one right output, ${kind.show(only?.output ?? null)}${why}.`,
    { mend },
  );
}
