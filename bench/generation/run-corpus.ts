import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { ProgressUi } from '../../cli/progress.ts';
import { runLoop } from '../../cli/runtime/run-loop.ts';
import { openWorkspace } from '../../cli/workspace.ts';
import { defaultBackEnds } from '../../shared/composition/default-back-ends.ts';
import type { Json } from '../../shared/domain/base/json.ts';
import type { Output } from '../../shared/domain/base/output.ts';
import type { Checkpoint } from '../../shared/domain/models/checkpoint.ts';
import type { Settings } from '../../shared/domain/models/settings.ts';
import { ingestTraces } from '../../shared/intake/ingest-traces.ts';
import { chooseCheckpoint } from '../../shared/operations/choose-checkpoint.ts';
import { createModel } from '../../shared/operations/create-model.ts';
import { answerWith } from '../../shared/ports/back-ends.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import { generation } from '../../shared/tasks/generation/generation.ts';
import { generationSpecFrom } from '../../shared/tasks/generation/generation-spec.ts';
import { packRights } from '../adaptft/arms/rights.ts';
import { versions } from '../adaptft/results/write-results.ts';
import { jsonLines } from '../json-lines.ts';
import { trainOn } from '../train-on.ts';
import type { Asked, Corpus, DealRequest } from './deals.ts';

const measuredSchema = z.object({
  right: z.int(),
  of: z.int(),
  /** Which are right, see `packRights`. */
  rights: z.string(),
  /** The task's own metric, a fraction; of JSON the F1 of its fields. */
  metric: z.object({ name: z.string(), value: z.number() }),
});
export type Measured = z.infer<typeof measuredSchema>;

export const corpusResultSchema = z.object({
  corpus: z.enum(['snips', 'gsm8k']),
  seed: z.int(),
  trainer: z.string(),
  /** What the command was given beside data, file, seeds and corpora, as it is written; empty for nothing. */
  setup: z.string().default(''),
  /** Traces that were asked for. */
  asked: z.int(),
  examples: z.int(),
  traces: z.int(),
  /** Of the traces' own answers. */
  tracesRight: z.int(),
  decision: z.string(),
  /** Why, in a sentence. */
  headline: z.string(),
  /** On fresh texts: the first checkpoint, the champion after the run, a model trained on everything. */
  before: measuredSchema,
  after: measuredSchema,
  all: measuredSchema,
  cpuSeconds: z.number(),
  version: z.string(),
});
export type CorpusResult = z.infer<typeof corpusResultSchema>;

const modelId = 'generator';

/** Takes a generator from its first examples through one run in a workspace of its own, beside retraining on everything. */
export async function runCorpus(
  corpus: Corpus,
  request: DealRequest & {
    readonly trainer: string;
    readonly setup: string;
    readonly trainerOptions: Json;
    readonly settings: Partial<Settings>;
  },
  ui: ProgressUi,
): Promise<CorpusResult> {
  const directory = await mkdtemp(join(tmpdir(), 'ratchet-generation-'));
  const observer = { progress: () => undefined, note: (message: string) => ui.note(message) };
  const workspace = await openWorkspace(directory, { observer, create: true });
  const begun = cpuSeconds();
  try {
    const { ports } = workspace;
    const { examples, traffic, fresh } = await corpus.deal(request, ports.random);
    const options = { checker: corpus.checker };
    const kind = generation.boundTo?.(generationSpecFrom({ options })) ?? generation;
    const { trainer, setup, trainerOptions, settings } = request;
    const backEnds = { ...defaultBackEnds, trainer, predictor: trainer };
    await createModel(
      {
        modelId,
        task: generation.kind,
        labels: [],
        options,
        examples: jsonLines(examples),
        backEnds,
        trainerOptions,
        settings,
        seed: request.seed,
        by: 'bench',
      },
      ports,
    );
    const first = await chooseCheckpoint(modelId, null, ports);
    const recorded = await answersOf(first, traffic, ports);
    const answers = traffic.map(({ answered }, at) => answered ?? recorded[at] ?? null);
    const lines = traffic.map(({ input, output }, at) => ({
      traceId: `t-${at}`,
      timestamp: new Date(Date.UTC(2026, 0, 1) + at * 60_000).toISOString(),
      input,
      output: answers[at],
      expected: output,
      judge: { kind: 'human', id: corpus.name },
    }));
    await ingestTraces({ modelId, sources: [{ name: 'traffic', open: async () => jsonLines(lines) }] }, ports);
    const measure = async (served: Pick<Checkpoint, 'served'>): Promise<Measured> => {
      const given = await answersOf(served, fresh, ports);
      const grades = fresh.map(({ output }, at) => kind.grade(output, given[at] ?? null));
      const { metric, value } = kind.score(grades);
      return {
        right: grades.filter(({ right }) => right).length,
        of: grades.length,
        rights: packRights(grades.map(({ right }) => right)),
        metric: { name: metric, value },
      };
    };
    const before = await measure(first);
    ui.note(
      `The first checkpoint has ${before.right} of ${before.of} right, ${before.metric.name} ${before.metric.value.toFixed(3)}.`,
    );
    const run = await runLoop(workspace, { modelId, seed: request.seed }, ui);
    const after = await measure(await chooseCheckpoint(modelId, null, ports));
    ui.note(
      `${run.decision}: ${after.right} of ${after.of} right, ${after.metric.name} ${after.metric.value.toFixed(3)}.`,
    );
    const { task, configuration } = first;
    const everything = await trainOn(
      {
        name: 'all',
        examples: [...examples, ...traffic.map(({ input, output }) => ({ input, output }))],
        task,
        ...backEnds,
        configuration,
        seed: request.seed,
      },
      ports,
    );
    const { ratchet, commit } = await versions();
    const result = {
      corpus: corpus.name,
      seed: request.seed,
      trainer,
      setup,
      asked: request.traces,
      examples: examples.length,
      traces: traffic.length,
      tracesRight: traffic.filter(({ output }, at) => kind.grade(output, answers[at] ?? null).right).length,
      decision: run.decision,
      headline: run.headline,
      before,
      after,
      all: await measure(everything),
      version: `${ratchet} (${commit})`,
    };
    // What processes of its own used is known once they have ended.
    await workspace.close();
    return { ...result, cpuSeconds: cpuSeconds() - begun };
  } finally {
    await workspace.close();
    await rm(directory, { recursive: true, force: true });
  }
}

/** Of this process and of those that it began and that have ended; of itself alone where the system does not tell. */
function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  const own = (user + system) / 1e6;
  try {
    const fields = readFileSync('/proc/self/stat', 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    const ticksASecond = 100;
    return own + (Number(fields[13]) + Number(fields[14])) / ticksASecond;
  } catch {
    return own;
  }
}

async function answersOf(
  served: Pick<Checkpoint, 'served'>,
  texts: readonly Asked[],
  ports: Ports,
): Promise<readonly (Output | null)[]> {
  const inputs = texts.map(({ input }) => input);
  return (await answerWith(served, inputs, ports)).map(({ output }) => output);
}
