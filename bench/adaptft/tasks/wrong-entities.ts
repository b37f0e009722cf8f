import type { Output } from '../../../shared/domain/base/output.ts';
import type { Random, RandomStream } from '../../../shared/ports/random.ts';
import { type Entity, entitiesOf, entitiesOutput } from '../../../shared/tasks/extraction/entity.ts';
import type { JudgeName, WrongOutput } from '../logs/judge.ts';
import type { Labelled } from '../perturbations/corpus.ts';
import { pick } from '../perturbations/edit.ts';
import type { Place } from './carry-entities.ts';

/**
 * How a judge of entities errs. The random one, each time anew, misses an entity, takes it for another type or moves one
 * of its bounds by a word; where there is none it sees one in any word. The systematic one takes one type of a text for
 * another, always for the same by a cycle through all types, and of several the one that comes first in the cycle; where
 * there is no entity it takes the first word for one, always of the same type.
 */
export function wrongEntities(judge: JudgeName, types: readonly string[], seed: number, random: Random): WrongOutput {
  if (judge === 'random') return (item, stream) => randomlyWrong(item, types, stream);
  const cycle = random.stream(seed, 'adaptft/systematic-judge').shuffle(types);
  const taken = new Map(cycle.map((type, at) => [type, cycle[(at + 1) % cycle.length] ?? type]));
  const never = cycle.length <= 2 ? cycle.at(-1) : undefined;
  return ({ input, output }) => {
    const entities = entitiesOf(output);
    if (entities.length === 0) return spurious(input, cycle[0], (words) => words[0]);
    const present = new Set(entities.map(({ label }) => label));
    const mistaken = cycle.find((type) => type !== never && present.has(type));
    const to = taken.get(mistaken ?? '');
    if (mistaken === undefined || to === undefined) return null;
    return otherThan(
      output,
      entities.map((entity) => (entity.label === mistaken ? { ...entity, label: to } : entity)),
    );
  };
}

function randomlyWrong({ input, output }: Labelled, types: readonly string[], stream: RandomStream): Output | null {
  const entities = entitiesOf(output);
  if (entities.length === 0) return spurious(input, pick(types, stream), (words) => pick(words, stream));
  const at = stream.below(entities.length);
  const entity = entities[at] as Entity;
  const rest = entities.filter((_, index) => index !== at);
  const ways: readonly (() => Entity[] | null)[] = [
    () => rest,
    () => {
      const others = types.filter((type) => type !== entity.label);
      return others.length === 0 ? null : [...rest, { ...entity, label: pick(others, stream) }];
    },
    () => {
      const places = movedPlaces(input, entity, rest);
      return places.length === 0 ? null : [...rest, standing(input, entity.label, pick(places, stream))];
    },
  ];
  for (const way of stream.shuffle(ways)) {
    const made = way();
    const wrong = made === null ? null : otherThan(output, made);
    if (wrong !== null) return wrong;
  }
  return null;
}

/** An entity where there is none; null in a text without words. */
function spurious(
  input: string,
  type: string | undefined,
  choose: (words: readonly Place[]) => Place | undefined,
): Output | null {
  const words = placesOfWords(input);
  const place = words.length === 0 ? undefined : choose(words);
  return place === undefined || type === undefined ? null : entitiesOutput([standing(input, type, place)]);
}

/** One bound of an entity a word further out or in; never into another entity, never to nothing. */
function movedPlaces(input: string, { start, end }: Place, others: readonly Entity[]): Place[] {
  const words = [...input.matchAll(/\S+/g)].map(({ 0: word, index }) => ({ start: index, end: index + word.length }));
  const starts = words.map((word) => word.start);
  const ends = words.map((word) => word.end);
  const further = [
    { start: starts.findLast((at) => at < start), end },
    { start: starts.find((at) => at > start), end },
    { start, end: ends.findLast((at) => at < end) },
    { start, end: ends.find((at) => at > end) },
  ];
  return further.flatMap((place) =>
    place.start === undefined ||
    place.end === undefined ||
    place.start >= place.end ||
    others.some((other) => other.start < (place.end ?? 0) && other.end > (place.start ?? 0))
      ? []
      : [{ start: place.start, end: place.end }],
  );
}

/** Runs of letters and digits, of which a judge may think that they name something. */
function placesOfWords(input: string): Place[] {
  return [...input.matchAll(/[\p{L}\p{N}]+/gu)].map(({ 0: word, index }) => ({
    start: index,
    end: index + word.length,
  }));
}

function standing(input: string, label: string, { start, end }: Place): Entity {
  return { label, start, end, text: input.slice(start, end) };
}

/** Null where that says the same as what is right: of two entities at one place one was taken for the other. */
function otherThan(right: Output, entities: readonly Entity[]): Output | null {
  const key = (output: Output): string =>
    JSON.stringify(entitiesOf(output).map(({ label, start, end }) => [label, start, end]));
  const output = entitiesOutput(entities);
  return key(output) === key(right) ? null : output;
}
