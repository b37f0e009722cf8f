import { z } from 'zod';
import { showCase } from '../../../agents/case.ts';
import { resultTokens } from '../../../agents/context.ts';
import { filledPrompt, readPrompt } from '../../../agents/prompt.ts';
import { confusions } from '../../../agents/tools/confusions.ts';
import { delegate } from '../../../agents/tools/delegate.ts';
import { proposeClusters } from '../../../agents/tools/propose-clusters.ts';
import { queryTraces } from '../../../agents/tools/query-traces.ts';
import { readExamples } from '../../../agents/tools/read-examples.ts';
import { readResult } from '../../../agents/tools/read-result.ts';
import { stepsTools } from '../../../agents/tools/read-steps.ts';
import { recordDecision } from '../../../agents/tools/record-decision.ts';
import { similarTraces } from '../../../agents/tools/similar-traces.ts';
import { type Json, jsonSchema } from '../../../domain/base/json.ts';
import { acceptedClusterSchema } from '../../../domain/diagnosis/proposed-clusters.ts';
import type { Analyst, ShardRequest } from '../../../ports/analyst.ts';
import { kindOf } from '../../../ports/kind-of.ts';
import type { Ports } from '../../../ports/ports.ts';
import { toEnd } from '../../../ports/to-end.ts';
import type { TraceQuery } from '../../../ports/trace-query.ts';
import type { AgentRole, RoleWorld } from './agent-work.ts';
import { casesOf } from './case-of.ts';
import { commonAgent } from './common-agent.ts';
import { byId, evidenceBlock, showCluster, taskBlock } from './evidence.ts';
import { subjectsOf } from './subjects.ts';
import { type Group, type ShardWork, shardWorkSchema } from './work.ts';

/** What an agent can look at of one shard; beyond, counting knows more. */
const mostFailures = 2_000;
const mostPasses = 500;
const smallestGroup = 2;
const mostGroups = 40;

interface Made {
  readonly statistical: Analyst;
  readonly tasks: Ports['tasks'];
  readonly world: RoleWorld;
  /** Absent where traces cannot be queried. */
  readonly traceQuery: TraceQuery | undefined;
}

/** Looks at one shard: what failed, and why. */
export function traceAnalyzer({
  statistical,
  tasks,
  world,
  traceQuery,
}: Made): AgentRole<ShardRequest, ShardWork, Json> {
  const { objects, budgets, clock, waits } = world;
  return {
    role: 'trace-analyzer',
    work: shardWorkSchema,
    async prepare(key, request) {
      const { run, task, shardId, records } = request;
      const counted = await toEnd(statistical.analyze, key, request);
      const limits = { smallestCluster: smallestGroup, maxClusters: mostGroups };
      const taxonomy = await toEnd(statistical.taxonomy, key, { run, task, analyses: [counted], ...limits });
      const failures = records.filter(({ verdict }) => verdict === 'fail').slice(0, mostFailures);
      const passes = records.filter(({ verdict }) => verdict === 'pass').slice(0, mostPasses);
      return {
        key,
        run,
        task,
        shardId,
        counted,
        clusters: taxonomy.clusters,
        cases: [...casesOf([...failures, ...passes], kindOf({ task }, { tasks }))],
        traceIds: records.map(({ traceId }) => traceId),
      };
    },
    isWorth: ({ cases }) => cases.filter(({ failed }) => failed).length >= smallestGroup,
    async agent({ key, run, task, shardId, clusters, cases, traceIds }, chat, folder) {
      const kind = kindOf({ task }, { tasks });
      const known = byId(cases);
      const failures = cases.filter(({ failed }) => failed);
      const taskText = taskBlock(task, kind, chat);
      const { system, user } = filledPrompt(await readPrompt('trace-analyzer'), {
        causes: kind.causes.join(', '),
        shard: shardId,
        failures: String(failures.length),
        records: String(traceIds.length),
        task: taskText,
        clusters: evidenceBlock(
          'clusters that counting made',
          clusters.map((one) => showCluster(one, known, kind)),
          chat,
        ),
        examples: evidenceBlock(
          'failures',
          failures.map((one) => showCase(one, kind, 300)),
          chat,
        ),
      });
      const rules = {
        sources: new Map(failures.map(({ traceId }) => [traceId, { traceIds: [traceId] }])),
        homes: [],
        causes: kind.causes,
        smallest: smallestGroup,
        most: mostGroups,
      };
      const common = commonAgent({ key, run }, chat, folder);
      return {
        ...common,
        role: 'trace-analyzer',
        system,
        request: user,
        tools: [
          ...(traceQuery === undefined ? [] : [queryTraces({ traceQuery, modelId: run.modelId, traceIds })]),
          confusions(known, kind),
          readExamples(known, kind),
          ...stepsTools(known),
          similarTraces(known, kind),
          readResult(objects, folder, resultTokens(chat)),
          recordDecision(objects),
          delegate({
            agent: common,
            subjects: subjectsOf(clusters, known, kind),
            kind,
            task: taskText,
            world: { chat, budgets, objects, clock, ...(waits !== undefined && { waits }) },
          }),
          proposeClusters(objects, rules, 'ids of failing traces'),
        ],
        handsInBy: 'propose_clusters',
      };
    },
    async finish({ shardId, counted }, handedIn) {
      const accepted = handedIn === null ? [] : z.array(acceptedClusterSchema).parse(handedIn);
      const groups = accepted.map((group, at): Group => ({ groupId: `${shardId}-g${at + 1}`, ...group }));
      return jsonSchema.parse({ counted, groups });
    },
  };
}
