import { Corpus, type Labelled } from '../../../../bench/adaptft/perturbations/corpus.ts';
import { entityTask } from '../../../../bench/adaptft/tasks/entity-task.ts';
import { type Entity, entitiesOutput } from '../../../../shared/tasks/extraction/entity.ts';

/** A text with its entities marked: `fly to [city:New York] now`. */
export function marked(text: string): Labelled {
  const entities: Entity[] = [];
  let input = '';
  for (const { groups } of text.matchAll(/\[(?<label>\w+):(?<name>[^\]]+)\]|(?<plain>[^[]+)/g)) {
    const { label, name = '', plain = '' } = groups ?? {};
    if (label !== undefined) entities.push({ label, start: input.length, end: input.length + name.length, text: name });
    input += name + plain;
  }
  return { input, output: entitiesOutput(entities) };
}

const patterns = [
  'book me a flight to [city:{}] on [day:monday morning]',
  'will it rain in [city:{}] tomorrow please',
  'what is the weather like over there today',
  'play [song:the long way home] by [artist:{}], thanks!',
  '[city:{}] is where i want to go with [artist:the band]',
];
const names = [
  'Oslo',
  'New York',
  'Kraków',
  'São Paulo',
  'Đà Nẵng',
  'القاهرة',
  '東京 都',
  'Gießen',
  'Las Vegas 🎰',
  'St. Louis',
];

/** Made-up requests with entities, each different. */
export const markedRequests: readonly Labelled[] = patterns.flatMap((pattern, at) =>
  names.map((name, row) => marked(`${pattern.replace('{}', name)}${at === 2 ? ` ${row}` : ''}`)),
);

export const entityTypes: readonly string[] = ['artist', 'city', 'day', 'song'];
export const entityCorpus = new Corpus(markedRequests, entityTypes, entityTask);
