import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SeededRandom } from '../../shared/adapters/local/seeded-random.ts';
import { planDemo } from '../spam-demo/demo-plan.ts';
import { type Email, labelOf, loadEmails } from '../spam-demo/load-emails.ts';
import { ratchetDone } from './command.ts';

export const modelId = 'spam-filter';

/** The files that the commands read. */
export interface Material {
  readonly examples: string;
  readonly traces: string;
  /** Many short traces: more than one batch of ingestion. */
  readonly manyTraces: string;
}

const manyTraces = 45_000;
const arrival = Date.parse('2002-10-01T08:00:00Z');

/**
 * The spam demo's mail as files, its traffic answered by a first checkpoint in a workspace of its own: made once, so
 * that every trial begins with the same bytes.
 */
export async function makeMaterial(directory: string, seed: number, foundation: string): Promise<Material> {
  const plan = planDemo(await loadEmails(), seed, new SeededRandom());
  const material = {
    examples: join(directory, 'examples.jsonl'),
    traces: join(directory, 'traces.jsonl'),
    manyTraces: join(directory, 'many-traces.jsonl'),
  };
  await writeLines(
    material.examples,
    plan.training.map((email) => ({ input: email.text, output: labelOf(email.group) })),
  );
  const first = join(directory, 'first');
  await ratchetDone(createArgs(first, material, seed, foundation));
  const inputs = join(directory, 'inputs.jsonl');
  await writeLines(
    inputs,
    plan.traffic.map((email) => ({ input: email.text })),
  );
  const { stdout } = await ratchetDone(['predict', modelId, '--workspace', first], [0], { stdin: inputs });
  const answers = stdout.trimEnd().split('\n');
  await writeLines(
    material.traces,
    plan.traffic.map((email, index) => traceLine(email, index, JSON.parse(answers[index] ?? '{}'))),
  );
  await writeLines(material.manyTraces, madeUpTraces());
  return material;
}

export function createArgs(workspace: string, material: Material, seed: number, foundation: string): string[] {
  return [
    ...['create', modelId, '--examples', material.examples, '--foundation', foundation, '--seed', String(seed)],
    ...['--json', '--workspace', workspace],
  ];
}

export function ingestArgs(workspace: string, file: string): string[] {
  return ['ingest', modelId, file, '--json', '--workspace', workspace];
}

export function runArgs(workspace: string, seed: number): string[] {
  return ['run', modelId, '--seed', String(seed), '--verbose', '--json', '--workspace', workspace];
}

function traceLine(email: Email, index: number, answer: { output?: string | null; confidence?: number }): unknown {
  return {
    traceId: email.emailId,
    timestamp: new Date(arrival + index * 660_000).toISOString(),
    modelId,
    input: email.text,
    output: answer.output ?? null,
    confidence: answer.confidence ?? 0,
    expected: labelOf(email.group),
    judge: { kind: 'rule', id: 'corpus-group', reason: `filed under ${email.group}` },
  };
}

function* madeUpTraces(): Generator<unknown> {
  for (let index = 0; index < manyTraces; index += 1) {
    yield {
      traceId: `made-up-${index}`,
      timestamp: new Date(arrival + index * 1_000).toISOString(),
      modelId,
      input: `made-up message ${index}`,
      output: index % 2 === 0 ? 'ham' : 'spam',
      verdict: index % 3 === 0 ? 'fail' : 'pass',
      judge: { kind: 'human', id: 'ana', reason: '' },
    };
  }
}

async function writeLines(path: string, values: Iterable<unknown>): Promise<void> {
  await writeFile(
    path,
    Array.from(values, (value) => `${JSON.stringify(value)}\n`),
  );
}
