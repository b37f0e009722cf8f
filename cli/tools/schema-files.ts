import { z } from 'zod';
import { exampleLineSchema } from '../../shared/domain/example.ts';
import { traceLineSchema } from '../../shared/domain/trace.ts';

export interface SchemaFile {
  /** In the repository. */
  readonly path: string;
  readonly text: string;
}

/** The formats of the files that people write, as JSON Schema, generated from the schemas that the code checks with. */
export function schemaFiles(): readonly SchemaFile[] {
  const trace = z.toJSONSchema(traceLineSchema, { io: 'input' });
  return [
    file('docs/trace.schema.json', {
      title: 'A line of a file for `ratchet ingest`',
      description:
        'One recorded inference and, when it was judged, its judgement. `modelId` may be left out. Other fields are moved under `metadata`; an optional field may be null.',
      ...trace,
      required: (trace.required ?? []).filter((field) => field !== 'modelId'),
      additionalProperties: true,
    }),
    file('docs/example.schema.json', {
      title: 'A line of a file for `ratchet create --examples`',
      description: 'One training example: a text and its right label.',
      ...z.toJSONSchema(exampleLineSchema, { io: 'input' }),
    }),
  ];
}

function file(path: string, schema: object): SchemaFile {
  return { path, text: `${JSON.stringify(schema, null, 2)}\n` };
}
