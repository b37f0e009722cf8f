import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { ProgressUi } from '../../cli/progress.ts';
import { runLoop } from '../../cli/runtime/run-loop.ts';
import { openWorkspace, type Workspace } from '../../cli/workspace.ts';
import { taggerBackEnd } from '../../shared/adapters/backends/tagger/facts.ts';
import { defaultBackEnds } from '../../shared/composition/default-back-ends.ts';
import type { Output } from '../../shared/domain/base/output.ts';
import { excessOf } from '../../shared/domain/diagnosis/over-prediction.ts';
import { ingestTraces } from '../../shared/intake/ingest-traces.ts';
import { chooseCheckpoint } from '../../shared/operations/choose-checkpoint.ts';
import { createModel } from '../../shared/operations/create-model.ts';
import { answerWith } from '../../shared/ports/back-ends.ts';
import { entitiesOutput } from '../../shared/tasks/extraction/entity.ts';
import { extraction } from '../../shared/tasks/extraction/extraction.ts';
import { versions } from '../adaptft/results/write-results.ts';
import { jsonLines } from '../json-lines.ts';
import type { Marked } from '../tagger/entity-corpora.ts';
import { dealSnips, type Start } from './starts.ts';

const measuredSchema = z.object({
  f1: z.number(),
  /** Entities answered that are none, and entities not answered. */
  spurious: z.int(),
  missed: z.int(),
  /** Texts with every entity right. */
  right: z.int(),
  of: z.int(),
});

export const startResultSchema = z.object({
  start: z.enum(['few', 'over-predicting']),
  seed: z.int(),
  traces: z.int(),
  examples: z.int(),
  types: z.int(),
  decision: z.string(),
  /** On fresh text. */
  before: measuredSchema,
  after: measuredSchema,
  /** Traces of the traffic that the first tagger answered right. */
  rightBefore: z.int(),
  /** Fresh texts right before and wrong now, and the other way round. */
  freshLost: z.int(),
  freshGained: z.int(),
  /** The gate's own count, out of fold on the traffic. */
  gate: z.object({ of: z.int(), gained: z.int(), lost: z.int() }).nullable(),
  cpuSeconds: z.number(),
  /** Of Ratchet, with the commit. */
  version: z.string(),
});
export type StartResult = z.infer<typeof startResultSchema>;

const modelId = 'weak-tagger';

/** Takes a tagger from its start through one run in a workspace of its own, and measures it on fresh text before and after. */
export async function runStart(
  start: Start,
  request: { readonly seed: number; readonly traces: number; readonly data: string },
  ui: ProgressUi,
): Promise<StartResult> {
  const directory = await mkdtemp(join(tmpdir(), 'ratchet-weak-tagger-'));
  const observer = { progress: () => undefined, note: (message: string) => ui.note(message) };
  const workspace = await openWorkspace(directory, { observer, create: true });
  const begun = process.cpuUsage();
  try {
    const { ports } = workspace;
    const { labels, examples, traffic, fresh } = await dealSnips(start, request, ports.random);
    await createModel(
      {
        modelId,
        task: extraction.kind,
        labels,
        examples: jsonLines(examples.map(({ input, output }) => ({ input, output }))),
        backEnds: { ...defaultBackEnds, trainer: taggerBackEnd, predictor: taggerBackEnd },
        trainerOptions: {},
        settings: {},
        seed: request.seed,
        by: 'bench',
      },
      ports,
    );
    const recorded = await answersTo(traffic, workspace);
    await ingest(traffic, recorded, workspace);
    const before = await answersTo(fresh, workspace);
    const run = await runLoop(workspace, { modelId, seed: request.seed }, ui);
    const after = await answersTo(fresh, workspace);
    const [was, is] = [rights(fresh, before), rights(fresh, after)];
    const { user, system } = process.cpuUsage(begun);
    const { ratchet, commit } = await versions();
    return {
      start: start.name,
      seed: request.seed,
      traces: traffic.length,
      examples: examples.length,
      types: labels.length,
      decision: run.decision,
      before: measure(fresh, before),
      after: measure(fresh, after),
      rightBefore: rights(traffic, recorded).filter(Boolean).length,
      freshLost: was.filter((right, at) => right && is[at] === false).length,
      freshGained: was.filter((right, at) => !right && is[at] === true).length,
      gate: run.gain === null ? null : { of: run.gain.of, gained: run.gain.gained, lost: run.gain.lost },
      cpuSeconds: (user + system) / 1e6,
      version: `${ratchet} (${commit})`,
    };
  } finally {
    await workspace.close();
    await rm(directory, { recursive: true, force: true });
  }
}

async function answersTo(texts: readonly Marked[], { ports }: Workspace): Promise<readonly (Output | null)[]> {
  const champion = await chooseCheckpoint(modelId, null, ports);
  const inputs = texts.map(({ input }) => input);
  return (await answerWith(champion, inputs, ports)).map(({ output }) => output);
}

async function ingest(
  traffic: readonly Marked[],
  answers: readonly (Output | null)[],
  { ports }: Workspace,
): Promise<void> {
  const lines = traffic.map(({ input, output }, at) => ({
    traceId: `t-${at}`,
    timestamp: new Date(Date.UTC(2026, 0, 1) + at * 60_000).toISOString(),
    input,
    output: answers[at] ?? null,
    expected: output,
    judge: { kind: 'human', id: 'snips' },
  }));
  await ingestTraces({ modelId, sources: [{ name: 'traffic', open: async () => jsonLines(lines) }] }, ports);
}

function gradesOf(texts: readonly Marked[], answers: readonly (Output | null)[]) {
  return texts.map(({ output }, at) => extraction.grade(entitiesOutput(output), answers[at] ?? null));
}

function rights(texts: readonly Marked[], answers: readonly (Output | null)[]): boolean[] {
  return gradesOf(texts, answers).map(({ right }) => right);
}

function measure(texts: readonly Marked[], answers: readonly (Output | null)[]): StartResult['before'] {
  const grades = gradesOf(texts, answers);
  const pairs = texts.map(({ output }, at) => ({ expected: entitiesOutput(output), answer: answers[at] ?? null }));
  return {
    f1: extraction.score(grades).value,
    ...excessOf(pairs, extraction),
    right: grades.filter(({ right }) => right).length,
    of: texts.length,
  };
}
