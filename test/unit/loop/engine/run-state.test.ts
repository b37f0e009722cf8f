import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type StateHandler, stateHandler } from '../../../../shared/loop/engine/run-state.ts';
import { type LongStage, type Stage, type StageContext, Unfinished } from '../../../../shared/loop/engine/stage.ts';
import { type StageHead, stageHead } from '../../../../shared/loop/state/stage-head.ts';
import { acquireLease } from '../../../../shared/operations/lease.ts';
import { sampleModel } from '../../../helpers/lineage-samples.ts';
import { memoryPorts } from '../../../helpers/memory-ports.ts';

type Output = { readonly said: string };
const output = z.strictObject({ said: z.string() });

const short = (run: (context: StageContext) => Promise<Output>): Stage<StageHead, Output> => ({
  name: 'say',
  input: z.strictObject(stageHead),
  output,
  run: (_, context) => run(context),
});
const long = (run: (context: StageContext) => Promise<Output | Unfinished>): LongStage<StageHead, Output> => ({
  ...short(() => expect.unreachable('it is long')),
  long: true,
  run: (_, context) => run(context),
});

async function prepared() {
  const ports = memoryPorts();
  await ports.lineage.createModel(sampleModel());
  const run = { runId: 'r1', modelId: 'm1', seed: 1 };
  return { ports, head: { run, lease: await acquireLease(run, 'a', 15, ports), iteration: 0, item: 'all' } };
}

describe('the state of a stage', () => {
  test('gives what the stage gives, and passes over what was completed before', async () => {
    const { ports, head } = await prepared();
    const handle = stateHandler(short(async () => ({ said: 'x' })));
    const given = { output: { said: 'x' }, result: { said: 'x' }, working: null };
    expect(await handle(head, ports, 0)).toEqual({ ...given, passedOver: false });
    expect(await handle(head, ports, 0)).toEqual({ ...given, passedOver: true });
  });

  test('wraps what a long stage gives, and what it still has to do', async () => {
    const { ports, head } = await prepared();
    const work = { status: 'working', handle: 'h', done: 1, total: 2, waitSeconds: 3 } as const;
    const handle = stateHandler(
      long(async (context) => (context.handle === null ? new Unfinished(work) : { said: 'x' })),
    );
    const first = await handle(head, ports, 0);
    expect(first).toMatchObject({ result: null, passedOver: false, working: work });
    expect(first.output).toMatchObject({ status: 'working', stage: 'say', item: 'all', handle: 'h', result: null });
    const last = await handle({ ...head, work: first.output }, ports, 0);
    expect(last).toMatchObject({ result: { said: 'x' }, passedOver: false, working: null });
    expect(last.output).toMatchObject({ status: 'done', result: { said: 'x' } });
  });

  test('tells the stage by when to return', async () => {
    const { ports, head } = await prepared();
    const { result } = await stateHandler(short(async ({ deadline }) => ({ said: String(deadline) })))(head, ports, 77);
    expect(result).toEqual({ said: '77' });
  });
});

describe('a stage that runs another ahead', () => {
  const asking = short(async ({ execute }) => ({ said: JSON.stringify(await execute('next', { its: 1 })) }));

  test('gets its result, under the same deadline', async () => {
    const { ports, head } = await prepared();
    const asked: unknown[] = [];
    const next: StateHandler = async (input, _, deadline) => {
      asked.push([input, deadline]);
      return { output: 'wrapped', result: 'plain', passedOver: false, working: null };
    };
    const { result } = await stateHandler(asking, new Map([['next', next]]))(head, ports, 77);
    expect(result).toEqual({ said: '"plain"' });
    expect(asked).toEqual([[{ its: 1 }, 77]]);
  });

  test('ends where that one is not within reach, with its name', async () => {
    const { ports, head } = await prepared();
    await expect(stateHandler(asking)(head, ports, 0)).rejects.toThrow('stage next cannot be run ahead here');
  });
});
