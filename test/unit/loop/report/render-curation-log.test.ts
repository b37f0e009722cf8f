import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderCurationLog } from '../../../../shared/loop/report/render-curation-log.ts';
import {
  entitiesInPartReport,
  entitiesReport,
  hostileReport,
  keptReport,
  promotedReport,
  tooLittleEvidenceReport,
} from '../../../helpers/report-data.ts';

/** The text with its code spans taken out. */
function outsideCode(markdown: string): string {
  return markdown.replaceAll(/(?<![\\`])(`+)(?!`)(.*?)(?<!`)\1(?!`)/g, 'CODE');
}

/** Any UTF-16 code unit, lone surrogates and controls among them. */
const anyCodeUnit = fc.nat(0xffff).map((code) => String.fromCharCode(code));

describe('the curation log', () => {
  it('tells dataset versions, slices against bands, controls, scores and the decision', () => {
    const log = renderCurationLog(promotedReport());
    expect(log).toContain('**Promoted.** 163 mended, 22 lost of 2,588 judged traces, p \\< 0.0001; label exchange');
    expect(log).toMatch(/\| `card_arrival` \| 80 of 90 \(.*\) \| 86 of 90/);
    expect(log).toContain('### `d1c41c07b9a52f3e6`');
    expect(log).toMatch(/\| Hard negatives \| 45 \| 44\.9 \| 21\.0 % \| 25–35 % \| \*\*no\*\* \| Only 41/);
    expect(log).toMatch(/\| Largest label against the smallest \| at most 3\.0 × \| 2\.4 × \| yes \|/);
    expect(log).toContain('| `2-extend` | 2 | `d2e41c07b9a52f3e6` | 0.9693 | Passed |');
    expect(log).toContain(
      "## The paper's own figure\n\nFailures it trained on included; no measure of quality: 214 of 231 failures fixed",
    );
  });

  it('names the metric where it is not the share of right answers, and of what the shares are', () => {
    const log = renderCurationLog(entitiesReport());
    expect(log).toMatch(/The champion's entity F1 is 0\.\d{4} out of fold\./);
    expect(log).toContain('| Candidate | Iteration | Dataset | Entity F1 |');
    expect(log).toContain('with 95 % Wilson intervals, shares of traces wholly right.');
    expect(log).toContain('Entity F1: 45.5 % (40.0–51.0 %) before, 76.7 % (72.0–81.0 %) after, with 95 % intervals.');
    expect(log).toContain('Partial F1, by places alone, half for such as only overlap: 75.5 % before, 86.5 % after.');
    expect(log).toMatch(/\| Recall before \| After \| Precision before \| After \| F1 before \| After \|/);
    expect(log).toMatch(/net \+5\.45 points of traces wholly right, with/);
    expect(renderCurationLog(entitiesInPartReport())).toMatch(
      /more entities right in 240, fewer in 31; wholly right: 163 mended, 22 lost: net \+5\.45 points of entities right, with/,
    );
  });

  it('names the rules that failed, what is forgotten, the labels that fall, and why the search ended', () => {
    const log = renderCurationLog(keptReport());
    expect(log).toContain('- Memory: **failed**. Of 1,148 right answers');
    expect(log).toContain('| The preceding promotion | 1,240 | 1,148 | 31 | 9 | 12 |');
    expect(log).toContain('| `pending_transfer` | 310 | 1 | 16 | 0.0011 | **yes** |');
    expect(log).toContain('The search ended because no untried move was left.');
  });

  it('says what is missing when a run ended early', () => {
    const log = renderCurationLog(tooLittleEvidenceReport());
    expect(log).toContain('- Missing: 13 more failures after triage (7 of 20).');
    expect(log).toContain('No dataset was built.');
    expect(log).toContain('No candidate was trained.');
  });

  it('gives every row of a table as many cells as its head', () => {
    for (const data of [promotedReport(), hostileReport()]) {
      const cells = (line: string) => line.replaceAll('\\|', '').split('|').length;
      const lines = renderCurationLog(data).split('\n');
      for (const [index, line] of lines.entries()) {
        const above = lines[index - 1] ?? '';
        if (line.startsWith('|') && above.startsWith('|')) expect(cells(line)).toBe(cells(above));
      }
    }
  });

  it('lets no text from outside become markup, a link or a terminal escape', () => {
    const nasty = fc.oneof(
      fc.string({ unit: anyCodeUnit, maxLength: 60 }),
      fc
        .array(
          fc.constantFrom(
            '`',
            '``',
            '|',
            '<b>',
            '![x](https://e.example)',
            '[y](z)',
            '\n# h',
            '\n- ',
            '*',
            '_',
            '\\',
            '\u001b[2J',
            '\u202e',
            '&amp;',
            '@me',
            '#1',
            'www.e.example',
            ' ',
          ),
          { maxLength: 12 },
        )
        .map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(nasty, (text) => {
        const log = renderCurationLog(hostileReport(text));
        expect(log).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
        const prose = outsideCode(log).replaceAll(/\\[!-/:-@[-`{-~]/g, '');
        expect(prose).not.toMatch(/[<[\]@]|:\/\/|www\./);
      }),
      { numRuns: 60 },
    );
  });
});
