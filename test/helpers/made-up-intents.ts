import type { Example } from '../../shared/domain/models/example.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';
import { labelOutput } from '../../shared/tasks/classification/label.ts';

const openings = ['please', 'can you', 'i want to', 'help me', 'how do i', 'right now', 'hey', 'could we'];
const cores = {
  balance: ['check my balance', 'see how much money i have', 'show the funds in my account', 'tell me my bank balance'],
  card: ['block my card', 'report a stolen card', 'freeze the credit card', 'cancel my lost card'],
  travel: ['book a flight to rome', 'find a hotel in paris', 'rent a car for the trip', 'plan my holiday travel'],
  weather: [
    'know if it rains tomorrow',
    'get the forecast',
    'hear about the weather today',
    'learn how cold it is outside',
  ],
} as const;

export const intents: readonly string[] = Object.keys(cores);

/** Texts of four intents with their labels, 32 an intent, intents interleaved. */
export const madeUpIntents: readonly { readonly input: string; readonly output: string }[] = openings.flatMap(
  (opening) =>
    [0, 1, 2, 3].flatMap((index) =>
      Object.entries(cores).map(([output, texts]) => ({ input: `${opening} ${texts[index] ?? ''}`, output })),
    ),
);

/** Fills the fields in that make an input and an output an example. */
export function toExamples(
  lines: readonly {
    readonly input: string;
    readonly output: string;
    readonly weight?: number;
    readonly folds?: readonly number[];
  }[],
): Example[] {
  return lines.map(({ input, output: label, weight = 1, folds = [] }, index) => ({
    exampleId: `e${index}`,
    input,
    output: labelOutput(label),
    weight,
    slice: 'gold',
    provenance: { kind: 'file', line: index + 1 },
    folds,
  }));
}

export function putDataset(objects: ObjectStore, key: string, lines: Parameters<typeof toExamples>[0]): Promise<void> {
  return putExamples(objects, key, toExamples(lines));
}

export async function putExamples(objects: ObjectStore, key: string, examples: readonly Example[]): Promise<void> {
  await objects.put(key, new TextEncoder().encode(examples.map((example) => `${JSON.stringify(example)}\n`).join('')));
}
