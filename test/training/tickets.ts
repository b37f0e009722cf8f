import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runLoop } from '../../cli/runtime/run-loop.ts';
import type { Workspace } from '../../cli/workspace.ts';
import { defaultBackEnds } from '../../shared/composition/default-back-ends.ts';
import type { Json } from '../../shared/domain/base/json.ts';
import { asOutput } from '../../shared/domain/base/output.ts';
import type { Checkpoint } from '../../shared/domain/models/checkpoint.ts';
import { ingestTraces } from '../../shared/intake/ingest-traces.ts';
import type { RunResult } from '../../shared/loop/state/run-result.ts';
import { createModel } from '../../shared/operations/create-model.ts';
import { answerWith } from '../../shared/ports/back-ends.ts';
import type { RandomStream } from '../../shared/ports/random.ts';
import { generation } from '../../shared/tasks/generation/generation.ts';
import { generationSpecFrom } from '../../shared/tasks/generation/generation-spec.ts';
import { bytesOf, championOf, modelId, recordingUi } from '../helpers/test-workspace.ts';

/** A request and the JSON that it is to become. */
export interface Ticket {
  readonly input: string;
  readonly output: { readonly queue: string };
}

const queues: Readonly<Record<string, readonly string[]>> = {
  delivery: ['parcel', 'courier', 'shipping'],
  refund: ['money', 'refund', 'payback'],
  billing: ['invoice', 'receipt', 'vat'],
};
const ways = ['where is my', 'about the', 'tell me of the', 'I miss the', 'again my', 'what of this', 'no', 'my'];
const ends = ['please', 'today', 'now', 'thanks', 'soon', 'at last', 'again', 'here', 'of May', 'since June'];

/** Requests of some queues, no two alike. @param count at most 24 × 10 a queue */
export function tickets(names: readonly string[], count: number, random: RandomStream): readonly Ticket[] {
  const all = names.flatMap((queue) =>
    (queues[queue] ?? []).flatMap((word) =>
      ways.flatMap((way) => ends.map((end): Ticket => ({ input: `${way} ${word} ${end}`, output: { queue } }))),
    ),
  );
  return random.shuffle(all).slice(0, count);
}

export interface TicketRun {
  readonly trainer: string;
  readonly trainerOptions: Record<string, Json>;
  /** First examples, of the first two queues, and judged requests of all three. */
  readonly sizes: readonly [examples: number, traces: number];
  readonly settings: Record<string, unknown>;
}

/** Takes a model that writes tickets from its first examples through one run. */
export async function runTickets(
  workspace: Workspace,
  { trainer, trainerOptions, sizes: [examples, traces], settings }: TicketRun,
): Promise<{
  readonly result: RunResult;
  readonly before: Checkpoint;
  readonly after: Checkpoint;
  readonly failed: unknown;
}> {
  const { ports } = workspace;
  const random = ports.random.stream(1, 'tickets');
  await createModel(
    {
      modelId,
      task: 'generation',
      labels: [],
      options: { checker: 'json' },
      examples: bytesOf(tickets(['delivery', 'refund'], examples, random)),
      backEnds: { ...defaultBackEnds, trainer, predictor: trainer },
      trainerOptions,
      settings: { maxIterations: 1, ...settings },
      seed: 1,
      by: 'test',
    },
    ports,
  );
  const before = await championOf(workspace);
  const traffic = tickets(['delivery', 'refund', 'billing'], traces, random);
  const answers = await answersOf(before, traffic, workspace);
  const lines = traffic.map(({ input, output }, at) => ({
    traceId: `t-${at}`,
    timestamp: new Date(Date.UTC(2026, 0, 1) + at * 60_000).toISOString(),
    input,
    output: answers[at],
    expected: output,
    judge: { kind: 'human', id: 'ana' },
  }));
  await ingestTraces({ modelId, sources: [{ name: 'traffic', open: async () => bytesOf(lines) }] }, ports);
  const ui = recordingUi();
  const result = await runLoop(workspace, { modelId, seed: 1 }, ui);
  return { result, before, after: await championOf(workspace), failed: ui.failed };
}

/** How many of some tickets a checkpoint has right. */
export async function rightOf(checkpoint: Checkpoint, asked: readonly Ticket[], workspace: Workspace): Promise<number> {
  const kind = generation.boundTo?.(generationSpecFrom({ options: { checker: 'json' } })) ?? generation;
  const answers = await answersOf(checkpoint, asked, workspace);
  return asked.filter(({ output }, at) => kind.grade(asOutput(output), answers[at] ?? null).right).length;
}

async function answersOf(checkpoint: Checkpoint, asked: readonly Ticket[], { ports }: Workspace) {
  const answers = await answerWith(
    checkpoint,
    asked.map(({ input }) => input),
    ports,
  );
  return answers.map(({ output }) => output);
}

/** A decoder of a few weights that knows nothing, whose tokens are those of all tickets. @param python one with PyTorch */
export async function ticketLlama(folder: string, python: string, tests: string): Promise<string> {
  const texts = Object.entries(queues).flatMap(([queue, words]) => [
    JSON.stringify({ queue }),
    ...words.flatMap((word) => ways.map((way, at) => `${way} ${word} ${ends[at] ?? ''}`)),
  ]);
  const file = join(folder, 'texts.json');
  await writeFile(file, JSON.stringify(texts));
  const target = join(folder, 'tiny-llama');
  const script =
    'import json, sys; from pathlib import Path; from foundations import tiny_llama; tiny_llama(Path(sys.argv[2]), json.load(open(sys.argv[1])))';
  execFileSync(python, ['-c', script, file, target], { cwd: tests, stdio: ['ignore', 'ignore', 'inherit'] });
  return target;
}
