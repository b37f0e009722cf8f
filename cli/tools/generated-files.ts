import { z } from 'zod';
import { exampleLineSchema } from '../../shared/domain/models/example.ts';
import { traceLineSchema } from '../../shared/domain/traces/trace.ts';
import { classification } from '../../shared/tasks/classification/classification.ts';
import { resultSchemas } from '../results.ts';
import { commandLineReference } from './command-line-reference.ts';
import { settingsReference } from './settings-reference.ts';

export interface GeneratedFile {
  /** In the repository. */
  readonly path: string;
  readonly text: string;
}

/** All that is generated into docs. */
export function generatedFiles(): readonly GeneratedFile[] {
  return [
    ...schemaFiles(),
    ...resultSchemaFiles(),
    { path: 'docs/command-line.md', text: commandLineReference() },
    { path: 'docs/settings.md', text: settingsReference() },
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

/** The formats of the files that people write, as JSON Schema, generated from the schemas that the code checks with. */
function schemaFiles(): readonly GeneratedFile[] {
  const trace = z.toJSONSchema(traceLineSchema(classification.output), { io: 'input' });
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
      ...z.toJSONSchema(exampleLineSchema(classification.output), { io: 'input' }),
    }),
  ];
}

function file(path: string, schema: object): GeneratedFile {
  return { path, text: `${JSON.stringify(schema, null, 2)}\n` };
}
