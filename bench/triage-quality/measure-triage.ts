import type { z } from 'zod';
import type { Workspace } from '../../cli/workspace.ts';
import type { Foundation } from '../../shared/adapters/backends/embedded/embedded-configuration.ts';
import { defaultBackEnds } from '../../shared/composition/default-back-ends.ts';
import { triagedRecordSchema } from '../../shared/domain/traces/trace-record.ts';
import { ingestTraces } from '../../shared/intake/ingest-traces.ts';
import { answerTraces } from '../../shared/loop/snapshot/answer-traces.ts';
import { judgeTraces } from '../../shared/loop/snapshot/judge-traces.ts';
import { prepareRun } from '../../shared/loop/snapshot/prepare-run.ts';
import { triageTraces } from '../../shared/loop/snapshot/triage-traces.ts';
import type { judgedSchema } from '../../shared/loop/state/judged.ts';
import { chooseCheckpoint } from '../../shared/operations/choose-checkpoint.ts';
import { createModel } from '../../shared/operations/create-model.ts';
import { acquireLease, giveLeaseBack } from '../../shared/operations/lease.ts';
import { answerWith } from '../../shared/ports/back-ends.ts';
import { readJsonl } from '../../shared/ports/documents.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import { completeStage } from '../../test/helpers/complete-stage.ts';
import { labelOrNull } from '../../test/helpers/outputs.ts';
import type { Draw } from '../improvement/scenario.ts';
import type { Judge } from './judges.ts';

/** What triage made of the traces of one judge; counts, and shares as fractions. */
export interface Measured {
  readonly judge: string;
  readonly seed: number;
  readonly traces: number;
  /** Wrong judgements, and how many of them fell to poison before they could be suspected. */
  readonly wrong: number;
  readonly wrongAsPoison: number;
  readonly suspects: number;
  readonly found: number;
  /** Share of suspects that are wrong; null without suspects, or where none is wrong. */
  readonly precision: number | null;
  /** Share of wrong judgements that are suspects; null without wrong ones. */
  readonly recall: number | null;
  /** Rightly judged traces that are suspects or poison, as a share. */
  readonly cleanRemoved: number;
  /** The same among those that the champion fails. */
  readonly cleanFailuresRemoved: number;
}

/** Has one judge judge the traffic, and triages it by the stages of the loop, from the pinned snapshot on. */
export async function measureTriage(
  request: { judge: Judge; draw: Draw; seed: number; modelId: string; foundation: Foundation },
  workspace: Workspace,
): Promise<Measured> {
  const { draw, judge, seed, modelId } = request;
  const { ports } = workspace;
  const traffic = draw.cycles[0] ?? [];
  const given = judge.judge(traffic, draw.labels, ports.random.stream(seed, `judge/${judge.name}`));
  await prepare(request, given, ports);
  const records = await triaged(modelId, seed, workspace);

  const wrong = new Set(traffic.flatMap(({ label }, at) => (given[at] === label ? [] : [traceId(at)])));
  const truth = new Map(traffic.map(({ label }, at) => [traceId(at), label]));
  const removed = new Set(['suspect-judgement', 'poison']);
  const suspects = records.filter(({ triage }) => triage.category === 'suspect-judgement');
  const found = suspects.filter((record) => wrong.has(record.traceId));
  const clean = records.filter((record) => !wrong.has(record.traceId));
  const cleanFailures = clean.filter((record) => labelOrNull(record.answer) !== truth.get(record.traceId));
  const removedOf = (of: typeof records) =>
    of.length === 0 ? 0 : of.filter(({ triage }) => removed.has(triage.category)).length / of.length;
  return {
    judge: judge.name,
    seed,
    traces: records.length,
    wrong: wrong.size,
    wrongAsPoison: records.filter((record) => wrong.has(record.traceId) && record.triage.category === 'poison').length,
    suspects: suspects.length,
    found: found.length,
    precision: suspects.length === 0 || wrong.size === 0 ? null : found.length / suspects.length,
    recall: wrong.size === 0 ? null : found.length / wrong.size,
    cleanRemoved: removedOf(clean),
    cleanFailuresRemoved: removedOf(cleanFailures),
  };
}

function traceId(at: number): string {
  return `trace-${String(at).padStart(5, '0')}`;
}

/** The model with its first checkpoint, and its judged traffic. */
async function prepare(
  { draw, seed, modelId, foundation }: Parameters<typeof measureTriage>[0],
  given: readonly string[],
  ports: Ports,
): Promise<void> {
  await createModel(
    {
      modelId,
      task: 'classification',
      labels: draw.labels,
      examples: jsonLines(draw.examples.map(({ text, label }) => ({ input: text, output: label }))),
      backEnds: defaultBackEnds,
      trainerOptions: { foundation },
      settings: {},
      seed,
      by: 'bench',
    },
    ports,
  );
  const champion = await chooseCheckpoint(modelId, null, ports);
  const traffic = draw.cycles[0] ?? [];
  const answers = await answerWith(
    champion,
    traffic.map(({ text }) => text),
    ports,
  );
  const lines = traffic.map(({ text }, at) => ({
    traceId: traceId(at),
    timestamp: new Date(Date.UTC(2026, 0, 1) + at * 60_000).toISOString(),
    modelId,
    input: text,
    output: labelOrNull(answers[at]?.output ?? null),
    confidence: answers[at]?.confidence ?? 0,
    verdict: labelOrNull(answers[at]?.output ?? null) === given[at] ? 'pass' : 'fail',
    expected: given[at],
    judge: { kind: 'llm', id: 'judge', reason: '' },
  }));
  await ingestTraces({ modelId, sources: [{ name: 'traffic', open: async () => jsonLines(lines) }] }, ports);
}

async function triaged(modelId: string, seed: number, { ports, owner }: Workspace) {
  const control = await ports.lineage.getControl(modelId);
  const run = { runId: ports.ids.next('run'), modelId, seed };
  await ports.lineage.putRun({
    ...run,
    status: 'running',
    championId: control?.championId ?? '',
    startedAt: new Date(ports.clock.now()).toISOString(),
    finishedAt: null,
    decision: null,
    reason: '',
    resultId: null,
    reportKey: null,
    failure: null,
  });
  const lease = await acquireLease(run, owner, 15, ports);
  const head = { run, lease, iteration: 0, item: 'all' };
  const { output: snapshot } = await completeStage(prepareRun, head, ports);
  const { prepared } = snapshot;
  const judged: z.infer<typeof judgedSchema>[] = [];
  for (const chunk of snapshot.chunks) {
    const ofChunk = { ...head, item: chunk.chunkId, prepared };
    const { output: answered } = await completeStage(answerTraces, { ...ofChunk, chunk }, ports);
    judged.push((await completeStage(judgeTraces, { ...ofChunk, answered }, ports)).output);
  }
  const { output } = await completeStage(triageTraces, { ...head, prepared, judged }, ports);
  await giveLeaseBack(run, owner, ports);
  return readJsonl(ports.objects, output.triagedKey, triagedRecordSchema);
}

async function* jsonLines(values: readonly unknown[]): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  for (const value of values) yield encoder.encode(`${JSON.stringify(value)}\n`);
}
