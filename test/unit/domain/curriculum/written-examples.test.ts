import { describe, expect, test } from 'vitest';
import type { AcceptedExample } from '../../../../shared/domain/curriculum/proposed-examples.ts';
import type { ClusterSelection } from '../../../../shared/domain/curriculum/select-for-cluster.ts';
import { withWritten } from '../../../../shared/domain/curriculum/with-written.ts';
import { writtenIn } from '../../../../shared/domain/curriculum/written-in.ts';
import type { Example, Provenance, Writer } from '../../../../shared/domain/models/example.ts';
import { labelOutput } from '../../../../shared/tasks/classification/label.ts';

const writer = (agentId: string, turn: number): Writer => ({ runId: 'run', agentId, turn });
const selection: ClusterSelection = {
  clusterId: 'c1',
  cause: 'label-confusion',
  gold: [],
  hardNegatives: [],
  withoutNearPass: 2,
};
const written = (slice: AcceptedExample['slice'], traceId: string) => ({
  slice,
  traceId,
  input: `after ${traceId}`,
  output: labelOutput('pay'),
  by: writer('agent', 1),
});

describe('what agents wrote for a cluster', () => {
  test('stands behind what was selected, each in its slice, with who wrote it after which trace', () => {
    const first = withWritten(selection, [written('hard-negative', 'p1'), written('gold', 'f1')]);
    const { gold, hardNegatives, ...rest } = withWritten(first, [
      written('gold', 'f2'),
      written('hard-negative', 'p2'),
    ]);
    expect(rest).toEqual({ clusterId: 'c1', cause: 'label-confusion', withoutNearPass: 2 });
    const traces = (of: typeof gold) => of.map(({ provenance }) => 'traceId' in provenance && provenance.traceId);
    expect([traces(gold), traces(hardNegatives)]).toEqual([
      ['f1', 'f2'],
      ['p1', 'p2'],
    ]);
    expect(gold[0]).toMatchObject({
      input: 'after f1',
      output: 'pay',
      origin: 'synthesis',
      provenance: { kind: 'synthesis', traceId: 'f1', clusterId: 'c1', by: writer('agent', 1) },
    });
  });

  test('comes after the passes that are a failure’s own, before those further off', () => {
    const { gold, hardNegatives } = withWritten(selection, [written('hard-negative', 'p1'), written('gold', 'f1')]);
    expect([gold[0]?.rank, hardNegatives[0]?.rank]).toEqual([0, 1]);
  });
});

describe('the examples of a dataset that agents wrote', () => {
  const example = (provenance: Provenance): Example => ({
    exampleId: 'e',
    input: 'text',
    output: labelOutput('pay'),
    weight: 1,
    slice: 'gold',
    provenance,
    folds: [],
  });
  const by = (of?: Writer) =>
    example({ kind: 'synthesis', method: 'written', traceId: 'f1', clusterId: 'c1', ...(of && { by: of }) });

  test('are counted by agent and turn, in that order; no other example is', () => {
    const [b2, b10, a3] = [writer('b', 2), writer('b', 10), writer('a', 3)];
    expect(writtenIn([by(b10), by(b2), by(), by(a3), example({ kind: 'file', line: 1 }), by({ ...b10 })])).toEqual([
      { ...a3, examples: 1 },
      { ...b2, examples: 1 },
      { ...b10, examples: 2 },
    ]);
    expect(writtenIn([by(), example({ kind: 'file', line: 1 })])).toEqual([]);
  });
});
