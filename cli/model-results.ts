import { z } from 'zod';
import { outputSchema } from '../shared/domain/base/output.ts';
import { placeSchema } from '../shared/domain/evaluation/fold.ts';
import { datasetModeSchema } from '../shared/domain/models/dataset.ts';
import { sliceSchema } from '../shared/domain/models/example.ts';
import { decisionSchema, runSchema } from '../shared/domain/models/run.ts';
import { whyKindSchema } from '../shared/domain/review/why.ts';
import { stepMistakeSchema } from '../shared/domain/steps/step-mistake.ts';
import { judgeSchema, verdictSchema } from '../shared/domain/traces/judgement.ts';
import { triageSchema } from '../shared/domain/triage/triage.ts';
import { reviewReasons } from '../shared/loop/state/review.ts';

const modelName = z.string().describe('name of the model');
const checkpointName = z.string().describe('id of a checkpoint');
const runName = z.string().describe('name of a run');

const trafficSchema = z.strictObject({
  traces: z.int(),
  judged: z.int().describe('judged traces: those of which a judgement counts today'),
  failed: z.int().describe('of them, found to fail'),
  lastAt: z.string().nullable().describe('when the newest batch came'),
});

const dueSchema = z
  .strictObject({ due: z.boolean(), reason: z.string() })
  .describe('whether a run would start by itself on fresh traces, where runs do, and why or why not');

/** How `ratchet create` finds its first checkpoint to do. */
export const evaluationResultSchema = z
  .strictObject({
    method: z
      .enum(['cross-validation', 'holdout', 'out-of-fold'])
      .describe('five parts, each answered by a model of the others; one part; or traces by fold models'),
    metric: z.string(),
    value: z.number().describe('a fraction'),
    lower: z.number().describe('of its 95 % interval'),
    upper: z.number(),
    of: z.int().describe('examples that were answered'),
    worst: z
      .array(z.strictObject({ facet: z.string(), right: z.int(), of: z.int() }))
      .describe('labels, or other facets, with the smallest share right; of entity types, entities are counted'),
  })
  .describe('how the first checkpoint does on its own examples; null without one, and where they are too few');

/** What `ratchet list` writes. */
export const listResultSchema = z.strictObject({
  models: z.array(
    z.strictObject({
      model: modelName,
      task: z.string(),
      labels: z.int().describe('labels, or other facets of outputs, that it knows'),
      champion: z
        .strictObject({
          checkpoint: checkpointName,
          since: z.string().describe('when it was moved to'),
          score: z
            .strictObject({
              value: z.number().describe('a fraction'),
              measuredBy: z.enum(['out-of-fold', 'cross-validation', 'holdout']),
            })
            .nullable()
            .describe('as it was measured when it was made; null where it was not'),
        })
        .nullable(),
      traffic: trafficSchema,
      lastRun: z
        .strictObject({ run: runName, status: runSchema.shape.status, decision: decisionSchema.nullable() })
        .nullable(),
      active: runName.nullable().describe('the run that is going on'),
      next: dueSchema,
    }),
  ),
});

/** What `ratchet status` tells of a model's traffic and of its next run, beside how its champion does. */
export const healthResultSchema = z.strictObject({
  traffic: trafficSchema,
  overTime: z
    .strictObject({
      days: z.int().describe('length of a stretch in days'),
      stretches: z.array(
        trafficSchema.omit({ lastAt: true }).extend({ from: z.string().describe('its first day, in UTC') }),
      ),
    })
    .describe('traffic by time of arrival, oldest first'),
  sinceLastRun: trafficSchema.describe('what came since the last run began, or so far'),
  next: dueSchema,
  missing: z
    .strictObject({ failures: z.int(), records: z.int() })
    .describe('what a run lacks to decide, at least; triage may take more away'),
});

/** What `ratchet status` tells of what the last run left for people to review. */
export const reviewResultSchema = z.strictObject({
  run: runName,
  suspects: z.int().describe('judgements that are probably wrong'),
  poison: z.int().describe('traces that do not train'),
  unknown: z.int().describe('answers of which nobody knows whether they are right'),
  reasons: z
    .array(z.strictObject({ why: z.enum(reviewReasons), count: z.int() }))
    .nullable()
    .describe('lines of its review.jsonl by reason, most doubtful first; null where it wrote none'),
  file: z.string().nullable().describe('absolute path of its review.jsonl; null where it wrote none'),
});

/** What `ratchet predict` writes: a line for each line of input. */
export const predictLineSchema = z
  .looseObject({
    input: z.string().nullable().describe('null for a line that cannot be read'),
    output: outputSchema
      .nullable()
      .describe(
        'a label, or what the kind of the task answers; null for an input without text, for a blank line, and where it abstained',
      ),
    confidence: z.number().describe('a fraction'),
    calibrated: z
      .number()
      .optional()
      .describe(
        'share of such answers that were right on judged traces which the model had not seen, a fraction; left out where no run has found it',
      ),
    alternatives: z
      .array(z.strictObject({ output: outputSchema, confidence: z.number() }))
      .optional()
      .describe('with --top-k: the most probable outputs, best first'),
    abstained: z.boolean().optional().describe('with --abstain-below: whether the confidence was too low'),
    wouldBe: outputSchema.nullable().optional().describe('what it would have answered; null where it did not abstain'),
    traceId: z.string().optional().describe('with --record: of the trace that was recorded'),
    given: z
      .record(z.string(), z.unknown())
      .optional()
      .describe('fields of the line that have the name of one of these'),
    error: z.string().optional().describe('why the line cannot be read'),
  })
  .describe('a line for each line of input, in order, with all fields of that line');

/** What `ratchet suspects` writes with `--json`: a line for each. */
export const suspectLineSchema = z
  .strictObject({
    traceId: z.string(),
    timestamp: z.string(),
    input: z.string(),
    output: outputSchema.nullable().describe('what was answered'),
    verdict: verdictSchema.optional(),
    expected: outputSchema.optional().describe('the right output according to the judge'),
    judge: judgeSchema,
    metadata: z
      .strictObject({
        review: z.strictObject({
          run: runName,
          kind: z.string(),
          likely: z
            .string()
            .nullable()
            .describe('what is probably right instead: a label; of entities, what should be different'),
          probability: z.number().nullable().describe('that the judgement is wrong, a fraction'),
          reason: z.string(),
        }),
      })
      .describe('why it is suspect'),
  })
  .describe('a line for each suspect, likeliest wrong first; correct "expected" and "judge", then ingest it');

/** What `ratchet review --list` writes. */
export const reviewCardLineSchema = z
  .strictObject({
    traceId: z.string().describe('of the trace that stands for the card'),
    alike: z.array(z.string()).describe('near-duplicates with the same output, the first 50'),
    like: z.int().describe('how many there are'),
    timestamp: z.string(),
    input: z.string(),
    output: outputSchema.nullable().describe('what was answered'),
    confidence: z.number().nullable().describe('a fraction'),
    verdict: verdictSchema.nullable().describe('by the judgement that counts'),
    expected: outputSchema.nullable().describe('the right output by that judgement'),
    why: z
      .array(z.strictObject({ kind: whyKindSchema, text: z.string() }))
      .describe('why somebody should look at it, most telling first'),
  })
  .describe('a line for each card of the review queue, what matters most first');

const answerSchema = z.strictObject({
  checkpoint: checkpointName,
  output: outputSchema.nullable(),
  confidence: z.number().describe('a fraction'),
});

const explainedPartSchema = z.strictObject({
  text: z.string(),
  start: z.int().describe('place in the input, in UTF-16 code units'),
  contribution: z.number().describe('what it adds to the log-odds; below 0 it speaks against'),
});

/** What `ratchet explain` writes. */
export const explainResultSchema = z.strictObject({
  model: modelName,
  trace: z
    .strictObject({
      traceId: z.string(),
      timestamp: z.string(),
      recorded: outputSchema.nullable().describe('what was answered when it was recorded'),
      checkpoint: checkpointName.nullable().describe('what answered then'),
      judgements: z.array(
        z.strictObject({
          verdict: verdictSchema.nullable(),
          expected: outputSchema.nullable(),
          judge: judgeSchema,
          judgedAt: z.string(),
          leftOpen: z.boolean().describe('whether a change of labels leaves open what it says today'),
        }),
      ),
    })
    .nullable()
    .describe('null for a text that is no trace'),
  input: z.string(),
  mistake: stepMistakeSchema
    .nullable()
    .describe('the first mistake that the trace’s own steps show, by their place from 0; null where none does'),
  answer: answerSchema.nullable().describe('of the champion as it is served; null without one'),
  why: z
    .strictObject({
      method: z.string().describe('how the contributions were found'),
      against: outputSchema.nullable().describe('the runner-up that the answer is held against'),
      logOdds: z.number().describe('of the answer against the runner-up, in nats'),
      parts: z.array(explainedPartSchema),
    })
    .nullable()
    .describe('null where the back end cannot tell, for no answer, and where outputs have parts'),
  whyParts: z
    .array(
      z.strictObject({
        method: z.string().describe('how the contributions were found'),
        output: outputSchema.describe('with this part alone'),
        logOdds: z.number().describe('that it stands there, in nats; below 0 it hardly does'),
        parts: z.array(explainedPartSchema),
      }),
    )
    .nullable()
    .describe(
      'where outputs have parts, such as entities: of each right part that the answer lacks, then of each part of it, the least sure first; null where they have none, or the back end cannot tell',
    ),
  neighbours: z.array(
    z.strictObject({
      input: z.string(),
      output: outputSchema,
      similarity: z.number().describe('cosine of TF-IDF vectors of words and character n-grams'),
      from: z.string().describe('where the example comes from'),
      slice: sliceSchema,
      weight: z.number(),
      same: z.boolean().describe('whether it is this very text'),
    }),
  ),
  place: placeSchema.nullable().describe('its folds for the life of the model; null before a run has seen it'),
  lastRun: z
    .strictObject({
      run: runName,
      verdict: z.enum(['pass', 'fail', 'unknown']),
      expected: outputSchema.nullable(),
      triage: triageSchema,
      cluster: z
        .strictObject({ clusterId: z.string(), title: z.string(), cause: z.string(), size: z.int() })
        .nullable(),
    })
    .nullable()
    .describe('what the last run made of it'),
  training: z.array(
    z.strictObject({
      dataset: z.string(),
      run: runName.nullable(),
      iteration: z.int(),
      mode: datasetModeSchema,
      slice: sliceSchema,
      weight: z.number(),
      output: outputSchema,
      from: z.string(),
      folds: z.array(z.int()).describe('fold models that did not train it'),
      checkpoints: z.array(checkpointName).describe('trained on this dataset'),
    }),
  ),
  checkpoints: z.array(
    answerSchema.extend({
      champion: z.boolean(),
      unseen: z.boolean().describe('answered by a model that has not seen it'),
      right: z.boolean().nullable().describe('null where nobody knows'),
    }),
  ),
  notAsked: z
    .array(checkpointName)
    .optional()
    .describe(
      'checkpoints at endpoints: they are not asked, since that may cost something, and have no answer on record',
    ),
  leftOut: z.strictObject({ datasets: z.int(), checkpoints: z.int() }).describe('older ones that were not looked at'),
});
