import { StateMachine } from 'aws-local-stepfunctions';
import { describe, expect, it } from 'vitest';
import { machineStates } from '../../cli/runtime/machine-states.ts';
import { improvementLoop } from '../../infra/state-machines/improvement-loop.ts';
import { runRefSchema } from '../../shared/domain/models/run-ref.ts';
import { settingsSchema } from '../../shared/domain/models/settings.ts';
import { moveTable } from '../../shared/domain/policy/moves.ts';
import { stateHandlers } from '../../shared/loop/catalogue.ts';
import { workOf } from '../../shared/loop/engine/execute-stage.ts';
import { stageKey } from '../../shared/loop/engine/stage.ts';
import { taxonomyRefSchema } from '../../shared/loop/state/diagnosis.ts';
import { mostClusters, objectKeySchema } from '../../shared/loop/state/limits.ts';
import { largestHandle, longestWaitSeconds, workSchema } from '../../shared/loop/state/work.ts';
import { type StageShape, allStages as stages } from '../helpers/all-stages.ts';
import { bytesOf, largestValue } from '../helpers/largest-value.ts';

/** What Step Functions takes: bytes of UTF-8 in one state's input or output, and events in one execution's history. */
const largestState = 262_144;
const mostEvents = 25_000;

/** Open records are by the names of sets: four of a run at most, and the two that losses are counted against. */
const entries = 4;
const largestOutputs = new Map(stages.map(({ name, output }) => [name, largestValue(output, entries, name)]));
const input = { run: largestValue(runRefSchema, entries) };
const definition = JSON.parse(
  JSON.stringify(improvementLoop).replaceAll(/\$\{(\w+)\}/g, 'arn:aws:lambda:us-east-1:000000000000:function:$1'),
);

interface Walk {
  /** What decide-next says, in turn. */
  readonly decisions: readonly string[];
  /** How long stages go on: waiting, or at once, before they are done. */
  readonly waits: readonly number[];
  readonly enoughEvidence: boolean;
  /** Whether something is trained; the run ends at its plan otherwise. */
  readonly trains?: boolean;
  /** By stage; the largest values by default. */
  readonly outputs?: ReadonlyMap<string, unknown>;
  /** Whether stages take and give only what their schemas allow, as they do. */
  readonly checked?: boolean;
}

interface Visit {
  readonly state: string;
  readonly type: string;
  readonly bytes: number;
}

/** Goes through the machine by the interpreter of the laptop. */
async function walk({ outputs = largestOutputs, checked = true, trains = true, ...walked }: Walk) {
  const { decisions, waits, enoughEvidence } = walked;
  let decided = 0;
  const give = (stage: StageShape, given: unknown): unknown => {
    const head = (checked ? stage.input.parse(given) : given) as { item: string; work?: unknown };
    let output = outputs.get(stage.name);
    if (stage.name === 'decide-next') output = Object.assign({}, output, { next: decisions[decided] ?? 'promote' });
    if (stage.name === 'split-traces') output = Object.assign({}, output, { enoughEvidence });
    if (stage.name === 'plan-candidates' && trains) output = Object.assign({}, output, { ends: null });
    if (checked) stage.output.parse(output);
    if (stage.long !== true) return output;
    const work = workSchema.nullable().parse(head.work);
    const calls = work?.stage === stage.name && work.status === 'working' ? String(work.handle).indexOf('|') : 0;
    const waitSeconds = waits[calls];
    if (waitSeconds === undefined && stage.name === 'decide-next') decided += 1;
    if (waitSeconds === undefined) return workOf(stage, head, { status: 'done', output, passedOver: false });
    const handle = `${'x'.repeat(calls + 1)}|`.padEnd(largestHandle - 2, '-');
    const numbers = { done: -Number.MAX_VALUE, total: -Number.MAX_VALUE };
    return workOf(stage, head, { status: 'working', work: { status: 'working', handle, waitSeconds, ...numbers } });
  };
  const waiting = [...machineStates(definition)].filter(([, { Type }]) => Type === 'Wait').map(([name]) => [name, 0]);
  const handlers = stages.map((stage) => [stage.name, (given: unknown) => give(stage, given)]);
  const execution = new StateMachine(definition).run(input as never, {
    context: { Execution: { Id: 'x'.repeat(320), Input: input as never, StartTime: '2026-01-01T00:00:00Z' } },
    overrides: {
      taskResourceLocalHandlers: Object.fromEntries(handlers) as never,
      waitTimeOverrides: Object.fromEntries(waiting),
    },
  });
  const visits: Visit[] = [];
  let events = 2;
  const reading = (async () => {
    for await (const event of execution.eventLogs) {
      if (event.type === 'MapIterationStarted') events += 2;
      if (event.type === 'StateEntered') events += eventsOf(event.state.type);
      if (event.type !== 'StateEntered' && event.type !== 'StateExited') continue;
      const { name, type } = event.state;
      const value = event.type === 'StateEntered' ? event.state.input : event.state.output;
      visits.push({ state: name, type, bytes: bytesOf(value) });
    }
  })();
  await execution.result;
  await reading;
  return { visits, events };
}

/** Events of a state that is entered and left, beside those of a Map's items and a Parallel's branches. */
function eventsOf(type: string): number {
  if (type === 'Task') return 5;
  return type === 'Map' || type === 'Parallel' ? 4 : 2;
}

function largest(visits: readonly Visit[]): Visit | undefined {
  return visits.toSorted((a, b) => b.bytes - a.bytes)[0];
}

const everyTurn: Walk = {
  decisions: ['tune', 'rework-data', 'augment', 'promote'],
  waits: [0, longestWaitSeconds],
  enoughEvidence: true,
};

describe('the largest run that settings and schemas allow', () => {
  it('is walked through by all stages there are', () => {
    expect(stages.map(({ name }) => name).sort()).toEqual([...stateHandlers.keys()].sort());
    expect(settingsSchema.safeParse({ maxClusters: mostClusters }).success).toBe(true);
    expect(settingsSchema.safeParse({ maxClusters: mostClusters + 1 }).success).toBe(false);
  });

  it('has room for every key of a stage: with the longest ids, items and files of 40 characters', () => {
    const run = { runId: 'r'.repeat(100), modelId: 'm'.repeat(100), seed: 1 };
    for (const { name } of stages) {
      const key = stageKey(name, { run, iteration: 20, item: 'i'.repeat(40) }, 'f'.repeat(40));
      expect(objectKeySchema.safeParse(key).success, name).toBe(true);
    }
  });

  it('fits into the state of Step Functions at every step, and comes by every state', async () => {
    const { visits } = await walk(everyTurn);
    const short = await walk({ ...everyTurn, enoughEvidence: false });
    const untrained = await walk({ ...everyTurn, trains: false });
    const all = [...visits, ...short.visits, ...untrained.visits];
    const names = new Set(all.map(({ state }) => state));
    expect([...machineStates(definition).keys()].filter((name) => !names.has(name))).toEqual([]);
    expect(largest(all)?.bytes).toBeLessThanOrEqual(largestState);
  });

  it('would be seen not to fit: twice the clusters make more than a state holds', async () => {
    const { clusters, ...rest } = taxonomyRefSchema.parse(largestOutputs.get('build-taxonomy'));
    const outputs = new Map(largestOutputs).set('build-taxonomy', { ...rest, clusters: [...clusters, ...clusters] });
    const { visits } = await walk({ ...everyTurn, outputs, checked: false });
    expect(largest(visits)?.bytes).toBeGreaterThan(largestState);
  });

  it('fits into the history of one execution when its stages are done in one call', async () => {
    const iterations = 20;
    expect(settingsSchema.safeParse({ maxIterations: iterations + 1 }).success).toBe(false);
    const moves = Object.values(moveTable).flatMap(({ kind }) => (kind === 'tune' ? [] : [kind]));
    const tunes = Array(iterations - 1 - moves.length).fill('tune');
    const { events } = await walk({ ...everyTurn, decisions: [...moves, ...tunes, 'promote'], waits: [] });
    expect(events).toBeLessThan(mostEvents);
  });
});
