import { describe, expect, test } from 'vitest';
import { evaluationLines } from '../../../cli/evaluation-lines.ts';
import { explainLines } from '../../../cli/explain-lines.ts';
import { listLines } from '../../../cli/list-lines.ts';
import { openerFor, openOnDesktop } from '../../../cli/open-on-desktop.ts';
import type { CommandResult } from '../../../cli/results.ts';
import { sparkline } from '../../../cli/sparkline.ts';
import { suspectLines } from '../../../cli/suspect-lines.ts';
import { classification } from '../../../shared/tasks/classification/classification.ts';
import { labelOutput } from '../../../shared/tasks/classification/label.ts';

const hostile = '\u001b[2Jwin\u202e\nnow';
const harmful = /[\u001b\u202e\n]/;

describe('sparkline', () => {
  test('is as high as its largest number, and marks what is not known', () => {
    expect(sparkline([0, 1, 2, 4, null, 8])).toBe('▁▂▃▅·█');
    expect(sparkline([0, 0])).toBe('▁▁');
    expect(sparkline([])).toBe('');
  });
});

describe('listLines', () => {
  const model: CommandResult<'list'>['models'][number] = {
    model: 'mail',
    task: 'classification',
    labels: 2,
    champion: {
      checkpoint: 'c1',
      since: '2026-03-04T09:58:41.000Z',
      score: { value: 0.93, measuredBy: 'cross-validation' },
    },
    traffic: { traces: 1_200, judged: 300, failed: 30, lastAt: '2026-03-05T00:00:00Z' },
    lastRun: null,
    active: null,
    next: { due: false, reason: '30 traces were judged to fail so far; a run begins at 50.' },
  };

  test('are the figures of a model, and what comes next', () => {
    expect(listLines([model])).toEqual([
      'mail: classification, 2 labels · champion c1 since 2026-03-04, 93.0 % cross-validated · 1,200 traces, 300 judged, 10.0 % of them failed',
      '  No run is due: 30 traces were judged to fail so far; a run begins at 50.',
    ]);
    expect(listLines([{ ...model, active: 'run-1' }])[1]).toBe('  Run run-1 is going on.');
    expect(listLines([{ ...model, champion: null }])[1]).toBe(
      '  Next: ratchet create mail --from-traces (300 judged traces are here)',
    );
  });

  test('speak of entity types, and name the metric, where outputs have parts', () => {
    expect(listLines([{ ...model, task: 'extraction', labels: 1 }])[0]).toContain(
      'mail: extraction, 1 entity type · champion c1 since 2026-03-04, entity F1 93.0 % cross-validated · ',
    );
  });
});

describe('evaluationLines', () => {
  test('give the score with its interval, how it was measured, and the weakest labels', () => {
    const found = { metric: 'accuracy', value: 0.91, lower: 0.85, upper: 0.95, of: 120 };
    const worst = [{ facet: 'ham\u001b', right: 3, of: 9 }];
    expect(evaluationLines({ ...found, method: 'cross-validation', worst }, { facets: 'labels' })).toEqual([
      'Accuracy 91.0 % (95 % interval 85.0 % to 95.0 %) on 120 examples, cross-validated, each answered by a model that has not seen it or what is near it.',
      '  weakest labels, right: ham\\u001b 3 of 9',
    ]);
    expect(evaluationLines({ ...found, method: 'holdout', worst: [] }, { facets: 'labels' })).toHaveLength(1);
    const words = { facets: 'entity types', parts: { one: 'entity', several: 'entities', metric: 'entity F1' } };
    expect(evaluationLines({ ...found, method: 'holdout', worst }, words)[1]).toBe(
      '  weakest entity types, entities right: ham\\u001b 3 of 9',
    );
  });
});

describe('texts of traces', () => {
  test('are harmless and on one line where suspects are listed', () => {
    const lines = suspectLines(
      [
        {
          traceId: hostile,
          timestamp: '2026-03-01T00:00:00Z',
          input: `${hostile}${'x'.repeat(500)}`,
          output: labelOutput('ham'),
          expected: labelOutput(hostile),
          judge: { kind: 'llm', id: 'gpt', reason: hostile },
          metadata: {
            review: { run: 'r1', kind: 'flipped-label', likely: 'spam', probability: 0.93, reason: hostile },
          },
        },
      ],
      classification,
    );
    expect(lines).toHaveLength(3);
    for (const line of lines) expect(line).not.toMatch(harmful);
    expect(lines[0]).toContain('probably spam (93 %), by llm judge gpt');
    expect(lines[1]?.length).toBeLessThan(300);
  });

  test('are harmless and on one line where a trace is explained', () => {
    const judge = { kind: 'llm' as const, id: hostile, reason: hostile };
    const spam = labelOutput('spam');
    const lines = explainLines(
      {
        model: 'mail',
        trace: {
          traceId: hostile,
          timestamp: '2026-03-01T00:00:00Z',
          recorded: labelOutput(hostile),
          checkpoint: hostile,
          judgements: [{ verdict: 'fail', expected: labelOutput('ham'), judge, judgedAt: 'x', leftOpen: true }],
        },
        mistake: { step: 0, who: hostile, cause: 'wrong-assumption', why: hostile },
        input: hostile,
        answer: { checkpoint: 'c1', output: spam, confidence: 0.9 },
        why: {
          method: 'each word is left out',
          against: labelOutput('ham'),
          logOdds: 2,
          parts: [{ text: hostile, start: 0, contribution: -0.5 }],
        },
        whyParts: null,
        neighbours: [
          { input: hostile, output: spam, similarity: 1, from: hostile, slice: 'gold', weight: 1, same: true },
        ],
        place: { groupId: 'g', folds: [3], use: 'evidence' },
        lastRun: {
          run: 'r1',
          verdict: 'fail',
          expected: labelOutput('ham'),
          triage: { category: 'suspect-judgement', kind: 'flipped-label', reason: hostile },
          cluster: { clusterId: 'c-1', title: hostile, cause: 'noise', size: 7 },
        },
        training: [
          {
            dataset: 'd1',
            run: 'r1',
            iteration: 1,
            mode: 'extend',
            slice: 'gold',
            weight: 1.5,
            output: labelOutput('ham'),
            from: hostile,
            folds: [3],
            checkpoints: ['c2'],
          },
        ],
        checkpoints: [{ checkpoint: 'c1', output: spam, confidence: 0.9, champion: true, unseen: true, right: false }],
        leftOut: { datasets: 0, checkpoints: 2 },
      },
      classification,
    );
    for (const line of lines) expect(line).not.toMatch(harmful);
    expect(lines).toContain('  ✘ c1: spam (90.0 %), champion, by a model that has not seen it');
    expect(lines).toContain('  is evidence, kept from the models of fold 3');
    expect(lines).toContain('  2 older checkpoints not asked');
    expect(lines.join('\n')).toContain('−0.50');
  });
});

describe('openOnDesktop', () => {
  const path = '/tmp/a "b"; rm -rf $(x)/report.html';

  test('hands the path to one fixed command as an argument of its own', () => {
    expect(openerFor('linux', path, { DISPLAY: ':0' })).toEqual({ command: 'xdg-open', args: [path] });
    expect(openerFor('linux', path, { WAYLAND_DISPLAY: 'wayland-0' })).toEqual({ command: 'xdg-open', args: [path] });
    expect(openerFor('darwin', path, {})).toEqual({ command: 'open', args: [path] });
    expect(openerFor('win32', path, {})).toEqual({ command: 'explorer.exe', args: [path] });
    expect(openerFor('linux', path, { DISPLAY: '' })).toBeNull();
  });

  test('says whether it was opened', async () => {
    expect(await openOnDesktop(path, null)).toBe(false);
    expect(await openOnDesktop(path, { command: 'ratchet-no-such-opener', args: [path] })).toBe(false);
    expect(await openOnDesktop(path, { command: process.execPath, args: ['-e', '0'] })).toBe(true);
    expect(await openOnDesktop(path, { command: process.execPath, args: ['-e', 'process.exit(3)'] })).toBe(false);
  });
});
