import { z } from 'zod';
import { jsonSchema } from '../shared/domain/base/json.ts';
import { labelChangeSchema } from '../shared/domain/base/label-change.ts';
import { driftSchema } from '../shared/domain/drift/drift-findings.ts';
import { evaluationSetSchema } from '../shared/domain/evaluation/evaluation-set.ts';
import { watchCountSchema } from '../shared/domain/evaluation/watch.ts';
import { currentCheckpointSchema } from '../shared/domain/models/checkpoint.ts';
import { controlSchema } from '../shared/domain/models/control.ts';
import { datasetSchema } from '../shared/domain/models/dataset.ts';
import { decisionSchema, runSchema } from '../shared/domain/models/run.ts';
import { judgementSchema } from '../shared/domain/traces/judgement.ts';
import { traceSchema } from '../shared/domain/traces/trace.ts';
import { runResultSchema } from '../shared/loop/state/run-result.ts';
import { erasedPartSchema, exposedCheckpointSchema } from '../shared/operations/erase/erasure-record.ts';
import { transcriptSchema, transcriptSummarySchema } from '../shared/operations/transcript.ts';
import { taskKinds } from '../shared/tasks/task-kinds.ts';
import {
  evaluationResultSchema,
  explainResultSchema,
  healthResultSchema,
  listResultSchema,
  predictLineSchema,
  reviewCardLineSchema,
  reviewResultSchema,
  suspectLineSchema,
} from './model-results.ts';

const modelName = z.string().describe('name of the model');
const checkpointName = z.string().describe('id of a checkpoint');
const rateSchema = z
  .strictObject({ right: z.int(), of: z.int(), lower: z.number(), upper: z.number() })
  .describe('with its 95 % Wilson interval');
const settingValue = jsonSchema;
const path = z.string().describe('absolute path of a file');
const noteSchema = z.strictObject({ text: z.string(), count: z.int() });
const taskKind = z.enum([...taskKinds.keys()]);
const task = z.union([...taskKinds.values()].map((kind) => kind.spec));

const labelSurvey = z.strictObject({
  labels: z.array(
    z.strictObject({
      label: z.string(),
      examples: z.int().describe('of the champion’s dataset'),
      judged: z.int().describe('judged traces whose right output has it'),
    }),
  ),
  held: z
    .array(z.strictObject({ label: z.string(), judged: z.int(), nearest: z.string().nullable() }))
    .describe('labels that judgements say and the model does not have, most frequent first'),
  leftOpen: z
    .strictObject({ examples: z.int(), judged: z.int() })
    .describe('what changes of labels left open, to be judged anew'),
});

/** How one check of `ratchet doctor` came out. */
export const checkSchema = z.strictObject({
  name: z.string(),
  status: z.enum(['ok', 'warning', 'problem']),
  detail: z.string(),
  mend: z.string().nullable().describe('what to do; null where all is well'),
});
export type Check = z.infer<typeof checkSchema>;

/**
 * What each command writes with `--json`. The commands write through {@link commandResult}, so that this is what they
 * write.
 */
export const resultSchemas = {
  setup: z.strictObject({
    what: z.literal('training'),
    python: path.describe('the Python that training jobs run with'),
    installed: jsonSchema.describe('versions, and by back end the device it works on'),
  }),
  create: z.union([
    z.strictObject({
      model: modelName,
      task: taskKind,
      labels: z.array(z.string()).describe('the labels it knows, or other facets of outputs'),
      checkpoint: checkpointName.nullable().describe('the first checkpoint; null without examples'),
      dataset: z.string().nullable(),
      examples: z.int().describe('examples it was trained on'),
      refused: z.int().describe('lines of the examples that could not be used'),
      evaluation: evaluationResultSchema.nullable(),
      notes: z.array(z.string()).describe('what is amiss with the examples, such as labels that have one alone'),
    }),
    z
      .strictObject({
        model: modelName,
        clusters: z.int().describe('clusters to name, a line each'),
        inputs: z.int().describe('texts in them; of texts that are one but for case and punctuation one'),
        refused: z.int().describe('lines that hold no text'),
        file: z.string().describe('absolute path of the file to fill in'),
      })
      .describe('with --inputs'),
  ]),
  ingest: z.strictObject({
    lines: z.int().describe('records read'),
    ingested: z.int().describe('new traces'),
    judgements: z.int().describe('new judgements, of new traces and of known ones'),
    alreadyKnown: z.int().describe('good lines whose trace, or whose judgement of one not here yet, was known'),
    erased: z.int().describe('lines of erased traces, passed over'),
    quarantined: z.int().describe('lines that could not be used'),
    unreadable: z.int().describe('files of which no record could be read'),
    quarantine: z.array(path).describe('JSON lines of what could not be used, with reason and mend'),
    parked: z.int().describe('new judgements of traces that are not here yet: they count once those come'),
    held: z.int().describe('new judgements that count once the model knows the output they name'),
    disputed: z.int().describe('traces of these files about which people disagree'),
    unknownOutputs: z
      .array(z.strictObject({ output: z.string(), judgements: z.int(), nearest: z.string().nullable() }))
      .describe('outputs that the model does not know, with the known one that is most like each'),
    passedOver: z.array(noteSchema).describe('records that are rightly no trace, by what they are'),
    notes: z.array(noteSchema).describe('what was assumed'),
    warnings: z.array(z.string()),
    cleared: z.int().describe('earlier bad lines that have left quarantine, since they have come in'),
    samples: z
      .array(z.strictObject({ trace: traceSchema, judgements: z.array(judgementSchema) }))
      .describe('with --dry-run, the first new traces as they would be stored'),
  }),
  run: runResultSchema.extend({ report: path }),
  'run-plan': z
    .strictObject({
      model: z.string(),
      short: z
        .string()
        .nullable()
        .describe(
          'why the run ends before its diagnosis and trains nothing, where too little is judged for a dear trainer',
        ),
      trainings: z
        .strictObject({
          atMost: z.int(),
          examples: z.int().describe('the most of one training'),
          foldModels: z.int(),
          each: z.strictObject({ seconds: z.number().nullable(), usd: z.number().nullable(), basis: z.string() }),
        })
        .nullable()
        .describe('null where trainings are cheap'),
      answers: z
        .strictObject({ inputs: z.int(), mostUsd: z.number() })
        .nullable()
        .describe('null where answers cost nothing'),
      mostUsd: z.number().nullable().describe('null where it is not known'),
    })
    .describe('what a run will take, with --plan: estimates'),
  predict: predictLineSchema,
  report: z.union([
    z.strictObject({
      run: z.string(),
      model: modelName,
      decision: decisionSchema.nullable(),
      report: path,
      curation: path,
      opened: z.boolean().describe('whether the page was handed to the desktop'),
      review: path
        .nullable()
        .describe('what a person should judge, to be ingested again; null for a run of an earlier version'),
    }),
    z.strictObject({
      run: z.string(),
      model: modelName,
      agents: z.array(transcriptSummarySchema).describe('agents of the run, with --transcripts'),
    }),
    z.strictObject({
      run: z.string(),
      model: modelName,
      agent: transcriptSchema.describe('one of them with its turns, with --transcripts AGENT'),
    }),
  ]),
  status: z.strictObject({
    model: modelName,
    champion: z
      .strictObject({
        checkpoint: checkpointName,
        since: z.string().describe('when it was moved to'),
        how: z.enum(['create', 'promote', 'rollback']),
        by: z.string().describe('the run that promoted it, or who moved it'),
        predecessor: checkpointName.nullable(),
      })
      .nullable(),
    since: z
      .strictObject({
        verdict: z.string().describe('in a sentence'),
        traces: z.int().describe('traces that came since, judged or not'),
        judged: z.int().describe('judged traces that neither has seen'),
        nearEarlier: z.int().describe('left out: near earlier traces, or near what either was trained on'),
        undecided: z.int().describe('left out: nobody knows whether the answers of both are right'),
        notAsked: z
          .int()
          .optional()
          .describe(
            'left out: an endpoint was not asked, since that may cost something, and its answer is not on record',
          ),
        repeated: z.int().describe('left out: near one that counts'),
        champion: rateSchema,
        predecessor: rateSchema.nullable(),
        gained: z.int().describe('only the champion is right'),
        lost: z.int().describe('only its predecessor is right'),
        better: z.number().nullable().describe('p that the champion is better, of the exact one-sided McNemar test'),
        worse: z.number().nullable().describe('p that it is worse'),
        missing: z.int().describe('how many more judged traces are needed to tell anything'),
      })
      .nullable(),
    watched: z
      .strictObject({
        finding: z
          .enum(['open', 'worse', 'held', 'picked'])
          .describe(
            'open: not enough is judged to tell; worse: it is proven to be; held: nothing was proven over as many judged traces as the settings say; picked: what is judged does not tell',
          ),
        ...watchCountSchema.shape,
      })
      .nullable()
      .describe('how the champion does while it is watched after its promotion; null where it is not'),
    lastRun: runSchema
      .pick({ status: true, decision: true, reason: true, startedAt: true, finishedAt: true })
      .extend({ run: z.string() })
      .nullable(),
    active: z
      .strictObject({ run: z.string(), owner: z.string(), until: z.string().describe('when its lease ends') })
      .nullable()
      .describe('the run that is going on'),
    drift: driftSchema
      .nullable()
      .describe(
        'whether the traffic has changed since the champion began; null without one, and where that is not looked for',
      ),
    health: healthResultSchema,
    review: reviewResultSchema.nullable().describe('what the last run left to review; null before the first'),
    serving: z
      .string()
      .nullable()
      .describe('where the stack answers over HTTP; null where it does not, and without --stack'),
  }),
  list: listResultSchema,
  suspects: suspectLineSchema,
  review: reviewCardLineSchema,
  explain: explainResultSchema,
  lineage: z.strictObject({
    model: modelName,
    champion: checkpointName.nullable(),
    checkpoints: z.array(currentCheckpointSchema.extend({ task, champion: z.boolean() })),
    datasets: z.array(datasetSchema),
    evaluationSets: z.array(evaluationSetSchema).describe('records frozen by promotions, every version'),
    runs: z.array(runSchema),
    moves: controlSchema.shape.moves,
  }),
  labels: z.strictObject({
    model: modelName,
    ...labelSurvey.shape,
    change: labelChangeSchema.nullable().describe('the change that this command made; null where it only lists'),
    dryRun: z.boolean().describe('whether the change was only tried'),
    before: labelSurvey.nullable().describe('the counts before the change'),
    changes: z
      .array(z.strictObject({ at: z.string(), by: z.string(), change: labelChangeSchema }))
      .describe('all changes of labels on record, newest last'),
  }),
  serve: z.strictObject({
    url: z.string().describe('where requests are answered'),
    models: z.array(modelName),
    improve: z.boolean().describe('whether the loop runs when it is due'),
  }),
  settings: z.strictObject({
    model: modelName,
    settings: z.array(
      z.strictObject({
        name: z.string(),
        value: settingValue,
        default: settingValue,
        range: z.string().describe('what it may be'),
        meaning: z.string(),
      }),
    ),
    changed: z
      .array(z.strictObject({ name: z.string(), from: settingValue, to: settingValue }))
      .describe('what this command changed'),
    changes: z
      .array(
        z.strictObject({
          at: z.string().describe('when'),
          by: z.string().describe('who'),
          from: z.record(z.string(), settingValue),
          to: z.record(z.string(), settingValue),
        }),
      )
      .describe('all changes on record, newest last'),
  }),
  rollback: z.strictObject({
    model: modelName,
    champion: checkpointName,
    previous: checkpointName.nullable(),
    moved: z.boolean().describe('false when it was the champion already'),
    deployedTo: z.string().optional().describe('where the champion was published; absent where it is deployed nowhere'),
    released: checkpointName.nullable().describe('what was rolled back from, and may be promoted again'),
    evidence: watchCountSchema.nullable().optional().describe('of --if-worse: what was counted'),
  }),
  export: z.union([
    z.strictObject({
      model: modelName,
      checkpoint: checkpointName,
      folder: path.describe('absolute path of the folder'),
      files: z.array(z.string()).describe('paths below the folder'),
      leftOut: z.array(z.string()).describe('what could not be exported, with the reason'),
      checks: z
        .array(
          z.strictObject({
            reader: z.string(),
            ok: z
              .boolean()
              .nullable()
              .describe('whether all test cases are as expected; null where it cannot run here'),
            detail: z.string(),
          }),
        )
        .nullable()
        .describe('null without --check'),
    }),
    z.strictObject({
      model: modelName,
      file: path.describe('absolute path of the file, with --examples and --traces'),
      format: z.string(),
      examples: z.int().describe('how many were written'),
      leftOut: z.array(z.string()).describe('what the format cannot hold, each with how often'),
      altered: z.array(z.string()).describe('what is otherwise in the file than it was, each with how often'),
    }),
  ]),
  erase: z.strictObject({
    model: modelName,
    dryRun: z.boolean().describe('true when nothing was changed'),
    traces: z.int(),
    judgements: z.int(),
    parts: z.array(erasedPartSchema).describe('what else holds them, by kind'),
    checkpoints: z
      .array(exposedCheckpointSchema)
      .describe('checkpoints trained on them: their weights stay as they are'),
    unknown: z.array(z.string()).describe('ids that no trace of the log has'),
    nearDuplicates: z.array(z.string()).describe('ids of traces that stay and say nearly the same'),
    embeddings: z.int().describe('vectors that were removed from the cache of this machine'),
    left: z
      .array(z.strictObject({ key: z.string(), why: z.string() }))
      .describe('objects that could not be looked into'),
    cutLines: z.int().describe('quarantined lines of which only the beginning is kept: the rest was not looked into'),
    record: path.nullable().describe('the audit, without the erased text; null when nothing was erased'),
  }),
  doctor: z.strictObject({
    workspace: z.string().nullable().describe('absolute path of the directory; null with --stack'),
    stack: z.string().nullable().describe('name of the stack; null without --stack'),
    ok: z.boolean(),
    checks: z.array(checkSchema),
  }),
} as const;

export type CommandName = keyof typeof resultSchemas;
export type CommandResult<C extends CommandName> = z.infer<(typeof resultSchemas)[C]>;

/** A command's result, checked to be what is documented. */
export function commandResult<C extends CommandName>(command: C, value: CommandResult<C>): CommandResult<C> {
  return resultSchemas[command].parse(value) as CommandResult<C>;
}
