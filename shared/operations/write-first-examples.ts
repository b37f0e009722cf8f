import type { TaskKind } from '../domain/base/task-kind.ts';
import { exampleIdOf } from '../domain/curriculum/example-id.ts';
import { writtenMethod } from '../domain/diagnosis/probe.ts';
import type { Cluster } from '../domain/diagnosis/taxonomy.ts';
import type { Example } from '../domain/models/example.ts';
import type { Model } from '../domain/models/model.ts';
import type { UsableRecord } from '../domain/traces/trace-record.ts';
import type { Analyst, AnalystRun, WrittenExample } from '../ports/analyst.ts';
import { writeJsonl } from '../ports/documents.ts';
import { kindOf } from '../ports/kind-of.ts';
import type { Ports } from '../ports/ports.ts';
import { ended } from '../ports/to-end.ts';

export interface FirstWritingRequest {
  readonly model: Model;
  /** Texts with the labels that people confirmed. */
  readonly examples: readonly Example[];
  /** What the model is for, in the words of who makes it. */
  readonly description: string;
  /** US dollars that writing may cost; null for no limit. */
  readonly budgetUsd: number | null;
  readonly seed: number;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface FirstWriting {
  readonly examples: readonly Example[];
  /** Labels that were written for. */
  readonly labels: number;
  readonly usd: number;
  /** Object key prefix of the agents' transcripts. */
  readonly folder: string;
}

/** A label with fewer texts is written for. */
const enough = 30;
const mostMembers = 30;
/** Texts of each other label that are shown beside them, and of all of them together. */
const passesOfOne = 3;
const mostPasses = 150;
const shownExamples = 4;

/**
 * Lets the analyst write examples for labels of a classification that have few texts, fewest first. Each is written after
 * a text with a confirmed label, has that label, and is held to what curricula of runs are held to. Its agents share the
 * turns of a cold start and the budget; where these end, so does the writing.
 */
export async function writeFirstExamples(
  request: FirstWritingRequest,
  writer: Analyst,
  ports: Ports,
): Promise<FirstWriting> {
  const { model, examples, seed, budgetUsd, onProgress } = request;
  const { agentTurnsColdStart, subAgentTurns, analyzerOutputTokens } = model.settings;
  const kind = kindOf(model, ports);
  const run: AnalystRun = {
    runId: ports.ids.next('create'),
    modelId: model.modelId,
    seed,
    allowance: {
      turns: agentTurnsColdStart,
      turnsOfOne: subAgentTurns,
      analyzerOutputTokens,
      microUsd: budgetUsd === null ? null : Math.floor(budgetUsd * 1_000_000),
    },
  };
  const folder = `runs/${model.modelId}/${run.runId}/1/create`;
  const byLabel = Map.groupBy(examples, ({ output }) => kind.show(output));
  const few = [...byLabel].filter(([, own]) => own.length < enough).sort(([, a], [, b]) => a.length - b.length);
  if (writer.examples === undefined || few.length === 0) return { examples: [], labels: 0, usd: 0, folder };

  const textsKey = `${folder}/texts.jsonl`;
  await writeJsonl(
    ports.objects,
    textsKey,
    examples.map(({ input }) => ({ input })),
  );
  const onRecord = [textsKey];
  const written: Example[] = [];
  let usd = 0;
  for (const [at, [label, own]] of few.entries()) {
    onProgress?.(at, few.length);
    const others = [...byLabel].flatMap(([name, theirs]) => (name === label ? [] : theirs.slice(0, passesOfOne)));
    const members = own.slice(0, mostMembers).map((one) => recordOf(one, 'fail'));
    const done = await ended(writer.examples, `${folder}/${at + 1}/examples`, {
      run,
      task: model.task,
      cluster: clusterOf(String(at + 1), label, own.length, members, request.description),
      members,
      passes: others.slice(0, mostPasses).map((one) => recordOf(one, 'pass')),
      failingProbes: [],
      onRecord: [...onRecord],
    });
    usd += done.usage.usd;
    if (done.value.length === 0) continue;
    const writtenKey = `${folder}/${at + 1}/written.jsonl`;
    await writeJsonl(ports.objects, writtenKey, done.value);
    onRecord.push(writtenKey);
    written.push(...done.value.map((one) => exampleOf(one, String(at + 1), kind)));
  }
  return { examples: written, labels: few.length, usd, folder };
}

function exampleOf({ input, output, traceId, slice, by }: WrittenExample, clusterId: string, kind: TaskKind): Example {
  return {
    exampleId: exampleIdOf(input, output, 'synthesis', kind),
    input,
    output,
    weight: 1,
    slice,
    provenance: { kind: 'synthesis', method: writtenMethod, traceId, clusterId, by },
    folds: [],
  };
}

/** A label with few texts, as agents are shown what they are to write for. */
function clusterOf(
  clusterId: string,
  label: string,
  size: number,
  members: readonly UsableRecord[],
  description: string,
): Cluster {
  return {
    clusterId,
    title: `There are few texts of ${label}`,
    size,
    cause: 'missed-label',
    fixability: 'fixable',
    expected: label,
    answered: null,
    pattern: null,
    keywords: [],
    profile: [],
    evidence: [`What the model is for: ${description}`],
    traceIds: members.map(({ traceId }) => traceId),
    exampleIds: members.slice(0, shownExamples).map(({ traceId }) => traceId),
  };
}

/** A text with its confirmed label, as agents look at records; no model has answered it. */
function recordOf({ exampleId, input, output }: Example, verdict: 'pass' | 'fail'): UsableRecord {
  return {
    traceId: exampleId,
    groupId: exampleId,
    folds: [],
    use: 'none',
    timestamp: new Date(0).toISOString(),
    input,
    slice: null,
    steps: null,
    recorded: null,
    judgement: null,
    answer: verdict === 'pass' ? output : null,
    confidence: 0,
    runnerUp: null,
    verdict,
    expected: output,
    judgedBy: null,
    triage: { category: 'clean', kind: 'none', reason: '' },
  };
}
