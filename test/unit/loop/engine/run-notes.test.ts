import { describe, expect, test } from 'vitest';
import { keepNotes, readNotesUpTo } from '../../../../shared/loop/engine/run-notes.ts';
import { stageKey } from '../../../../shared/loop/engine/stage.ts';
import type { Note } from '../../../../shared/ports/analyst.ts';
import { MemoryObjectStore } from '../../../helpers/memory-object-store.ts';
import { sampleHead } from '../../../helpers/record-samples.ts';

const { run } = sampleHead;
const note = (iteration: number, text: string): Note => ({ iteration, by: 'strategist', text });
const keyOf = (iteration: number) => (file: string) => stageKey('decide-next', { run, iteration, item: 'all' }, file);

describe('notes of a run', () => {
  test('are those of the latest iteration that noted something, up to the one asked for', async () => {
    const objects = new MemoryObjectStore();
    const [first, second] = [[note(1, 'a')], [note(1, 'a'), note(3, 'b')]];
    await keepNotes(first, keyOf(1), objects);
    await keepNotes(second, keyOf(3), objects);
    expect(await readNotesUpTo(1, { run }, objects)).toEqual(first);
    expect(await readNotesUpTo(2, { run }, objects)).toEqual(first);
    expect(await readNotesUpTo(3, { run }, objects)).toEqual(second);
    expect(await readNotesUpTo(5, { run }, objects)).toEqual(second);
  });

  test('are none where none were kept, or only later', async () => {
    const objects = new MemoryObjectStore();
    expect(await readNotesUpTo(2, { run }, objects)).toEqual([]);
    await keepNotes([note(3, 'a')], keyOf(3), objects);
    expect(await readNotesUpTo(2, { run }, objects)).toEqual([]);
  });

  test('read as a list in Markdown, a line each, whatever their text is', async () => {
    const objects = new MemoryObjectStore();
    const notes: Note[] = [
      { iteration: 1, by: 'run', text: 'two of 10 lost' },
      note(2, 'one\n\n# title\u2028 and \u202e*bold* `code` _it_ [a](b) <b>|\\'),
    ];
    await keepNotes(notes, (file) => `here/${file}`, objects);
    const written = await objects.get('here/strategy.agent/data-curation.md');
    expect(new TextDecoder().decode(written)).toBe(
      [
        '# Data curation',
        '',
        '- iteration 1, run: two of 10 lost',
        '- iteration 2, strategist: one \\# title and \\*bold\\* \\`code\\` \\_it\\_ \\[a\\](b) \\<b\\>\\|\\\\',
        '',
      ].join('\n'),
    );
  });
});
