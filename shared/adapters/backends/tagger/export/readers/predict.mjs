// Finds entities in texts with the model in this folder, as the program that wrote it does.
//
//   node predict.mjs < texts.jsonl > answers.jsonl     {"input": "..."} a line
//   node predict.mjs --check                           the cases in test-cases.jsonl
//
//   import { load } from './predict.mjs';              in Node and in browsers
//   const model = await load();
//   model.predict('a flight to Paris');                // { output: [{ label, start, end, text, confidence }], confidence }

import { vocabularyOf } from './tagger/feature-vocabulary.mjs';
import { Lexicon } from './tagger/lexicon.mjs';
import { Tagger } from './tagger/tag-texts.mjs';

/** Reads the model's files, which lie beside this one. */
export async function load(base = new URL('.', import.meta.url)) {
  const header = JSON.parse(new TextDecoder().decode(await read('model.json', base)));
  const model = decode(await read('tagger.bin', base));
  const tagger = new Tagger(model);
  const today = header.names === undefined ? null : new Map(model.types.map((type, at) => [type, header.names[at]]));
  return {
    header,
    /** Entities in order, and how sure it is that they are all right; null and 0 for a text in which nothing shows. */
    predict(input) {
      const tagged = tagger.tag(wellFormed(input));
      if (tagged === null) return { output: null, confidence: 0 };
      const output = today === null ? tagged.entities : renamed(tagged.entities, today);
      return { output, confidence: tagged.confidence };
    },
  };
}

/** Entities by the names that their types have today, in order; the same one twice counts once. */
function renamed(entities, today) {
  const found = new Map();
  for (const entity of entities) {
    const label = today.get(entity.label);
    found.set(`${entity.start} ${entity.end} ${label}`, { ...entity, label });
  }
  return [...found.values()].sort((a, b) => a.start - b.start || b.end - a.end || (a.label < b.label ? -1 : 1));
}

async function read(name, base) {
  const url = new URL(name, base);
  if (url.protocol !== 'file:') return new Uint8Array(await (await fetch(url)).arrayBuffer());
  const { readFile } = await import('node:fs/promises');
  return new Uint8Array(await readFile(url));
}

/** The model in tagger.bin; README.md says how it is laid out. */
function decode(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = 16 + view.getUint32(12, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(16, end)));
  const { types, threshold, featureCount, weightCount, lexicon } = header;
  const { cutsWords = false, overlapping = [] } = header;
  const layers = header.layers ?? [{ types: types.map((_, type) => type), weightCount }];
  let at = aligned(end);
  const block = (Type, length) => {
    const from = at;
    at = aligned(at + length * Type.BYTES_PER_ELEMENT);
    return new Type(bytes.slice(from, from + length * Type.BYTES_PER_ELEMENT).buffer);
  };
  const low = block(Uint32Array, featureCount);
  const high = block(Uint32Array, featureCount);
  return {
    types,
    threshold,
    cutsWords,
    overlapping,
    lexicon: Lexicon.from(lexicon),
    vocabulary: vocabularyOf(low, high),
    layers: layers.map((layer) => {
      const states = 1 + 2 * layer.types.length;
      return {
        types: layer.types,
        map: { starts: block(Int32Array, featureCount + 1), states: block(Uint16Array, layer.weightCount) },
        weights: {
          features: Float64Array.from(block(Float32Array, layer.weightCount)),
          transitions: Float64Array.from(block(Float32Array, states * states)),
          starts: Float64Array.from(block(Float32Array, states)),
        },
      };
    }),
  };
}

function wellFormed(text) {
  return text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd');
}

function aligned(size) {
  return Math.ceil(size / 8) * 8;
}

/** Whether two answers name the same entities, as sure to within a tolerance. */
function agree(a, b, tolerance) {
  if (Math.abs(a.confidence - b.confidence) > tolerance) return false;
  if (a.output === null || b.output === null) return a.output === b.output;
  return (
    a.output.length === b.output.length &&
    a.output.every((entity, at) => {
      const other = b.output[at];
      const isSame = ['label', 'start', 'end', 'text'].every((name) => entity[name] === other[name]);
      return isSame && Math.abs(entity.confidence - other.confidence) <= tolerance;
    })
  );
}

async function main() {
  const { readFile } = await import('node:fs/promises');
  const model = await load();
  const check = process.argv.includes('--check');
  const { text } = await import('node:stream/consumers');
  const cases = new URL('test-cases.jsonl', import.meta.url);
  const lines = (await (check ? readFile(cases, 'utf8') : text(process.stdin)))
    .split('\n')
    .filter((line) => line !== '');
  let wrong = 0;
  for (const line of lines) {
    const { input, ...expected } = JSON.parse(line);
    const answer = model.predict(input);
    if (!check) console.log(JSON.stringify({ input, ...answer }));
    else if (!agree(answer, expected, model.header.tolerance)) {
      wrong += 1;
      console.error(`wrong: ${JSON.stringify({ input, expected, answer })}`);
    }
  }
  if (check) console.log(`${lines.length - wrong} of ${lines.length} test cases are as expected.`);
  if (wrong > 0) process.exitCode = 1;
}

if (typeof process !== 'undefined' && process.argv?.[1] !== undefined) {
  const { pathToFileURL } = await import('node:url');
  const { realpathSync } = await import('node:fs');
  if (import.meta.url === pathToFileURL(realpathSync(process.argv[1])).href) await main();
}
