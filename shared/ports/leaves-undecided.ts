import type { Model } from '../domain/models/model.ts';
import type { TriagedRecord } from '../domain/traces/trace-record.ts';
import { ruleJudge } from './judge.ts';
import { kindOf } from './kind-of.ts';
import type { Ports } from './ports.ts';

/**
 * Whether nobody but a person can tell if an answer that differs from the right one is as good: the task leaves it to a
 * judge, and the model's asks no language model.
 */
export function leavesUndecided(model: Pick<Model, 'task' | 'judge'>, ports: Pick<Ports, 'tasks'>): boolean {
  return kindOf(model, ports).needsJudge === true && model.judge === ruleJudge;
}

/** Whether a record was judged and nobody can tell what that says of the champion's answer. */
export function isUndecidedRecord({ verdict, judgement }: Pick<TriagedRecord, 'verdict' | 'judgement'>): boolean {
  return verdict === 'unknown' && judgement !== null;
}
