import { decodeArtifact, encodeArtifact } from '../../shared/adapters/backends/embedded/artifact.ts';
import { decodeSegment, encodeSegment } from '../../shared/adapters/backends/embedded/embedding-segment.ts';
import { embeddingLength } from '../../shared/adapters/backends/embedded/use-lite.ts';
import { jobSpecSchema } from '../../shared/adapters/backends/jobs/job-schema.ts';
import { bedrockAnswer } from '../../shared/adapters/chat/bedrock-answer.ts';
import { openAiAnswer } from '../../shared/adapters/chat/openai-answer.ts';
import { readOpinion } from '../../shared/adapters/judges/judge-question.ts';
import { readChatConfiguration } from '../../shared/composition/read-chat-configuration.ts';
import { readSagemakerConfiguration } from '../../shared/composition/read-sagemaker-configuration.ts';
import { RatchetError } from '../../shared/domain/base/errors.ts';
import { settingsSchema } from '../../shared/domain/models/settings.ts';
import { readDropOptions } from '../../shared/intake/drop-options.ts';
import { allFormats } from '../../shared/intake/formats/all-formats.ts';
import { ingestTraces } from '../../shared/intake/ingest-traces.ts';
import { readExampleLines } from '../../shared/intake/read-example-lines.ts';
import { unpack } from '../../shared/intake/unpack.ts';
import { decodeJsonl } from '../../shared/ports/documents.ts';
import { classification } from '../../shared/tasks/classification/classification.ts';
import { labelOutput } from '../../shared/tasks/classification/label.ts';
import { extraction } from '../../shared/tasks/extraction/extraction.ts';
import { sampleModel } from '../../test/helpers/lineage-samples.ts';
import { memoryPorts } from '../../test/helpers/memory-ports.ts';
import { samples } from './samples.ts';

/** Something that reads what may be anything. It gives what it read, or a fault of ours; all else is a finding. */
export interface Target {
  readonly name: string;
  readonly files: readonly Uint8Array[];
  read(bytes: Uint8Array): Promise<void>;
}

const named = (...names: readonly string[]): readonly Uint8Array[] =>
  names.map((name) => {
    const found = samples.get(name);
    if (found === undefined) throw new Error(`no sample ${name}`);
    return found;
  });
const traces = named(
  ...['ratchet', 'otlp', 'openinference', 'langfuse', 'langsmith', 'bedrock', 'chat', 'atif', 'doccano', 'labelStudio'],
  ...['spacy', 'tokens', 'flywheel', 'csv', 'tsv', 'conll', 'array', 'gzip', 'zstd'],
);

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null;
  }
}

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** What is taken in is either stored or told of: nothing falls between. */
async function ingested(bytes: Uint8Array, format: string | null): Promise<void> {
  const ports = memoryPorts();
  await ports.lineage.createModel(sampleModel());
  const result = await ingestTraces(
    { modelId: 'm1', sources: [{ name: 'file', open: async () => once(bytes) }], format },
    ports,
  );
  const stored = await ports.traceLog.read('m1', { limit: 1_000 });
  if (stored.length !== result.ingested) throw new Error(`${result.ingested} traces told, ${stored.length} stored`);
}

const artifact = encodeArtifact({
  header: {
    foundation: 'none',
    labels: ['a', 'b'],
    classes: [0, 1],
    sparseFeatures: 2,
    denseWidth: 0,
    temperature: 1,
  },
  low: Uint32Array.of(1, 2),
  high: Uint32Array.of(3, 4),
  idf: Float32Array.of(1, 2),
  sparseScales: Float32Array.of(1, 1),
  sparseWeights: Int8Array.of(1, 2, 3, 4),
  denseWeights: Float32Array.of(0, 0),
});
const segment = encodeSegment([{ key: '0'.repeat(32), vector: new Float32Array(embeddingLength) }], embeddingLength);
const task = { kind: 'classification', labels: ['delivery', 'refund'] };
const answer = {
  traceId: 't',
  input: 'Ana lives in Paris',
  answer: labelOutput('refund'),
  expected: null,
};

export const targets: readonly Target[] = [
  { name: 'ingest', files: traces, read: (bytes) => ingested(bytes, null) },
  ...allFormats.map(({ name }) => ({
    name: `ingest as ${name}`,
    files: traces,
    read: (bytes: Uint8Array) => ingested(bytes, name),
  })),
  ...[classification, extraction].map((kind) => ({
    name: `examples of a ${kind.kind}`,
    files: named('examples', 'csv', 'tsv', 'conll', 'doccano', 'spacy', 'labelStudio', 'tokens', 'array', 'ratchet'),
    async read(bytes: Uint8Array) {
      await readExampleLines(once(bytes), {
        kind,
        task: null,
        labels: [],
        formats: allFormats,
        name: 'file',
        keepVariants: false,
        problemOf: () => null,
        onBadLine: () => undefined,
      });
    },
  })),
  {
    name: 'unpack',
    files: named('gzip', 'zstd', 'csv'),
    async read(bytes) {
      for await (const _ of unpack(once(bytes), 'file'));
    },
  },
  { name: 'drop options', files: named('dropOptions'), read: async (bytes) => void readDropOptions(bytes, 'k') },
  {
    name: 'chat configuration',
    files: named('chatConfiguration'),
    read: async (bytes) => void readChatConfiguration({}, text(bytes)),
  },
  {
    name: 'SageMaker configuration',
    files: named('chatConfiguration', 'job'),
    read: async (bytes) => void readSagemakerConfiguration(text(bytes)),
  },
  { name: 'answer of OpenAI', files: named('openAi'), read: async (bytes) => void openAiAnswer(jsonOf(bytes), 100) },
  {
    name: 'answer of Bedrock',
    files: named('bedrockAnswer'),
    // The SDK has read it: an object, whatever is in it.
    async read(bytes) {
      const value = jsonOf(bytes);
      if (typeof value === 'object' && value !== null) bedrockAnswer(value as never, { toolChoice: 'auto' });
    },
  },
  {
    name: 'opinion of a judge',
    files: named('opinion', 'examples'),
    read: async (bytes) => void readOpinion(text(bytes), answer, { kind: classification, task } as never),
  },
  { name: 'job', files: named('job'), read: async (bytes) => void decodeJsonl(bytes, jobSpecSchema, 'job.json') },
  {
    name: 'settings',
    files: named('dropOptions', 'chatConfiguration'),
    read: async (bytes) => void settingsSchema.safeParse(jsonOf(bytes)),
  },
  { name: 'artifact', files: [artifact], read: async (bytes) => void decodeArtifact(bytes) },
  {
    name: 'segment of embeddings',
    files: [segment],
    read: async (bytes) => void decodeSegment(bytes, embeddingLength),
  },
];

/** Slower than this is a finding too. */
const longestMs = 5_000;

/** @throws Error with what was found: anything but a result or a fault with a mend */
export async function feed({ read }: Target, bytes: Uint8Array): Promise<void> {
  const before = process.cpuUsage();
  try {
    await read(bytes);
  } catch (error) {
    if (!(error instanceof RatchetError)) throw error;
    if (error.mend === '' || error.message === '') throw new Error(`a fault without words: ${error.name}`);
  }
  const { user, system } = process.cpuUsage(before);
  if ((user + system) / 1_000 > longestMs) throw new Error(`took ${(user + system) / 1_000} ms of CPU`);
}
