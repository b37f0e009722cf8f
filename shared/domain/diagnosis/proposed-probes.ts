import { z } from 'zod';
import { shortDigest } from '../base/ids.ts';
import { jsonSchema } from '../base/json.ts';
import type { Output } from '../base/output.ts';
import type { TaskKind } from '../base/task-kind.ts';
import type { TaskSpec } from '../base/task-spec.ts';
import { nearDuplicatesOf } from '../similarity/near-duplicates.ts';
import { detectInjection, detectJailbreak } from '../triage/attack.ts';
import { type Probe, writtenMethod } from './probe.ts';
import type { Refusal } from './proposed-clusters.ts';

/** A probe as an agent proposes it. */
export const proposedProbeSchema = z.strictObject({
  traceId: z.string().max(500).describe('of the material that the probe is made of'),
  input: z
    .string()
    .trim()
    .min(1)
    .max(2_000)
    .optional()
    .describe('a text of your own after it; leave out to take it as it is'),
  expected: jsonSchema.optional().describe('the right answer of your text; leave out where it is that of the material'),
});
export type ProposedProbe = z.infer<typeof proposedProbeSchema>;

/** A record that probes are made of. */
export interface Material {
  readonly traceId: string;
  readonly input: string;
  readonly expected: Output;
}

export interface ProbeRules {
  readonly clusterId: string;
  readonly material: ReadonlyMap<string, Material>;
  /** Inputs of the cluster's own failures: no probe may be near one. */
  readonly memberInputs: readonly string[];
  readonly task: TaskSpec;
  readonly kind: Pick<TaskKind, 'anchored' | 'key' | 'output' | 'problem'>;
  readonly count: number;
}

/** At most this share of the probes may be written: the rest are real requests. */
const writtenShare = 0.5;

/**
 * Which of the proposed probes stand: of known material, with an answer that the task allows, near no failure of the
 * cluster, no two alike, no instructions to a model; at most half of them written.
 */
export function checkProbes(
  proposed: readonly ProposedProbe[],
  rules: ProbeRules,
): { readonly accepted: readonly Probe[]; readonly refused: readonly Refusal[] } {
  const accepted: Probe[] = [];
  const refused: Refusal[] = [];
  for (const [index, probe] of proposed.entries()) {
    const made = probeOf(probe, accepted, rules);
    if (typeof made === 'string') refused.push({ index, why: made });
    else accepted.push(made);
  }
  return { accepted, refused };
}

function probeOf(probe: ProposedProbe, before: readonly Probe[], rules: ProbeRules): Probe | string {
  const { clusterId, count, kind, material, memberInputs } = rules;
  if (before.length >= count) return `${count} probes are enough`;
  const base = material.get(probe.traceId);
  if (base === undefined) return 'its trace is not among the material';
  const input = probe.input ?? base.input;
  const written = input !== base.input;
  const most = Math.floor(count * writtenShare);
  if (written && before.filter(({ method }) => method === writtenMethod).length >= most) {
    return `at most ${most} of the probes may be texts of your own`;
  }
  if (before.some((other) => other.input === input)) return 'it is there already';
  if (nearDuplicatesOf([input], memberInputs, 'any').length > 0) return 'it is nearly a failure of the cluster itself';
  if (written && (detectInjection(input) ?? detectJailbreak(input)) !== null) {
    return 'it reads like instructions to a model';
  }
  const answer = written ? answerOf(probe, base, input, rules) : { expected: base.expected };
  if ('problem' in answer) return answer.problem;
  return {
    probeId: `${clusterId}-${shortDigest(input, kind.key(answer.expected)).slice(0, 8)}`,
    clusterId,
    input,
    expected: answer.expected,
    method: written ? writtenMethod : 'neighbour',
    traceId: base.traceId,
  };
}

/** The right answer of a text that was written after a record: the record's own where none is named. */
function answerOf(
  { expected }: ProposedProbe,
  base: Material,
  input: string,
  { kind, task }: ProbeRules,
): { readonly expected: Output } | { readonly problem: string } {
  if (expected === undefined && kind.anchored) {
    return { problem: 'the answer names places of the text, so a text of your own needs one of its own' };
  }
  const parsed = kind.output.safeParse(expected ?? base.expected);
  if (!parsed.success) return { problem: 'its answer is none that this task has' };
  const problem = kind.problem(task, input, parsed.data);
  return problem === null ? { expected: parsed.data } : { problem: problem.reason };
}
