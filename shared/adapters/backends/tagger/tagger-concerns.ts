import { quoted } from '../../../domain/base/quoted.ts';
import { plural } from '../../../domain/base/wording.ts';
import type { Example } from '../../../domain/models/example.ts';
import { type Entity, entitiesOf, entityKey } from '../../../tasks/extraction/entity.ts';
import { layersOf, placedIn } from './entity-layers.ts';
import { mostCharacters, tokensOf } from './tokens.ts';

/** What a tagger cannot learn of examples as they are: entities that cut words, and rare ones within others. */
export function taggerConcerns(examples: readonly Pick<Example, 'input' | 'output'>[]): readonly string[] {
  const cut: { readonly input: string; readonly entity: Entity }[] = [];
  let inner = 0;
  const layers = layersOf(examples.map(({ output }) => entitiesOf(output)));
  for (const { input, output } of examples) {
    const entities = entitiesOf(output);
    if (entities.length === 0) continue;
    const learnt = placedIn(layers, entities).flat();
    inner += new Set(entities.map(entityKey)).size - learnt.length;
    const tokens = tokensOf(input.slice(0, mostCharacters));
    const cuts = (place: number): boolean => tokens.some(({ start, end }) => start < place && place < end);
    cut.push(...learnt.filter(({ start, end }) => cuts(start) || cuts(end)).map((entity) => ({ input, entity })));
  }
  const [first] = cut;
  return [
    ...(first === undefined
      ? []
      : [
          `${plural(cut.length, 'entity begins or ends', 'entities begin or end')} inside a word and cannot be learnt exactly (first: ${shown(first)})`,
        ]),
    ...(inner === 0
      ? []
      : [
          `${plural(inner, 'entity lies', 'entities lie')} within or across others, too few to be learnt: there the tagger learns and answers only the outermost`,
        ]),
  ];
}

/** An entity with the words around it. */
function shown({ input, entity: { label, start, end } }: { readonly input: string; readonly entity: Entity }): string {
  const before = /\S*$/u.exec(input.slice(Math.max(0, start - 30), start))?.[0] ?? '';
  const after = /^\S*/u.exec(input.slice(end, end + 30))?.[0] ?? '';
  const found = input.slice(start, end);
  return `${label} ${quoted(found.slice(0, 60))} in ${quoted(`${before}${found.slice(0, 60)}${after}`)}`;
}
