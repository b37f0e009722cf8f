import { quoted } from '../../../domain/base/quoted.ts';
import { plural } from '../../../domain/base/wording.ts';
import type { Example } from '../../../domain/models/example.ts';
import { type Entity, entitiesOf, entityKey } from '../../../tasks/extraction/entity.ts';
import { layersOf, placedIn } from './entity-layers.ts';
import { mostCharacters, tokensOf } from './tokens.ts';
import { entitiesCuttingTokens, needsWordCuts } from './word-cuts.ts';

/** What a tagger cannot learn of examples as they are: entities that cut words, and rare ones within others. */
export function taggerConcerns(examples: readonly Pick<Example, 'input' | 'output'>[]): readonly string[] {
  const cut: { readonly input: string; readonly entity: Entity }[] = [];
  let inner = 0;
  const texts = examples
    .map(({ input, output }) => ({ input, entities: entitiesOf(output) }))
    .filter(({ entities }) => entities.length > 0)
    .map((one) => ({ ...one, text: one.input.slice(0, mostCharacters) }))
    .map((one) => ({ ...one, tokens: tokensOf(one.text) }));
  const layers = layersOf(texts.map(({ entities }) => entities));
  const cutsWords = needsWordCuts(texts);
  for (const { input, text, tokens, entities } of texts) {
    const learnt = placedIn(layers, entities).flat();
    inner += new Set(entities.map(entityKey)).size - learnt.length;
    const cutting = entitiesCuttingTokens(cutsWords ? tokensOf(text, true) : tokens, learnt);
    cut.push(...cutting.map((entity) => ({ input, entity })));
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
