import { describe, expect, test } from 'vitest';
import { ErasedText } from '../../../../shared/domain/erasure/erased-text.ts';
import { scrubHtml, scrubLines } from '../../../../shared/domain/erasure/scrub-page.ts';
import { isOfErased, scrubValue } from '../../../../shared/domain/erasure/scrub-value.ts';

const text = new ErasedText({
  ids: ['p1', 'gold'],
  texts: ['call Jane <Roe> on the "card" & word gold pass'],
  kept: ['something else that is said'],
});
const examples = { has: (datasetId: string, exampleId: string) => `${datasetId}/${exampleId}` === 'd1/e1' };
const options = { text, examples };

describe('a JSON value', () => {
  test.each([
    ['a record of the trace', { traceId: 'p1', score: 1 }],
    ['a frozen record', { exampleId: 'p1', input: 'x' }],
    ['an example that was made of it', { input: 'y', provenance: { kind: 'synthesis', traceId: 'p1' } }],
    ['an example that replays it', { input: 'z', provenance: { kind: 'parent', datasetId: 'd1', exampleId: 'e1' } }],
    ['a record that says the same', { input: 'Call Jane <Roe> on the "card" & word gold pass.' }],
  ])('loses %s from its lists', (_, record) => {
    expect(isOfErased(record, options)).toBe(true);
    const stays = { traceId: 'p2', input: 'something else that is said' };
    expect(scrubValue({ list: [stays, record] }, options)).toEqual({
      value: { list: [stays] },
      dropped: 1,
      changed: true,
    });
  });

  test('loses the id and words of the trace where ids and words are listed', () => {
    const value = { traceIds: ['p2', 'p1'], keywords: ['jane', 'bill'], words: { roe: 2, bill: 1 } };
    expect(scrubValue(value, options).value).toEqual({ traceIds: ['p2'], keywords: ['bill'], words: { bill: 1 } });
  });

  test('keeps names of fields and values of its own, whatever the text says', () => {
    const value = { slice: 'gold', word: 1, verdict: 'pass', card: { gold: ['gold', 'pass'] }, modes: ['call'] };
    expect(scrubValue(value, options)).toEqual({ value, dropped: 0, changed: false });
  });

  test('of another program loses what has the id in any field', () => {
    const value = [{ run: 'p1', said: 'hello' }, { run: 'p3' }];
    expect(scrubValue(value, { ...options, anyField: true }).value).toEqual([{ run: 'p3' }]);
    expect(scrubValue(value, options).changed).toBe(false);
  });
});

describe('a page', () => {
  test('loses the text where it shows, and in attributes that show; its markup stays', () => {
    const said = 'call Jane &lt;Roe&gt; on the &quot;card&quot; &amp; word gold pass';
    const page = `<style>.card { color: red }</style><li class="card" title="${said}"><q>${said}</q> <b>p1</b><span class="word">jane</span></li>`;
    expect(scrubHtml(page, text)).toBe(
      '<style>.card { color: red }</style><li class="card" title="[erased]"><q>[erased]</q> <b>[erased]</b><span class="word">[erased]</span></li>',
    );
    const other = '<p title="a &amp; b">something &lt;else&gt;</p>';
    expect(scrubHtml(other, text)).toBe(other);
  });

  test('of Markdown loses it in cells and code spans', () => {
    const page = '| a | `call Jane <Roe> on the "card" & wo…` | 3 |\n- said: `p1`, and ``x``\n\nJane';
    expect(scrubLines(page, text)).toBe('| a | `[erased]` | 3 |\n- said: `[erased]`, and ``x``\n\nJane');
  });
});
