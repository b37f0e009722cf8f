import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { machineStates, outputPaths } from '../../cli/runtime/machine-states.ts';
import { improvementLoop } from '../../infra/state-machines/improvement-loop.ts';
import { errorTable } from '../../shared/domain/base/errors.ts';
import { stateHandlers } from '../../shared/loop/catalogue.ts';
import { allStages } from '../helpers/all-stages.ts';

// The package's types do not resolve for an ES module.
const validate = createRequire(import.meta.url)('asl-validator') as (
  definition: unknown,
  options: { checkArn: boolean; checkPaths: boolean },
) => { errorsText(): string };

interface State {
  readonly Type: string;
  readonly Next?: string;
  readonly Resource?: string;
  readonly TimeoutSeconds?: number;
  readonly Retry?: readonly { readonly ErrorEquals: readonly string[] }[];
  readonly Catch?: unknown;
  readonly ItemProcessor?: Machine;
  readonly MaxConcurrency?: number;
  readonly Branches?: readonly Machine[];
}
interface Machine {
  readonly TimeoutSeconds?: number;
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

const path = new URL('../../infra/state-machines/improvement-loop.asl.json', import.meta.url);
const text = readFileSync(path, 'utf8');
const machine = JSON.parse(text) as Machine;

function allStates({ States }: Machine): [string, State][] {
  return Object.entries(States).flatMap(([name, state]) => [
    [name, state] as [string, State],
    ...(state.ItemProcessor === undefined ? [] : allStates(state.ItemProcessor)),
    ...(state.Branches ?? []).flatMap(allStates),
  ]);
}

const states = allStates(machine);
const tasks = states.filter(([, state]) => state.Type === 'Task');

describe('the state machine', () => {
  it('is written as it is generated (else: npm run state-machine)', () => {
    expect(machine).toEqual(JSON.parse(JSON.stringify(improvementLoop)));
  });

  it('is valid Amazon States Language', () => {
    const deployable = JSON.parse(text.replaceAll(/\$\{(\w+)\}/g, 'arn:aws:lambda:us-east-1:000000000000:function:$1'));
    expect(validate(deployable, { checkArn: true, checkPaths: true }).errorsText()).toBe('');
  });

  it('names every state once', () => {
    expect(new Set(states.map(([name]) => name)).size).toBe(states.length);
  });

  it('has a stage for every Task state, and a Task state for every stage', () => {
    expect(tasks.map(([name]) => name).sort()).toEqual([...stateHandlers.keys()].sort());
  });

  it('names each function after its state', () => {
    for (const [name, { Resource }] of tasks) {
      const pascal = name.replaceAll(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
      expect(Resource).toBe(`\${${pascal}FunctionArn}`);
    }
  });

  it('retries just the faults that the error table says may be retried, and those of the Lambda service', () => {
    const retryable = Object.entries(errorTable).flatMap(([name, { retry }]) => (retry ? [name] : []));
    for (const [, { Retry }] of tasks) {
      const listed = (Retry ?? []).flatMap((retrier) => retrier.ErrorEquals);
      expect(listed.filter((name) => !name.startsWith('Lambda.')).sort()).toEqual(retryable.sort());
    }
  });

  it('catches nothing, so that an execution ends where it failed and can be redriven from there', () => {
    expect(states.filter(([, { Type, Catch }]) => Type === 'Fail' || Catch !== undefined)).toEqual([]);
  });

  it('starts, waits and goes on for the long stages, and for no others', () => {
    const parsed = machineStates(machine);
    for (const { name, long = false } of allStages) expect(outputPaths(name, parsed).long, name).toBe(long);
    for (const [name, state] of states.filter(([, { Type }]) => Type === 'Wait')) {
      expect(parsed.get(state.Next ?? '')?.Type, name).toBe('Task');
    }
  });

  it('takes a week at most: jobs and agents work for days, in calls that a function has time for', () => {
    expect(machine.TimeoutSeconds).toBe(7 * 24 * 60 * 60);
  });

  it('bounds the time of every Task and the width of every Map', () => {
    // A call is a function's 15 minutes at most; what takes longer goes on in the next call.
    for (const [name, state] of tasks) expect(state.TimeoutSeconds, name).toBeLessThanOrEqual(900);
    for (const [name, state] of states) if (state.Type === 'Map') expect(state.MaxConcurrency, name).toBeGreaterThan(0);
  });
});
