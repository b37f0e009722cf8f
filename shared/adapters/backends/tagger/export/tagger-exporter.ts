import { readFile } from 'node:fs/promises';
import { RatchetError } from '../../../../domain/base/errors.ts';
import type { ExportedFile, Exporter } from '../../../../ports/exporter.ts';
import type { ObjectStore } from '../../../../ports/object-store.ts';
import { checkDigest } from '../../embedded/artifact.ts';
import { rangesOf } from '../../embedded/export/unicode-tables.ts';
import { plainModule } from '../../own-code.ts';
import { taggerBackEnd } from '../facts.ts';
import { decodeTagger } from '../tagger-artifact.ts';
import { mostCharacters } from '../tokens.ts';

/** Sources of the tagger, which stand alone; they are exported without their types. */
const sources = [
  '../tokens',
  '../token-features',
  '../states',
  '../lattice',
  '../lexicon',
  '../layer-lattice',
  '../meeting-entities',
  '../tag-texts',
  '../../embedded/feature-vocabulary',
];

/** Exports what the tagger's trainer makes: the artifact as it is, with readers for it. */
export function taggerExporter({ objects }: { readonly objects: ObjectStore }): Exporter {
  return {
    predictor: taggerBackEnd,
    async export({ served: { ref, digest } }, nameOf) {
      const bytes = await objects.get(ref);
      if (bytes === undefined) throw new RatchetError('ObjectMissing', `There is no object ${ref}.`);
      if (digest !== null) checkDigest(bytes, digest, ref);
      const { types, threshold } = decodeTagger(bytes, ref);
      const names = types.map(nameOf);
      const isRenamed = names.some((name, type) => name !== types[type]);
      return {
        files: [
          { name: 'tagger.bin', body: bytes },
          { name: 'unicode.json', body: new TextEncoder().encode(JSON.stringify(unicodeTables())) },
          ...(await Promise.all(['predict.mjs', 'predict.py'].map(reader))),
          ...(await Promise.all(sources.map(source))),
        ],
        header: {
          labels: [...new Set(names)],
          ...(isRenamed ? { names } : {}),
          threshold,
          maxCharacters: mostCharacters,
          unspacedScripts: 'Words are those of ICU. predict.py needs PyICU for them; without it answers may differ.',
        },
        answers:
          'An answer is a list of entities, each with its type, its place, its text and how sure it is, and how sure it is ' +
          'that all of them are right, fractions. Places count UTF-16 units, also in Python, where ' +
          '`text.encode("utf-16-le")[2 * start : 2 * end].decode("utf-16-le")` is what stands there. A text in which ' +
          'nothing shows gets no answer.',
        layout: isRenamed ? `${layout}${renamed}` : layout,
        licences: [
          'predict.mjs, predict.py and tagger/: Apache-2.0, of Ratchet.',
          'tagger.bin holds the texts of entities that it was trained on, in clear.',
        ],
        tolerance: 1e-6,
        leftOut: [],
      };
    },
  };
}

async function reader(name: string): Promise<ExportedFile> {
  return { name, body: await readFile(new URL(`./readers/${name}`, import.meta.url)) };
}

async function source(path: string): Promise<ExportedFile> {
  const name = path.replace(/^.*\/([\w-]+)$/, 'tagger/$1.mjs');
  return { name, body: await plainModule(path, import.meta.url) };
}

/** What Python's `re` does not know of characters. */
function unicodeTables(): Readonly<Record<string, readonly number[]>> {
  return {
    letter: rangesOf(/\p{L}/u),
    mark: rangesOf(/\p{M}/u),
    figure: rangesOf(/\p{N}/u),
    capital: rangesOf(/\p{Lu}/u),
    small: rangesOf(/\p{Ll}/u),
    pictograph: rangesOf(/\p{Extended_Pictographic}/u),
    unseen: rangesOf(/[\s\p{C}]/u),
    unspaced: rangesOf(
      /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u,
    ),
  };
}

const layout = `## Files

- \`predict.mjs\`, \`predict.py\`: the readers. They need nothing but the language.
- \`tagger/\`: what \`predict.mjs\` tags with.
- \`tagger.bin\`: the weights and what is known of entities' texts, little-endian: 8 bytes of magic, the version and the length
  of the header (uint32), the header (JSON), then, each at a multiple of 8 bytes, the low and high halves of the features' hashes
  (uint32) and, of each layer, where the weights of each feature begin (int32), the state of each weight (uint16), the weights,
  the transitions and the starts (float32). State 0 is outside; of a layer's type k, 1 + 2k begins an entity and 2 + 2k is inside
  one. Version 1 has one layer of all types; version 2 names the types of each, in \`overlapping\` which types may share
  characters, and in \`cutsWords\` whether words are cut before capitals inside of them (\`iPhone\`).
- \`unicode.json\`: which characters are letters, marks, figures, capitals, small letters, emoji, without shape, and of scripts without spaces.

The text is cut into words, figures and signs, each with features of its form, its neighbours and known entities; a
conditional random field takes the most probable tags, in each layer one of its own; layers find entities that overlap. An entity
less sure than \`threshold\` is left out, and so is the less sure of two that overlap as none of the examples did. Python puts letters in
lower case by its own version of Unicode.

Words of Chinese, Japanese, Thai, Lao, Khmer and Burmese, which stand without spaces, are told apart by ICU: \`Intl.Segmenter\`
in JavaScript, PyICU in Python (\`pip install PyICU\`). Without PyICU \`predict.py\` says so once, and its answers to texts with
such words may differ; \`--check\` leaves these out.
`;

const renamed = `
Entity types were changed after the tagger was trained: \`names\` in \`model.json\` says what each of the types in \`tagger.bin\` is
called today. Of two entities that have the same place and name then, one is left.
`;
