import { readFile } from 'node:fs/promises';
import { RatchetError } from '../../../../domain/base/errors.ts';
import type { ExportedFile, Exporter } from '../../../../ports/exporter.ts';
import type { ObjectStore } from '../../../../ports/object-store.ts';
import { checkDigest, decodeArtifact, type HeadArtifact } from '../artifact.ts';
import { embeddedBackEnd } from '../facts.ts';
import { maxFeatureCharacters } from '../text-features.ts';
import { headGraph } from './head-graph.ts';
import { onnxFile } from './onnx-file.ts';
import { unicodeTables } from './unicode-tables.ts';

/** Larger heads are not written as ONNX, which takes four bytes where the artifact takes one. */
const mostOnnxBytes = 512 * 2 ** 20;

/** Exports what the embedded trainer makes: the artifact as it is, with readers for it, and the head as ONNX. */
export function embeddedExporter({ objects }: { readonly objects: ObjectStore }): Exporter {
  return {
    predictor: embeddedBackEnd,
    async export({ served: { ref, digest } }, nameOf) {
      const bytes = await objects.get(ref);
      if (bytes === undefined) throw new RatchetError('ObjectMissing', `There is no object ${ref}.`);
      if (digest !== null) checkDigest(bytes, digest, ref);
      const artifact = decodeArtifact(bytes.slice(), ref);
      const { header } = artifact;
      if (header.encoder !== undefined) throw ownEncoder(header.foundation);
      const hasEncoder = header.foundation !== 'none';
      const onnxBytes = 4 * (header.sparseFeatures + header.denseWidth) * header.classes.length;
      const hasOnnx = onnxBytes <= mostOnnxBytes;
      const named = namedClasses(header, nameOf);
      const encoder = hasEncoder ? await (await import('./encoder-files.ts')).encoderFiles() : [];
      return {
        files: [
          { name: 'weights.bin', body: bytes },
          { name: 'unicode.json', body: new TextEncoder().encode(JSON.stringify(unicodeTables())) },
          ...(hasOnnx ? [{ name: 'head.onnx', body: onnxFile(headGraph(artifact, named.joins)) }] : []),
          ...(await Promise.all(['predict.mjs', 'predict.py'].map(reader))),
          ...encoder,
        ],
        header: {
          ...named,
          temperature: header.temperature,
          denseWidth: header.denseWidth,
          maxCharacters: maxFeatureCharacters,
          encoder: hasEncoder ? 'use-lite' : null,
          unspacedScripts: 'Words are those of ICU. predict.py needs PyICU for them; without it answers may differ.',
          blocks: blocksOf(artifact),
        },
        answers: 'An answer is a label with its confidence, a fraction. A text in which nothing shows gets no label.',
        layout: layoutOf(hasEncoder, hasOnnx, named.joins !== undefined),
        licences: [
          'predict.mjs and predict.py: Apache-2.0, of Ratchet.',
          ...(hasEncoder
            ? [
                'encoder/: Universal Sentence Encoder Lite, Apache-2.0, Copyright Google; modules Apache-2.0, of Ratchet.',
              ]
            : []),
        ],
        tolerance: hasEncoder ? encoderTolerance : 1e-6,
        leftOut: hasOnnx ? [] : [`head.onnx: it would take ${Math.round(onnxBytes / 2 ** 20)} MB`],
      };
    },
  };
}

/** ONNX Runtime rounds a sum of floats elsewhere than this program does. */
const encoderTolerance = 1e-5;

function ownEncoder(foundation: string): RatchetError {
  return new RatchetError(
    'InvalidInput',
    `The checkpoint stands on the foundation ${foundation}, which the readers of an export cannot compute: it cannot be exported.`,
    {
      mend: 'Let ratchet serve or ratchet predict answer with it. Models of --foundation use-lite and none can be exported; --examples and --traces can be of any.',
    },
  );
}

async function reader(name: string): Promise<ExportedFile> {
  return { name, body: await readFile(new URL(`./readers/${name}`, import.meta.url)) };
}

/** Where in the artifact each block begins, in bytes, and how many elements it has. */
function blocksOf(artifact: HeadArtifact): Readonly<Record<string, { offset: number; length: number }>> {
  const place = ({ byteOffset, length }: { byteOffset: number; length: number }) => ({ offset: byteOffset, length });
  return {
    low: place(artifact.low),
    high: place(artifact.high),
    idf: place(artifact.idf),
    scales: place(artifact.sparseScales),
    sparse: place(artifact.sparseWeights),
    dense: place(artifact.denseWeights),
  };
}

/**
 * Labels by the names of today. `classes` are places in `labels`; where several of the artifact's classes have one name,
 * `joins` says to which of `classes` each of them belongs.
 */
function namedClasses(header: HeadArtifact['header'], nameOf: (label: string) => string): NamedClasses {
  const names = header.labels.map(nameOf);
  const labels = [...new Set(names)];
  const places = header.classes.map((label) => labels.indexOf(names[label] ?? ''));
  const classes = [...new Set(places)];
  if (classes.length === places.length) return { labels, classes };
  return { labels, classes, joins: places.map((place) => classes.indexOf(place)) };
}

interface NamedClasses {
  readonly labels: readonly string[];
  readonly classes: readonly number[];
  readonly joins?: readonly number[];
}

function layoutOf(hasEncoder: boolean, hasOnnx: boolean, hasJoins: boolean): string {
  return `## Files

- \`predict.mjs\`, \`predict.py\`: the readers. ${
    hasEncoder
      ? 'JavaScript needs nothing else; Python needs numpy and onnxruntime for the sentence encoder.'
      : 'They need nothing but the language; Python is faster with numpy.'
  }
- \`weights.bin\`: the weights, little-endian. \`model.json\` says under \`blocks\` where each block begins (bytes) and how many
  elements it has: \`low\` and \`high\` (uint32, the halves of the hash of each n-gram), \`idf\` (float32), \`scales\` (float32) and
  \`sparse\` (int8, a row of one weight a class for each n-gram, to be multiplied by its scale), \`dense\` (float32, such a row for
  each place of the embedding, then the row of the constant 1).
- \`unicode.json\`: which characters are white space, parts of words, visible, and of scripts without spaces.${
    hasEncoder
      ? `
- \`encoder/\`, \`encoder.py\`: Universal Sentence Encoder Lite, for JavaScript and as ONNX.`
      : ''
  }${
    hasOnnx
      ? `
- \`head.onnx\`: the last step alone, from \`features\` (TF-IDF weights by n-gram${hasEncoder ? ', then the embedding times 2' : ''}) to
  \`probabilities\` by class.`
      : ''
  }

The text is cut, its n-grams hashed and weighed by TF-IDF${hasEncoder ? ', its embedding computed' : ''}; the rows of the weights are
summed, divided by \`temperature\`, and their softmax is the probability of each class. ${
    hasJoins
      ? 'Labels were merged: `joins`\nsays for each column of the weights to which class it belongs, and probabilities of one class add up. '
      : ''
  }\`classes\` are places in \`labels\`. Python
puts letters in lower case by its own version of Unicode.

Words of Chinese, Japanese, Thai, Lao, Khmer and Burmese, which stand without spaces, are told apart by ICU: \`Intl.Segmenter\`
in JavaScript, PyICU in Python (\`pip install PyICU\`). Without PyICU \`predict.py\` says so once, and its answers to texts with
such words may differ; \`--check\` leaves these out.
`;
}
