import { z } from 'zod';
import { jobSpecSchema } from '../../shared/adapters/backends/jobs/job-schema.ts';
import { asOutput } from '../../shared/domain/base/output.ts';
import { traceLineSchema } from '../../shared/domain/traces/trace.ts';
import { classification } from '../../shared/tasks/classification/classification.ts';
import { entitiesSchema } from '../../shared/tasks/extraction/entity.ts';
import { resultSchemas } from '../results.ts';
import { commandLineReference } from './command-line-reference.ts';
import { exampleLineSchema } from './example-line-schema.ts';
import { settingsReference } from './settings-reference.ts';

export interface GeneratedFile {
  /** In the repository. */
  readonly path: string;
  readonly text: string;
}

/** All that is generated into docs, and for the training jobs. */
export function generatedFiles(): readonly GeneratedFile[] {
  return [
    ...schemaFiles(),
    ...resultSchemaFiles(),
    { path: 'docs/command-line.md', text: commandLineReference() },
    { path: 'docs/settings.md', text: settingsReference() },
    file('training/ratchet_training/job.schema.json', {
      title: 'job.json: what a training job is told',
      ...z.toJSONSchema(jobSpecSchema, { io: 'input' }),
    }),
  ];
}

/** What the commands write with `--json`, as JSON Schema, generated from the schemas they write through. */
function resultSchemaFiles(): readonly GeneratedFile[] {
  return Object.entries(resultSchemas).map(([command, schema]) =>
    file(`docs/results/${command}.schema.json`, {
      title: command === 'predict' ? 'A line of `ratchet predict`' : `The result of \`ratchet ${command} --json\``,
      // An output has the form that the kind of its task gives it.
      ...z.toJSONSchema(schema, { unrepresentable: 'any' }),
    }),
  );
}

/** An output of a classification or of an extraction. */
const anyOutput = z.union([
  classification.output.meta({ description: 'of a classification: a label' }),
  entitiesSchema
    .meta({ description: 'of an extraction: entities of the input, by UTF-16 offsets, the end exclusive' })
    .transform((entities) => asOutput(entities)),
]);

/** The formats of the files that people write, as JSON Schema, generated from the schemas that the code checks with. */
function schemaFiles(): readonly GeneratedFile[] {
  const line = traceLineSchema(anyOutput);
  const trace = z.toJSONSchema(line, { io: 'input' });
  const judgement = line.pick({ traceId: true, verdict: true, expected: true, judge: true });
  return [
    file('docs/trace.schema.json', {
      title: 'A line of a file for `ratchet ingest`',
      description:
        'One recorded inference and, when it was judged, its judgement. `modelId` may be left out. Other fields are moved under `metadata`; an optional field may be null.',
      ...trace,
      required: (trace.required ?? []).filter((field) => field !== 'modelId'),
      additionalProperties: true,
    }),
    file('docs/judgement.schema.json', {
      title: 'A line of a file for `ratchet ingest` that judges a trace it only names',
      description:
        'A judgement of the trace of that id, whether it is here or comes later: a verdict, the right output, or both.',
      ...z.toJSONSchema(judgement, { io: 'input' }),
      additionalProperties: true,
    }),
    file('docs/example.schema.json', {
      title: 'A line of a file for `ratchet create --examples`',
      description: 'One training example: a text and its right output.',
      ...z.toJSONSchema(exampleLineSchema(anyOutput), { io: 'input' }),
    }),
  ];
}

function file(path: string, schema: object): GeneratedFile {
  return { path, text: `${JSON.stringify(schema, null, 2)}\n` };
}
