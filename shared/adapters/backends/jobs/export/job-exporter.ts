import { createHash } from 'node:crypto';
import { z } from 'zod';
import { RatchetError } from '../../../../domain/base/errors.ts';
import type { Configuration } from '../../../../domain/models/configuration.ts';
import type { ExportedModel, Exporter } from '../../../../ports/exporter.ts';
import type { ObjectStore } from '../../../../ports/object-store.ts';
import { readArchive } from '../read-archive.ts';
import { tinkerBackEnd } from '../tinker-facts.ts';
import { decoderFactsSchema, decoderUsage } from './decoder-usage.ts';
import { gliner2FactsSchema, gliner2Usage } from './gliner2-usage.ts';

/** What an artifact says of itself; see `artifact.json` of the Python package. */
const artifactSchema = z.union([
  z.object({ backEnd: z.enum(['hf-lora', tinkerBackEnd]), decoder: decoderFactsSchema }),
  z.object({ backEnd: z.literal('gliner2'), ...gliner2FactsSchema.shape }),
]);

/** Names that stay below a folder wherever they are written. */
const safeName = /^(?:[\w-][\w.-]*\/)*[\w-][\w.-]*$/;

/**
 * Exports what training jobs make: the files of the artifact as they are, with how `transformers` and `peft`, or `gliner2`, load
 * them and ask what the model was taught to be asked. The foundation is not among them where the artifact is an adapter.
 */
export function jobExporter(predictor: string, { objects }: { readonly objects: ObjectStore }): Exporter {
  return {
    predictor,
    async export({ checkpointId, configuration, served: { ref, digest } }, nameOf) {
      const bytes = await objects.get(ref);
      if (bytes === undefined) throw new RatchetError('ObjectMissing', `There is no object ${ref}.`);
      if (digest !== null && createHash('sha256').update(bytes).digest('hex') !== digest)
        throw corrupt(ref, 'its SHA-256 is not the one on record');
      const files = filesOf(bytes, ref);
      const about = factsOf(files, ref);
      const has = (folder: string) => [...files.keys()].some((name) => name.startsWith(`${folder}/`));
      const atTinker = about.backEnd === tinkerBackEnd;
      if (atTinker && !has('adapter')) throw notArchived(checkpointId, configuration);
      const labels = 'decoder' in about ? about.decoder.labels : about.schema.labels;
      const foundation = 'decoder' in about ? about.decoder.foundation : (about.foundation?.name ?? null);
      const now = (labels ?? []).map(nameOf);
      const model: ExportedModel = {
        // Where its weights are at Tinker is nobody's concern who has them.
        files: [...files].flatMap(([name, body]) => (atTinker && name === 'tinker.json' ? [] : [{ name, body }])),
        header: {
          backEnd: about.backEnd,
          foundation,
          labels,
          ...((labels ?? []).every((label, at) => label === now[at]) ? {} : { labelsNow: now }),
        },
        usage: 'decoder' in about ? decoderUsage(about.decoder) : gliner2Usage(about, has('adapter')),
        answers: atTinker
          ? '`test-cases.jsonl` has what it answered at Tinker, where it could still be asked.'
          : '`test-cases.jsonl` has what this program answers.',
        ...(atTinker && { answersElsewhere: true }),
        layout: layoutOf(foundation, has, atTinker),
        licences: [
          foundation === null
            ? 'The weights stand on the foundation that `model.json` names under `configuration`: its licence holds for them too.'
            : `The foundation ${JSON.stringify(foundation)} is not in this folder, and its licence holds for what stands on it.`,
        ],
        // Tinker's machines calculate with fewer bits.
        tolerance: atTinker ? 0.05 : 0.01,
        leftOut: foundation === null ? [] : [`the foundation ${foundation}`],
      };
      return model;
    },
  };
}

function notArchived(checkpointId: string, configuration: Configuration): RatchetError {
  const wanted = z.object({ archive: z.boolean() }).safeParse(configuration).data?.archive ?? true;
  return new RatchetError(
    'InvalidInput',
    `Checkpoint ${checkpointId} cannot be exported: its adapter lies at Tinker alone${wanted ? ', which gave no files of it when it was trained' : ', as it was trained with archive=false'}.`,
    {
      mend: wanted
        ? 'Export another checkpoint (ratchet lineage names them), or train one anew (ratchet run): its adapter comes along where the server gives it.'
        : 'Create the model anew with --trainer-option archive=true, and export what is trained then.',
    },
  );
}

function filesOf(bytes: Uint8Array, ref: string): ReadonlyMap<string, Uint8Array> {
  let files: ReadonlyMap<string, Uint8Array>;
  try {
    files = readArchive(bytes);
  } catch (error) {
    if (error instanceof RangeError) throw corrupt(ref, error.message);
    throw error;
  }
  const wrong = [...files.keys()].find((name) => !safeName.test(name));
  if (wrong !== undefined) throw corrupt(ref, `it holds a file named ${JSON.stringify(wrong.slice(0, 120))}`);
  return files;
}

function factsOf(files: ReadonlyMap<string, Uint8Array>, ref: string): z.infer<typeof artifactSchema> {
  const written = files.get('artifact.json');
  if (written === undefined) throw corrupt(ref, 'it has no artifact.json');
  try {
    return artifactSchema.parse(JSON.parse(new TextDecoder().decode(written)));
  } catch (error) {
    if (!(error instanceof z.ZodError || error instanceof SyntaxError)) throw error;
    throw corrupt(ref, 'its artifact.json does not say what it is');
  }
}

function corrupt(ref: string, why: string): RatchetError {
  return new RatchetError('CorruptArtifact', `Artifact ${ref} cannot be exported: ${why}.`);
}

function layoutOf(foundation: string | null, has: (folder: string) => boolean, atTinker: boolean): string {
  const lines = [
    '- `artifact.json`: what the training job wrote of itself.',
    ...(has('adapter') ? ['- `adapter/`: what was trained, as PEFT saves it.'] : []),
    ...(has('model') ? ['- `model/`: the whole model, as GLiNER2 saves it.'] : []),
    ...(has('onnx') ? ['- `onnx/`: the same for ONNX Runtime.'] : []),
    '- `model.json`, `test-cases.jsonl`: what is on record of the checkpoint, and what it answers here.',
  ];
  const needs =
    foundation === null
      ? ''
      : `\nThe foundation ${JSON.stringify(foundation)} is needed beside it, the very one: \`artifact.json\` has the digest of its ${atTinker ? 'tokenizer' : 'weights, where it was a folder'}.\n`;
  return `## Files\n\n${lines.join('\n')}\n${needs}`;
}
