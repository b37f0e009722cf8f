import { z } from 'zod';
import { outcomeSchema } from '../agents/outcome.ts';

// What people are shown of an agent. Its texts come from models and from traces: whoever shows them makes them safe.

/** A part of something that an agent proposed: a cluster, a probe, an example. */
const partSchema = z.strictObject({
  what: z.string().describe('its title or text, cut'),
  traceIds: z.array(z.string()).describe('traces that it takes, once it was checked; empty where it is about none'),
  refused: z.string().nullable().describe('why it does not stand; null where it does'),
});

/** One call by which an agent handed something in, or wrote down a decision. */
export const proposalSchema = z.strictObject({
  turn: z.int(),
  call: z.int().describe('which call of the turn, from 1'),
  tool: z.string(),
  stands: z.boolean().describe('whether it is what the agent handed in last'),
  parts: z.array(partSchema),
});
export type Proposal = z.infer<typeof proposalSchema>;

const { agentId, role, model, folder, why, detail, counts, refused, refusals, compactions, decisions, usage } =
  outcomeSchema.shape;

export const transcriptSummarySchema = z.strictObject({
  agentId,
  role,
  iteration: z.int(),
  stage: z.string(),
  item: z.string().describe('which shard, cluster or other item of the stage it worked for'),
  folder: folder.describe('object key prefix of all that it left'),
  model: model.describe('name of the chat model; null where there was none, or it is not known yet'),
  why: z.enum([...why.options, 'working']).describe('how it ended; "working" while it has not'),
  detail,
  counts: counts.describe('whether what it handed in counts'),
  refused: refused.describe('calls and parts of proposals that were refused'),
  refusals: refusals.describe('why, with how often'),
  compactions: compactions.describe('how often older turns were dropped from its view'),
  decisions,
  usage,
  proposals: z.array(proposalSchema),
});
export type TranscriptSummary = z.infer<typeof transcriptSummarySchema>;

export const transcriptTurnSchema = z.strictObject({
  turn: z.int(),
  dropped: z.int().describe('turns that were dropped from its view just before this one'),
  text: z.string().describe('what the model said, cut'),
  calls: z.array(
    z.strictObject({
      name: z.string(),
      arguments: z.string().describe('as the model wrote them, cut'),
      result: z.string().nullable().describe('the beginning of what it was told; null while the call is not done'),
      failed: z.boolean(),
    }),
  ),
  note: z.string().nullable().describe('what the program said after it'),
  usage,
});
export type TranscriptTurn = z.infer<typeof transcriptTurnSchema>;

export const transcriptSchema = transcriptSummarySchema.extend({
  allowance: z
    .strictObject({
      turns: z.int().describe('of all agents of the run together'),
      turnsOfOne: z.int(),
      outputTokens: z.int().describe('of this one'),
      usd: z.number().nullable().describe('of all agents together; null for no limit'),
    })
    .nullable()
    .describe('what it may use; null where that is not on record'),
  spent: usage.describe('what all agents of the run have used so far'),
  turns: z.array(transcriptTurnSchema),
  leftOut: z.int().describe('turns that are not here: later ones than asked for, and such as were erased'),
});
export type Transcript = z.infer<typeof transcriptSchema>;
