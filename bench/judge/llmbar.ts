import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const side = z.union([z.literal(1), z.literal(2)]);
const said = z.object({ winner: z.string() });
const pairsSchema = z.array(
  z.object({ label: side, results: z.tuple([z.object({ 'swap = False': said, 'swap = True': said })]) }),
);

/** Two answers to one instruction: which one is the better by gold, and by a judge that saw them in either order. */
export interface Pair {
  readonly gold: 1 | 2;
  /** Null where the judge named neither. */
  readonly straight: 1 | 2 | null;
  readonly swapped: 1 | 2 | null;
}

export interface RecordedJudge {
  readonly set: string;
  readonly judge: string;
  readonly pairs: readonly Pair[];
}

const sets = ['natural', 'neighbor'];
const judges = { 'GPT-4': 'gpt-4-vanilla', ChatGPT: 'chatgpt-vanilla' } as const;

export function readLlmBar(directory: string): Promise<readonly RecordedJudge[]> {
  return Promise.all(
    sets.flatMap((set) =>
      Object.entries(judges).map(async ([judge, file]): Promise<RecordedJudge> => {
        const text = await readFile(join(directory, 'llmbar', set, `${file}.json`), 'utf8');
        const pairs = pairsSchema.parse(JSON.parse(text)).map(
          ({ label, results: [recorded] }): Pair => ({
            gold: label,
            straight: winnerOf(recorded['swap = False'].winner),
            swapped: winnerOf(recorded['swap = True'].winner),
          }),
        );
        return { set, judge, pairs };
      }),
    ),
  );
}

function winnerOf(text: string): 1 | 2 | null {
  return text === '1' ? 1 : text === '2' ? 2 : null;
}
