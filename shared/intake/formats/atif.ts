import type { Annotation, FormatItem, TraceFormat } from '../../ports/trace-format.ts';
import { keptBytes } from '../read-lines.ts';
import { trajectoryOf } from './atif-steps.ts';
import { passedOver } from './items.ts';
import { recordsOfHead } from './record-shape.ts';
import { type JsonObject, type JsonRecord, readRecords, unreadable } from './records.ts';
import { idOf, known, numberOf, objectOf, objectsOf, textOf } from './untrusted.ts';

/** Of the largest trajectory. */
const maxBytes = 32 * 2 ** 20;

/**
 * Trajectories of agents in the Agent Trajectory Interchange Format, a document each, or a line each, with the reward of
 * Harbor's verifier where somebody put the trajectory into its trial (`{"trajectory":{…},"verifier_result":{"rewards":
 * {"reward":1}}}`, or the latter in the trajectory or its `extra`).
 *
 * By Harbor's RFC 0001, "Agent Trajectory Interchange Format", ATIF-v1.2 to ATIF-v1.8.
 */
export const atifFormat: TraceFormat = {
  name: 'atif',
  title: 'trajectories of agents (ATIF)',
  zone: null,
  freeNames: false,
  detects: (head) => recordsOfHead(head).some((record) => trajectoryIn(record) !== null),
  read: readTrajectories,
};

function trajectoryIn(record: JsonObject): JsonObject | null {
  return (
    [record, objectOf(record.trajectory)].find((candidate) => candidate !== null && isTrajectory(candidate)) ?? null
  );
}

function isTrajectory({ schema_version: version, agent, steps }: JsonObject): boolean {
  if (typeof version !== 'string') return false;
  return /^ATIF-v\d/.test(version) || (/^1\.\d+$/.test(version) && objectOf(agent) !== null && Array.isArray(steps));
}

async function* readTrajectories(chunks: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<FormatItem> {
  for await (const record of readRecords(chunks, name, { maxBytes, lists: new Set() })) {
    if (record.kind === 'unreadable') yield record;
    else yield* itemsOf(record);
  }
}

function* itemsOf({ value, line, text }: JsonRecord): Generator<FormatItem> {
  const document = trajectoryIn(value);
  if (document === null) {
    yield passedOver({ line }, 'documents that are no trajectories');
    return;
  }
  for (const _ of objectsOf(document.subagent_trajectories)) yield passedOver({ line }, 'trajectories of subagents');
  const steps = objectsOf(document.steps);
  const { system, input, output, steps: between } = trajectoryOf(steps);
  const traceId = idOf(document.trajectory_id) ?? idOf(document.session_id);
  if (traceId === null) {
    const reason = 'a trajectory without a session_id';
    yield unreadable(line, text, { reason, mend: 'give it the id of its session' });
  } else if (input === null) {
    yield passedOver({ line }, 'trajectories without a message of the user');
  } else {
    const agent = objectOf(document.agent);
    yield {
      kind: 'trace',
      line,
      text: text.slice(0, keptBytes),
      fields: {
        traceId,
        ...known({ timestamp: steps.find((step) => textOf(step.timestamp) !== null)?.timestamp }),
        input,
        output,
        ...(between.length > 0 ? { steps: between } : {}),
        metadata: known({ agent: agent?.name, agentVersion: agent?.version, model: agent?.model_name, system }),
      },
      annotations: rewardsOf(value, document),
      source: value,
    };
  }
}

function rewardsOf(trial: JsonObject, document: JsonObject): readonly Annotation[] {
  const result =
    objectOf(trial.verifier_result) ??
    objectOf(document.verifier_result) ??
    objectOf(objectOf(document.extra)?.verifier_result);
  const score = numberOf(objectOf(result?.rewards)?.reward);
  if (score === null) return [];
  const by = { kind: 'rule', id: 'verifier' } as const;
  return [{ name: 'reward', label: null, score, correction: null, explanation: '', by, at: trial.finished_at ?? null }];
}
