import { describe, expect, it } from 'vitest';
import { outcomeSchema } from '../../../../shared/agents/outcome.ts';
import type { Cluster, Taxonomy } from '../../../../shared/domain/diagnosis/taxonomy.ts';
import type { History } from '../../../../shared/loop/state/iteration.ts';
import { readJson } from '../../../../shared/ports/documents.ts';
import type { Trainer } from '../../../../shared/ports/trainer.ts';
import { blockIn } from '../../../helpers/analyst-script.ts';
import { decide, made } from '../../../helpers/decide.ts';
import { sampleCluster } from '../../../helpers/sample-cluster.ts';
import { scriptedChat } from '../../../helpers/scripted-chat.ts';

/** A strategist that looks, notes, and chooses the move that a function picks. */
function strategist(choose: (moves: readonly string[]) => unknown) {
  return scriptedChat((request, turn) => {
    const moves = blockIn(request, 'allowed moves').map(({ name }) => String(name));
    if (turn === 0) {
      return {
        calls: [
          ['read_scores', {}],
          ['read_lineage', {}],
          ['read_notes', {}],
          ['write_notes', { text: 'Boundary passes are few.' }],
        ],
      };
    }
    return turn === 1
      ? { calls: [['choose_move', { move: choose(moves), why: 'Few passes are close.' }]] }
      : { text: 'Done.' };
  });
}

describe('decide-next with a strategist', () => {
  const refused = { c1: { gained: 10, lost: 12, score: 0.6 } };

  it('makes the move that the strategist chooses among those that the policy allows, and keeps its notes', async () => {
    const asked: (readonly string[])[] = [];
    const chat = strategist((moves) => {
      asked.push(moves);
      return moves[1];
    });
    const { output, history, ports } = await decide(refused, { chat });
    expect(asked[0]).toEqual(['more-hard-negatives', 'more-boundary-gold', 'all-judged-right']);
    expect(output).toMatchObject({
      next: 'rework-data',
      iteration: { kind: 'rework-data', move: 'more-boundary-gold' },
    });
    expect(history.next?.name).toBe('more-boundary-gold');
    expect(history.iterations[0]?.decision).toContain('The strategist chose more-boundary-gold among 3 in its place');
    const notes = new TextDecoder().decode(await ports.objects.get('out/strategy.agent/data-curation.md'));
    expect(notes).toContain('- iteration 1, strategist: Boundary passes are few.');
    expect(notes).toMatch(/iteration 1, run: first: datasets d2 \(extend\); candidates by score c1 0\.6000/);
    const outcome = await readJson(ports.objects, 'out/strategy.agent/outcome.json', outcomeSchema);
    expect(outcome).toMatchObject({ role: 'strategist', counts: true, why: 'finished' });
  });

  it('never makes another: what is not allowed is refused, and the policy’s own move is made', async () => {
    for (const move of ['promote', 'configurations-x', 'two-a-pattern', '', 7]) {
      const { output, history } = await decide(refused, { chat: strategist(() => move) });
      expect(output).toMatchObject({ next: 'rework-data', iteration: { move: 'more-hard-negatives' } });
      expect(history.iterations[0]?.decision).toContain('gave no choice that counts');
    }
    const { output } = await decide(refused, { chat: scriptedChat(() => ({ text: 'As a language model' })) });
    expect(output).toMatchObject({ iteration: { move: 'more-hard-negatives' } });
  });

  it('is not asked where the policy promotes', async () => {
    const chat = strategist((moves) => moves[0]);
    const { output } = await decide({ c1: { gained: 40, lost: 2, score: 0.9 } }, { chat });
    expect(output.next).toBe('promote');
    expect(chat.requests).toEqual([]);
  });
});

describe('decide-next', () => {
  it('promotes on the gate’s pass however far below the target, and says of how many it is the first', async () => {
    const { output, history } = await decide({
      c1: { gained: 40, lost: 2, score: 0.5 },
      c2: { gained: 10, lost: 2, score: 0.4 },
    });
    expect(output).toMatchObject({ next: 'promote', chosen: { candidateId: 'c1' }, answersKey: 'c1-answers.jsonl' });
    expect(output.reason).toMatch(/^Candidate c1 passes the gate, of 2 tried side by side\. Right where .* 40 times/);
    expect(history).toMatchObject({ next: null, ended: null });
  });

  it('tells the trainer whether what stands answers far more than there is', async () => {
    const asked: (boolean | undefined)[] = [];
    const neighbours: Trainer['neighbours'] = (_from, { overPredicts }) => {
      asked.push(overPredicts);
      return [];
    };
    for (const excess of [
      { spurious: 700, missed: 200 },
      { spurious: 300, missed: 200 },
    ]) {
      await decide({ c1: { gained: 1, lost: 40, score: 0.85 } }, { excess, neighbours });
    }
    expect(asked).toEqual([true, false]);
  });

  it('names in its reason what falls without proof', async () => {
    const { output } = await decide({ c1: { gained: 40, lost: 2, score: 0.9, fallen: true } });
    expect(output.next).toBe('promote');
    expect(output.reason).toContain('spam (0 gained, 2 lost of 9');
    const { output: alone } = await decide({ c1: { gained: 40, lost: 2, score: 0.9 } });
    expect(alone.reason).toMatch(/^Candidate c1 passes the gate\./);
    expect(alone.reason).not.toContain('label');
  });

  it('goes on by the band where the gate refuses, with nothing chosen yet', async () => {
    const { output, history } = await decide({ c1: { gained: 10, lost: 12, score: 0.6 } });
    expect(output).toMatchObject({
      next: 'rework-data',
      chosen: null,
      answersKey: null,
      iteration: { number: 2, kind: 'rework-data', historyKey: output.historyKey },
    });
    expect(history.tried).toEqual([made(10)]);
    expect(history.basis).toMatchObject({ candidate: { candidateId: 'c1' }, score: 0.6 });
  });

  it('tunes towards the champion where the best forgets too much', async () => {
    const { output } = await decide({ c1: { gained: 40, lost: 2, score: 0.7, forgets: 3 } });
    expect(output.next).toBe('tune');
    expect(output.reason).toContain('loses too much');
  });

  it('ends at the target all the same, and keeps the champion for what held the best back', async () => {
    const { output, history } = await decide({ c1: { gained: 40, lost: 2, score: 0.97, forgets: 3 } });
    expect(output).toMatchObject({ next: 'keep', chosen: { candidateId: 'c1' }, answersKey: 'c1-answers.jsonl' });
    expect(output.reason).toMatch(/reaches the target of 0\.9600\. The champion c1 stays: Of 100 right answers/);
    expect(history.ended).toBe('target-reached');
  });

  it('tunes towards the champion where a label is proven to fall', async () => {
    const { output } = await decide({ c1: { gained: 90, lost: 40, score: 0.7, spam: [200, 0, 40] } });
    expect(output.next).toBe('tune');
    expect(output.reason).toContain('loses too much');
  });

  it('chooses the best by its name, wherever it stands', async () => {
    const { output, history } = await decide(
      { c1: { gained: 10, lost: 2, score: 0.4 }, c2: { gained: 40, lost: 2, score: 0.5 } },
      { best: 'c2' },
    );
    expect(output).toMatchObject({ next: 'promote', chosen: { candidateId: 'c2' }, answersKey: 'c2-answers.jsonl' });
    expect(output.reason).toMatch(/^Candidate c2 passes the gate, of 2/);
    expect(history.basis).toMatchObject({ candidate: { candidateId: 'c2' }, configuration: made(11) });
    expect(history.tried).toEqual([made(10), made(11)]);
  });

  it('names a label that nothing of the evidence has', async () => {
    const { output } = await decide({ c1: { gained: 40, lost: 2, score: 0.9, spam: [0, 0, 0] } });
    expect(output.next).toBe('promote');
    expect(output.reason).toContain('spam');
    const { output: seen } = await decide({ c1: { gained: 40, lost: 2, score: 0.9, spam: [100, 4, 0] } });
    expect(seen.reason).not.toContain('spam');
  });

  it('ends where all that remains has causes that training cannot mend', async () => {
    const clusterOf = (pattern: string, fixability: Cluster['fixability']) =>
      sampleCluster({ clusterId: pattern, cause: 'ambiguous', fixability, pattern });
    const taxonomyOf = (fixability: Cluster['fixability']): Taxonomy => ({
      clusters: [clusterOf('p', fixability), clusterOf('q', 'external')],
      confusions: [],
      unclustered: 0,
      causes: {},
    });
    const refused = (remaining: readonly string[]) => ({ c1: { gained: 10, lost: 12, score: 0.6, remaining } });
    const nextOf = async (remaining: readonly string[], fixability: Cluster['fixability']) =>
      (await decide(refused(remaining), { taxonomy: taxonomyOf(fixability) })).history.ended;
    expect(await nextOf(['p', 'q'], 'external')).toBe('external-remainder');
    expect(await nextOf(['q'], 'fixable')).toBe('external-remainder');
    expect(await nextOf(['p', 'q'], 'fixable')).toBeNull();
    expect(await nextOf([], 'external')).toBeNull();
  });

  it('keeps for the report the best of all iterations that were refused', async () => {
    const earlier = {
      iterations: [
        {
          iteration: 1,
          kind: 'first',
          move: 'first',
          best: { candidateId: 'c1', checkpointId: 'x', key: 'c1.json' },
          score: 0.85,
          rolledBack: false,
          decision: 'on',
          gateKey: 'gate.json',
        },
      ],
      basis: {
        candidate: { candidateId: 'c1', checkpointId: 'x', key: 'c1.json' },
        score: 0.85,
        dataset: { datasetId: 'd1', key: 'd1.jsonl', mode: 'extend' },
        configuration: made(1),
      },
      tried: [made(1)],
      next: null,
      ended: null,
    } satisfies History;
    const { output } = await decide(
      { c8: { gained: 3, lost: 9, score: 0.8 }, c9: { gained: 8, lost: 9, score: 0.82 } },
      { settings: { maxIterations: 2 }, history: earlier, best: 'c8' },
    );
    expect(output).toMatchObject({ next: 'keep', chosen: { candidateId: 'c9' } });
    expect(output.reason).toContain('All 2 iterations are used. The champion c1 stays:');
  });

  it('goes back to what stood before where the score falls', async () => {
    const earlier = {
      iterations: [],
      basis: {
        candidate: { candidateId: 'c1', checkpointId: 'x', key: 'c1.json' },
        score: 0.9,
        dataset: { datasetId: 'd1', key: 'd1.jsonl', mode: 'extend' },
        configuration: made(1),
      },
      tried: [made(1)],
      next: null,
      ended: null,
    } satisfies History;
    const { history, output } = await decide({ c2: { gained: 8, lost: 9, score: 0.88 } }, { history: earlier });
    expect(output.reason).toContain('back to what stood before');
    expect(history.basis).toEqual(earlier.basis);
    expect(history.iterations.at(-1)).toMatchObject({ rolledBack: true, score: 0.88 });
    expect(history.tried).toEqual([made(1), made(10)]);
  });

  it('stands on what is better from there on, and looks for neighbours of what stands', async () => {
    const earlier = (score: number): History => ({
      iterations: [],
      basis: {
        candidate: { candidateId: 'c1', checkpointId: 'x', key: 'c1.json' },
        score,
        dataset: { datasetId: 'd1', key: 'd1.jsonl', mode: 'extend' },
        configuration: made(1),
      },
      tried: [made(1)],
      next: null,
      ended: null,
    });
    const from: unknown[] = [];
    const neighbours: Trainer['neighbours'] = (configuration) => {
      from.push(configuration);
      return [];
    };
    const candidates = { c2: { gained: 8, lost: 9, score: 0.7 } };
    const better = await decide(candidates, { history: earlier(0.6), neighbours });
    expect(better.history.basis).toMatchObject({
      candidate: { candidateId: 'c2' },
      score: 0.7,
      dataset: { datasetId: 'd2', key: 'd2.jsonl', mode: 'extend' },
      configuration: made(10),
    });
    expect(better.history.iterations.at(-1)?.rolledBack).toBe(false);
    const equal = await decide(candidates, { history: earlier(0.7), neighbours });
    expect(equal.history.basis.candidate.candidateId).toBe('c2');
    await decide(candidates, { history: earlier(0.8), neighbours });
    expect(from).toEqual([made(10), made(10), made(1)]);
  });
});
