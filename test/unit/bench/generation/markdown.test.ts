import { describe, expect, it } from 'vitest';
import { packRights } from '../../../../bench/adaptft/arms/rights.ts';
import { markdown } from '../../../../bench/generation/markdown.ts';
import type { CorpusResult, Measured } from '../../../../bench/generation/run-corpus.ts';
import { SeededRandom } from '../../../../shared/adapters/local/seeded-random.ts';

/** The first so many of a hundred right. */
function measured(right: number, name: string, value: number): Measured {
  return {
    right,
    of: 100,
    rights: packRights(Array.from({ length: 100 }, (_, at) => at < right)),
    metric: { name, value },
  };
}

const result: CorpusResult = {
  corpus: 'snips',
  seed: 1,
  trainer: 'nearest',
  setup: '',
  asked: 1500,
  examples: 70,
  traces: 1500,
  tracesRight: 15,
  decision: 'promoted',
  headline: 'more right | than wrong',
  before: measured(10, 'field F1', 0.36),
  after: measured(30, 'field F1', 0.5),
  all: measured(32, 'field F1', 0.51),
  cpuSeconds: 60,
  version: '0.1.0 (abc)',
};

describe('the page of the benchmark of generation', () => {
  const facts = { command: 'bench', machine: 'two cores', versions: 'Node' };
  const page = (results: readonly CorpusResult[]) => markdown(results, facts, new SeededRandom().stream(1, 'page'));

  it('tells what a run gained, beside retraining on everything, with intervals', () => {
    const text = page([result, { ...result, seed: 2 }]);
    expect(text).toMatch(
      /10\.0 % → 30\.0 %, points gained \+20\.0 \[\+1\d\.\d, \+2\d\.\d\]; less `all` −2\.0 \[−\d\.\d, [+−]\d\.\d\]/,
    );
    expect(text).toContain(
      '| 1 | 70 | 1500 | 1.0 % | promoted | 10 of 100: 10.0 % [5.5, 17.4] | 30 of 100: 30.0 % [21.9, 39.6] |',
    );
    expect(text).toContain('| 36.0 → 50.0, 51.0 % |');
    expect(text).toContain('2.0 CPU minutes');
  });

  it('has a chapter for each way in which the command was given, with its texts and its own time', () => {
    const decoder = { trainer: 'hf-lora', setup: '--trainer hf-lora --first 4', examples: 28, cpuSeconds: 300 };
    const text = page([result, { ...result, ...decoder }]);
    const [, nearest = '', lora = ''] = text.split(/^## Trainer /m);
    expect(nearest).toContain('10 sentences of each of the 7 intents');
    expect(nearest).toContain('Fresh: 100 sentences of the validate files.');
    expect(nearest).toContain('`bench` · 1.0 CPU minutes');
    expect(lora).toContain('4 sentences of each of the 7 intents');
    expect(lora).toContain('`bench --trainer hf-lora --first 4` · 5.0 CPU minutes');
  });

  it('says why a champion stayed, and leaves out a metric that is the share right', () => {
    const plain = { before: measured(1, 'share right', 0.01), after: measured(1, 'share right', 0.01) };
    const text = page([{ ...result, ...plain, corpus: 'gsm8k', decision: 'kept' }]);
    expect(text).toContain('Seed 1 kept its champion: more right | than wrong');
    expect(text).not.toContain('share right:');
  });
});
