import { z } from 'zod';
import { agentRunSchema } from '../../../agents/agent-run.ts';
import { caseSchema } from '../../../agents/case.ts';
import { jsonSchema } from '../../../domain/base/json.ts';
import { outputSchema } from '../../../domain/base/output.ts';
import { taskSpecSchema } from '../../../domain/base/task-spec.ts';
import { probeSchema } from '../../../domain/diagnosis/probe.ts';
import { rootCauseSchema } from '../../../domain/diagnosis/root-cause.ts';
import { clusterSchema, taxonomySchema } from '../../../domain/diagnosis/taxonomy.ts';

// What agents' work is made of, stored when it begins: whoever goes on with it has nothing but its handle.

const head = { key: z.string(), run: agentRunSchema, task: taskSpecSchema } as const;

export const shardWorkSchema = z.strictObject({
  ...head,
  shardId: z.string(),
  /** What the statistical analyst says of the shard. */
  counted: jsonSchema,
  /** The clusters that counting makes of the shard alone. */
  clusters: z.array(clusterSchema),
  /** Failures, and passes beside them. */
  cases: z.array(caseSchema),
  /** All traces of the shard. */
  traceIds: z.array(z.string()),
});
export type ShardWork = z.infer<typeof shardWorkSchema>;

/** A group of failures that the analyzer of a shard made. */
export const groupSchema = z.strictObject({
  groupId: z.string(),
  title: z.string(),
  cause: rootCauseSchema,
  why: z.string(),
  traceIds: z.array(z.string()),
});
export type Group = z.infer<typeof groupSchema>;

/** What the analysis of one shard is to the analyst of agents. */
export const analysisSchema = z.strictObject({ counted: jsonSchema, groups: z.array(groupSchema) });

export const taxonomyWorkSchema = z.strictObject({
  ...head,
  counted: z.array(jsonSchema),
  taxonomy: taxonomySchema,
  groups: z.array(groupSchema),
  cases: z.array(caseSchema),
  smallestCluster: z.int(),
  maxClusters: z.int(),
});
export type TaxonomyWork = z.infer<typeof taxonomyWorkSchema>;

const materialSchema = z.strictObject({ traceId: z.string(), input: z.string(), expected: outputSchema });

export const probeWorkSchema = z.strictObject({
  ...head,
  cluster: clusterSchema,
  members: z.array(caseSchema),
  material: z.array(materialSchema),
  count: z.int(),
  /** What the statistical analyst proposes. */
  probes: z.array(probeSchema),
});
export type ProbeWork = z.infer<typeof probeWorkSchema>;

export const exampleWorkSchema = z.strictObject({
  ...head,
  cluster: clusterSchema,
  members: z.array(caseSchema),
  passes: z.array(caseSchema),
  /** Probes that the champion failed. */
  probes: z.array(materialSchema),
  onRecord: z.array(z.string()),
});
export type ExampleWork = z.infer<typeof exampleWorkSchema>;

export const adviceWorkSchema = z.strictObject({
  ...head,
  iteration: z.int(),
  moves: z.array(z.strictObject({ name: z.string(), changes: z.string() })),
  policy: z.string(),
  scores: z.array(jsonSchema),
  lineage: z.array(jsonSchema),
  clusters: z.array(clusterSchema),
  cases: z.array(caseSchema),
  notes: z.array(z.strictObject({ iteration: z.int(), by: z.enum(['run', 'strategist']), text: z.string() })),
});
export type AdviceWork = z.infer<typeof adviceWorkSchema>;
