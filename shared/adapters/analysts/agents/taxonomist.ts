import { z } from 'zod';
import type { Case } from '../../../agents/case.ts';
import { resultTokens } from '../../../agents/context.ts';
import { filledPrompt, readPrompt } from '../../../agents/prompt.ts';
import { shownText } from '../../../agents/shown-text.ts';
import { confusions } from '../../../agents/tools/confusions.ts';
import { proposeClusters } from '../../../agents/tools/propose-clusters.ts';
import { readExamples } from '../../../agents/tools/read-examples.ts';
import { readResult } from '../../../agents/tools/read-result.ts';
import { recordDecision } from '../../../agents/tools/record-decision.ts';
import { similarTraces } from '../../../agents/tools/similar-traces.ts';
import { acceptedClusterSchema, type Source } from '../../../domain/diagnosis/proposed-clusters.ts';
import type { Taxonomy } from '../../../domain/diagnosis/taxonomy.ts';
import type { Analyst, TaxonomyRequest } from '../../../ports/analyst.ts';
import { kindOf } from '../../../ports/kind-of.ts';
import type { Ports } from '../../../ports/ports.ts';
import { toEnd } from '../../../ports/to-end.ts';
import { failuresIn, rebuildTaxonomy } from '../statistical/rebuild-taxonomy.ts';
import type { AgentRole, RoleWorld } from './agent-work.ts';
import { commonAgent } from './common-agent.ts';
import { byId, evidenceBlock, showCluster, taskBlock } from './evidence.ts';
import { analysisSchema, type TaxonomyWork, taxonomyWorkSchema } from './work.ts';

const mostCases = 2_000;

interface Made {
  readonly statistical: Analyst;
  readonly tasks: Ports['tasks'];
  readonly world: RoleWorld;
}

/** Makes one list of clusters of what counting found and what the analyzers of the shards found. */
export function taxonomist({ statistical, tasks, world }: Made): AgentRole<TaxonomyRequest, TaxonomyWork, Taxonomy> {
  const { objects } = world;
  return {
    role: 'taxonomist',
    work: taxonomyWorkSchema,
    async prepare(key, { analyses, ...request }) {
      const { run, task, smallestCluster, maxClusters } = request;
      const read = z.array(analysisSchema).parse(analyses);
      const counted = read.map((one) => one.counted);
      const taxonomy = await toEnd(statistical.taxonomy, key, { ...request, analyses: counted });
      const cases = failuresIn(counted)
        .slice(0, mostCases)
        .map(({ traceId, input, expected, answer, confidence }): Case => {
          return { traceId, input: input.slice(0, 2_000).toWellFormed(), expected, answer, confidence, failed: true };
        });
      const groups = read.flatMap((one) => one.groups);
      return { key, run, task, counted, taxonomy, groups, cases, smallestCluster, maxClusters };
    },
    isWorth: ({ taxonomy, groups }) => taxonomy.clusters.length + groups.length > 0,
    async agent({ key, run, task, taxonomy, groups, cases, smallestCluster, maxClusters }, chat, folder) {
      const kind = kindOf({ task }, { tasks });
      const known = byId(cases);
      const { clusters } = taxonomy;
      const { system, user } = filledPrompt(await readPrompt('taxonomist'), {
        causes: kind.causes.join(', '),
        smallest: String(smallestCluster),
        most: String(maxClusters),
        task: taskBlock(task, kind, chat),
        clusters: evidenceBlock(
          'clusters',
          clusters.map((one) => showCluster(one, known, kind)),
          chat,
        ),
        groups: evidenceBlock(
          'groups',
          groups.map(({ groupId, title, cause, why, traceIds }) => ({
            id: groupId,
            title: shownText(title),
            cause,
            why: shownText(why),
            failures: traceIds.length,
          })),
          chat,
        ),
      });
      const rules = {
        sources: new Map<string, Source>([
          ...clusters.map((one): [string, Source] => [one.clusterId, one]),
          ...groups.map((one): [string, Source] => [one.groupId, one]),
        ]),
        homes: clusters,
        causes: kind.causes,
        smallest: smallestCluster,
        most: maxClusters,
      };
      return {
        ...commonAgent({ key, run }, chat, folder),
        role: 'taxonomist',
        system,
        request: user,
        tools: [
          confusions(known, kind),
          readExamples(known, kind),
          similarTraces(known, kind),
          readResult(objects, folder, resultTokens(chat)),
          recordDecision(objects),
          proposeClusters(objects, rules, 'ids of clusters and groups'),
        ],
        handsInBy: 'propose_clusters',
      };
    },
    async finish({ task, counted, taxonomy }, handedIn) {
      if (handedIn === null) return taxonomy;
      const accepted = z.array(acceptedClusterSchema).parse(handedIn);
      return rebuildTaxonomy({ taxonomy, analyses: counted, accepted }, kindOf({ task }, { tasks }));
    },
  };
}
