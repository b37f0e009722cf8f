import { describe, expect, it } from 'vitest';
import { type ExitCode, exitCodes } from '../../../../cli/exit-codes.ts';
import { Improver } from '../../../../cli/serving/improver.ts';

/** An improver whose model is always due, with what it did. */
function improving(codes: readonly (ExitCode | null)[]) {
  const runs: string[] = [];
  const said: string[] = [];
  let now = 0;
  const improver = new Improver({
    models: async () => ['m'],
    isDue: async () => true,
    run: async (modelId) => codes[runs.push(modelId) - 1] ?? null,
    now: () => now,
    say: (text) => said.push(text),
    onFault: (error) => {
      throw error;
    },
  });
  const consider = async (minutesLater: number): Promise<number> => {
    now += minutesLater * 60_000;
    await improver.consider(['m']);
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
    return runs.length;
  };
  return { improver, consider, said };
}

describe('a server that improves its models', () => {
  it('begins a run that is due, and tells how it ended', async () => {
    const { consider, said } = improving([exitCodes.done, exitCodes.kept]);
    expect([await consider(0), await consider(0)]).toEqual([1, 2]);
    expect(said[1]).toBe('The run of m has promoted a new champion.');
    expect(said[3]).toBe('The run of m has ended; its champion stayed.');
  });

  it('waits longer after each failure, and leaves off after four', async () => {
    const { consider, said } = improving([null, exitCodes.fault, null, null]);
    expect([await consider(0), await consider(0.9), await consider(0.2)]).toEqual([1, 1, 2]);
    expect([await consider(3.9), await consider(0.2), await consider(15), await consider(2)]).toEqual([2, 3, 3, 4]);
    expect([await consider(10_000), await consider(10_000)]).toEqual([4, 4]);
    expect(said.at(-1)).toContain('the 4th failure in a row');
  });

  it('tries at once again after one that succeeded', async () => {
    const { consider } = improving([null, exitCodes.kept, null]);
    expect([await consider(0), await consider(1), await consider(0), await consider(1)]).toEqual([1, 2, 3, 4]);
  });

  it('begins none once it is stopped', async () => {
    const { improver, consider } = improving([exitCodes.done]);
    await improver.stop();
    expect(await consider(0)).toBe(0);
  });
});
