import type { RandomStream } from '../../../shared/ports/random.ts';
import type { Entity } from '../../../shared/tasks/extraction/entity.ts';

/** The types of entities that the texts name. */
export const types = ['city', 'person'];

interface Words {
  readonly city: readonly string[];
  readonly person: readonly string[];
  readonly frames: readonly string[];
}

const known: Words = {
  city: ['rome', 'oslo', 'lima', 'new york', 'são paulo', 'bern'],
  person: ['ana', 'ben okri', 'cleo', 'dora', 'emil'],
  frames: [
    '{person} lives in {city}',
    'a flight to {city} please',
    'call {person} at noon',
    '😀 {city} is home to {person}',
  ],
};
const drifted: Words = {
  city: ['quito', 'cape town', 'accra', 'minsk', 'porto'],
  person: ['farid', 'gus van sant', 'hana', 'ines'],
  frames: ['tell {person} that the shop of {city} is shut', 'the train of {city} is late', 'is {person} in the office'],
};
const empty = ['what is the time', 'thank you so much', 'the parcel is here', 'not now please'];
const fillers = [
  'well',
  'so',
  'today',
  'again',
  'maybe',
  'quickly',
  'hello',
  'listen',
  'okay',
  'really',
  'now',
  'then',
];

export interface NamedText {
  readonly input: string;
  readonly output: readonly Entity[];
}

/**
 * Texts that name people and cities, or neither, with places in UTF-16 code units.
 * @param drift share of the texts with the names and turns of later traffic, a fraction
 */
export function namedTexts(count: number, drift: number, random: RandomStream): NamedText[] {
  const pick = (from: readonly string[]): string => from[random.below(from.length)] ?? '';
  const some = (): string => Array.from({ length: random.below(4) }, () => `${pick(fillers)} `).join('');
  return Array.from({ length: count }, () => {
    if (random.next() < 0.15) return { input: `${some()}${pick(empty)}`, output: [] };
    const words = random.next() < drift ? drifted : known;
    const output: Entity[] = [];
    let input = some();
    for (const piece of pick(words.frames).split(/(\{\w+\})/u)) {
      const label = types.find((type) => piece === `{${type}}`);
      const text = label === undefined ? piece : pick(label === 'city' ? words.city : words.person);
      if (label !== undefined) output.push({ label, start: input.length, end: input.length + text.length, text });
      input += text;
    }
    return { input: `${input} ${some()}`.trim(), output };
  });
}
