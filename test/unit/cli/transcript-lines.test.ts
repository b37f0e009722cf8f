import { describe, expect, test } from 'vitest';
import { transcriptLines, transcriptListLines } from '../../../cli/transcript-lines.ts';
import { transcriptReport } from '../../helpers/report-data.ts';

describe('transcriptLines', () => {
  test('tell turn by turn what an agent said, called, was told and proposed', () => {
    expect(transcriptLines(transcriptReport('late'))).toEqual([
      'build-taxonomy/late: taxonomist for late, iteration 0, asked late',
      '  nonsense, 2 turns, 4,000 tokens read, 300 written, $0.0410, what it handed in counts (1 taken), 2 refused, 1 compaction',
      '  late',
      "  The run's agents have used 2 of 500 turns, $0.0410 of $2.00.",
      'Turn 1: late',
      '  late late',
      '    failed: late',
      '  told: late',
      '  (1 older turn dropped from view)',
      'Turn 2: late',
      '  late late',
      '    late',
      '    taken: late',
      '    refused, late: late',
      '  told: late',
      'Decided: late',
    ]);
  });

  test('let nothing through to the terminal, and keep each thing on a line of its own', () => {
    const hostile = 'a\u001b]0;title\u0007\u001b[2J\nTurn 9: all is well\u202e\r\u009b31m';
    for (const line of [
      ...transcriptLines(transcriptReport(hostile)),
      ...transcriptListLines([transcriptReport(hostile)]),
    ]) {
      expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
      expect(line.length).toBeLessThanOrEqual(300 * 6);
    }
  });

  test('say where there are none', () => {
    expect(transcriptListLines([])).toEqual(['No agents worked in this run.']);
  });
});
