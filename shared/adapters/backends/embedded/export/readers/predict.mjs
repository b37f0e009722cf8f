// Answers texts with the model in this folder, as the program that wrote it does.
//
//   node predict.mjs < texts.jsonl > answers.jsonl     {"input": "..."} a line
//   node predict.mjs --check                           the cases in test-cases.jsonl
//
//   import { load } from './predict.mjs';              in Node and in browsers
//   const model = await load();
//   model.predict('some text');                        // { output: 'label', confidence: 0.97 }

const f32 = Math.fround;

/** Reads the model's files, which lie beside this one. */
export async function load(base = new URL('.', import.meta.url)) {
  const header = JSON.parse(new TextDecoder().decode(await read('model.json', base)));
  const unicode = JSON.parse(new TextDecoder().decode(await read('unicode.json', base)));
  const weights = await read('weights.bin', base);
  const encoder =
    header.encoder === null ? null : await (await import('./encoder/load.mjs')).load((name) => read(name, base));
  return new Model(header, unicode, weights, encoder);
}

async function read(name, base) {
  const url = new URL(name, base);
  if (url.protocol !== 'file:') return new Uint8Array(await (await fetch(url)).arrayBuffer());
  const { readFile } = await import('node:fs/promises');
  return new Uint8Array(await readFile(url));
}

class Model {
  constructor(header, unicode, weights, encoder) {
    this.header = header;
    this.unicode = {
      word: new Ranges(unicode.word),
      visible: new Ranges(unicode.visible),
      space: new Set(unicode.space),
      unspaced: new RegExp(classOf(unicode.unspaced), 'u'),
      // Letters and figures, with the marks that follow them.
      run: new RegExp(`${classOf(unicode.letter)}${classOf(unicode.letter, unicode.mark)}*`, 'gu'),
    };
    this.segmenter = new Intl.Segmenter('en', { granularity: 'word' });
    this.encoder = encoder;
    const block = (name, Type) => {
      const { offset, length } = header.blocks[name];
      return new Type(weights.slice(offset, offset + length * Type.BYTES_PER_ELEMENT).buffer);
    };
    const low = block('low', Uint32Array);
    const high = block('high', Uint32Array);
    this.features = new Map();
    for (const [id, half] of low.entries()) this.features.set(keyOf(half, high[id]), id);
    this.idf = block('idf', Float32Array);
    this.scales = block('scales', Float32Array);
    this.sparse = block('sparse', Int8Array);
    this.dense = block('dense', Float32Array);
  }

  /** The label and how sure it is, a fraction; null and 0 for a text in which nothing shows. */
  predict(input) {
    const { labels, classes } = this.header;
    const probabilities = this.probabilities(input);
    if (probabilities === null) return { output: null, confidence: 0 };
    let best = 0;
    probabilities.forEach((one, k) => {
      if (one > probabilities[best]) best = k;
    });
    return { output: labels[classes[best]], confidence: probabilities[best] };
  }

  /** By class; `header.classes` says which labels they are. Null for a text in which nothing shows. */
  probabilities(input) {
    const text = this.readable(input);
    if (text === '') return null;
    const { classes, denseWidth, temperature, joins } = this.header;
    const columns = joins?.length ?? classes.length;
    const scores = new Float32Array(columns);
    const add = (value, weightOf) => {
      for (let k = 0; k < scores.length; k++) scores[k] = f32(scores[k] + f32(value * weightOf(k)));
    };
    for (const [id, value] of this.ngrams(text)) {
      add(value, (k) => f32(this.scales[id] * this.sparse[id * columns + k]));
    }
    const embedding = this.encoder?.(text) ?? [];
    for (let row = 0; row < denseWidth; row++) add(f32(2 * embedding[row]), (k) => this.dense[row * columns + k]);
    add(1, (k) => this.dense[denseWidth * columns + k]);
    const highest = Math.max(...scores);
    const weights = Array.from(scores, (score) => Math.exp((score - highest) / temperature));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    if (joins === undefined) return weights.map((weight) => weight / total);
    // Of merged labels the probabilities add up.
    const sums = classes.map(() => 0);
    weights.forEach((weight, k) => {
      sums[joins[k]] += weight / total;
    });
    return sums;
  }

  /** The part of a text that counts: without white space around it, at most 4,000 UTF-16 units; '' for nothing. */
  readable(given) {
    const input = wellFormed(given);
    const isSpace = (at, text) => this.unicode.space.has(text.charCodeAt(at));
    let begin = 0;
    while (begin < input.length && isSpace(begin, input)) begin++;
    const cut = input.slice(begin, begin + this.header.maxCharacters);
    let end = cut.length;
    while (end > 0 && isSpace(end - 1, cut)) end--;
    const text = cut.slice(0, end);
    for (const character of text) if (this.unicode.visible.has(character.codePointAt(0))) return wellFormed(text);
    return '';
  }

  /** Known n-grams of a text with their TF-IDF weights: those of words, then those of characters. */
  ngrams(text) {
    const hashes = { words: [], characters: [] };
    const lower = text.toLowerCase();
    this.wordHashes(lower, hashes.words);
    if (this.unicode.unspaced.test(lower)) this.segmentHashes(lower, hashes.words);
    this.characterHashes(lower, hashes.characters);
    return Object.values(hashes).flatMap((block) => {
      const counts = new Map();
      for (const hash of block) {
        const id = this.features.get(hash);
        if (id !== undefined) counts.set(id, (counts.get(id) ?? 0) + 1);
      }
      const row = [...counts].map(([id, count]) => [id, f32((1 + Math.log(count)) * this.idf[id])]);
      const squares = row.reduce((sum, [, value]) => sum + value ** 2, 0);
      const factor = squares > 0 ? 1 / Math.sqrt(squares) : 0;
      return row.map(([id, value]) => [id, f32(value * factor)]);
    });
  }

  wordHashes(text, found) {
    let word = null;
    let previous = null;
    for (let at = 0; at <= text.length; at++) {
      const unit = at < text.length ? text.charCodeAt(at) : 0x20;
      if (this.unicode.word.has(unit)) {
        word = step(word ?? [0x9e3779b1, 0x7f4a7c15], unit);
      } else if (word !== null) {
        found.push(finish(...word));
        if (previous !== null) found.push(finish(...pairOf(previous, word)));
        previous = word;
        word = null;
      }
    }
  }

  /** Words, and pairs of them, of scripts that are written without spaces, such as Chinese, Japanese and Thai. */
  segmentHashes(text, found) {
    let previous = null;
    for (const run of text.match(this.unicode.run) ?? []) {
      const pieces = this.segments(run);
      if (pieces.length < 2) {
        previous = null;
        continue;
      }
      for (const piece of pieces) {
        let word = [0x27d4eb2f, 0x165667b1];
        for (let at = 0; at < piece.length; at++) word = step(word, piece.charCodeAt(at));
        found.push(finish(...word));
        if (previous !== null) found.push(finish(...pairOf(previous, word)));
        previous = word[0] === 0 ? null : word;
      }
    }
  }

  /** The words of a run; a word found is cut again until it stays whole. */
  segments(run) {
    if (run.length < 2 || !this.unicode.unspaced.test(run)) return [run];
    const pieces = Array.from(this.segmenter.segment(run), ({ segment }) => segment);
    return pieces.length < 2 ? [run] : pieces.flatMap((piece) => this.segments(piece));
  }

  characterHashes(text, found) {
    for (let at = 0; at < text.length; at++) {
      if (this.unicode.space.has(text.charCodeAt(at))) continue;
      let end = at + 1;
      while (end < text.length && !this.unicode.space.has(text.charCodeAt(end))) end++;
      // Before the first and after the last character of a token stands a space.
      for (let from = at - 1; from < end; from++) {
        let hash = [0x85ebca77, 0xc2b2ae3d];
        for (let position = from; position <= Math.min(from + 3, end); position++) {
          hash = step(hash, position < at || position === end ? 0x20 : text.charCodeAt(position));
          if (position > from) found.push(finish(...hash));
        }
      }
      at = end - 1;
    }
  }
}

/** Takes one UTF-16 unit into a 64-bit hash in two halves. */
function step([low, high], unit) {
  return [Math.imul(low ^ unit, 0x01000193), Math.imul(high ^ unit, 0x5bd1e995) ^ (high >>> 13)];
}

/** The hash of a pair of neighbouring words. */
function pairOf([low, high], word) {
  return [(Math.imul(low, 31) + word[0]) | 0, (Math.imul(high ^ 0x2545f491, 0x6c078965) + word[1]) | 0];
}

function finish(low, high) {
  let a = low ^ (high >>> 15);
  a = Math.imul(a ^ (a >>> 16), 0x85ebca6b);
  a = Math.imul(a ^ (a >>> 13), 0xc2b2ae35);
  return keyOf((a ^ (a >>> 16)) >>> 0, high >>> 0);
}

function keyOf(low, high) {
  return `${low},${high}`;
}

/** A character class of a regular expression. */
function classOf(...tables) {
  const escaped = tables.flat().map((code) => `\\u{${code.toString(16)}}`);
  return `[${escaped.map((code, at) => (at % 2 === 0 ? code : `-${code}`)).join('')}]`;
}

/** Numbers in sorted ranges: first, last, first, last … */
class Ranges {
  constructor(bounds) {
    this.bounds = bounds;
  }

  has(number) {
    let [from, to] = [0, this.bounds.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if (this.bounds[middle] < number) from = middle + 1;
      else to = middle;
    }
    return from % 2 === 1 || this.bounds[from] === number;
  }
}

function wellFormed(text) {
  return text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd');
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
    const { input, output, confidence } = JSON.parse(line);
    const answer = model.predict(input);
    if (!check) console.log(JSON.stringify({ input, ...answer }));
    else if (answer.output !== output || Math.abs(answer.confidence - confidence) > model.header.tolerance) {
      wrong += 1;
      console.error(`wrong: ${JSON.stringify({ input, expected: { output, confidence }, answer })}`);
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
