import type { Example } from '../../shared/domain/models/example.ts';
import { type Entity, entitiesOutput } from '../../shared/tasks/extraction/entity.ts';
import { toExamples } from './made-up-intents.ts';

/** Types of entities that {@link nestedExamples} name: a school may have a city in it, a product a product. */
export const nestedTypes = ['city', 'person', 'product', 'school'];

const cities = {
  seen: ['Oslo', 'Paris', 'New York', 'São Paulo', 'Bern', 'Lima', 'Cape Town', 'Quito', '東京'],
  unseen: ['Graz', 'Porto', 'Den Haag', 'Łódź', 'Turin'],
};
const devices = {
  seen: ['Nova phone', 'Zed tablet', 'Orb camera', 'Pico laptop', 'Vega watch'],
  unseen: ['Luma phone', 'Kilo tablet', 'Rio camera'],
};
const people = { seen: ['Ana Gray', 'Bo Li', 'Carl Moe', 'Dina Fox'], unseen: ['Eva Rice', 'Finn Ode'] };
const frames = [
  '[school University of [city {city}]] is closed today',
  'did {person} study at the [school [city {city}] School of Law] last year',
  '{person} takes the train from [city {city}] to [city {other}] tomorrow',
  'please send a [product charger for the [product {device}]] to [city {city}]',
  '😀 the [product case of my [product {device}]] is broken',
  'my [product {device}] fell down in [city {city}] yesterday',
  '{person} works at the [school Institute of Arts] these days',
  'nothing has come so far',
];

/**
 * Texts with entities that lie in others, by number: the same number gives the same text.
 * @param kind whose names: those of the examples, or such as no example has
 */
export function nestedExamples(kind: 'seen' | 'unseen', count: number): Example[] {
  return Array.from({ length: count }, (_, at) => {
    const pick = (from: readonly string[], step: number): string => from[(at * step + (at >> 3)) % from.length] ?? '';
    const fill: Readonly<Record<string, string>> = {
      person: `[person ${pick(people[kind], 3)}]`,
      city: pick(cities[kind], 5),
      other: pick(cities[kind], 7),
      device: pick(devices[kind], 1),
    };
    const text = (frames[at % frames.length] ?? '').replace(/\{(\w+)\}/g, (_, name: string) => fill[name] ?? '');
    const { input, entities } = unmarked(text);
    const [example] = toExamples([{ input, output: '', folds: [at % 10] }]);
    if (example === undefined) throw new Error('there is no example');
    return { ...example, exampleId: `${kind}-${at}`, output: entitiesOutput(entities) };
  });
}

/** The text and the entities of `a [school school in [city Rome]]`. */
function unmarked(text: string): { input: string; entities: Entity[] } {
  let input = '';
  const entities: Entity[] = [];
  const open: { label: string; start: number }[] = [];
  for (const [piece] of text.matchAll(/\[(\w+) |\]|[^[\]]+/g)) {
    if (piece.startsWith('[')) open.push({ label: piece.slice(1, -1), start: input.length });
    else if (piece === ']') {
      const { label, start } = open.pop() ?? { label: '', start: 0 };
      entities.push({ label, start, end: input.length, text: input.slice(start) });
    } else input += piece;
  }
  return { input, entities };
}
