import { z } from 'zod';
import { showCase } from '../../../agents/case.ts';
import { resultTokens } from '../../../agents/context.ts';
import { filledPrompt, readPrompt } from '../../../agents/prompt.ts';
import { shownText } from '../../../agents/shown-text.ts';
import { proposeProbes } from '../../../agents/tools/propose-probes.ts';
import { readExamples } from '../../../agents/tools/read-examples.ts';
import { readResult } from '../../../agents/tools/read-result.ts';
import { stepsTools } from '../../../agents/tools/read-steps.ts';
import { recordDecision } from '../../../agents/tools/record-decision.ts';
import { similarTraces } from '../../../agents/tools/similar-traces.ts';
import { type Probe, probeSchema } from '../../../domain/diagnosis/probe.ts';
import type { Analyst, ProbeRequest } from '../../../ports/analyst.ts';
import { kindOf } from '../../../ports/kind-of.ts';
import type { Ports } from '../../../ports/ports.ts';
import { toEnd } from '../../../ports/to-end.ts';
import { ProbeMaterial } from '../statistical/probe-material.ts';
import type { AgentRole, RoleWorld } from './agent-work.ts';
import { casesOf } from './case-of.ts';
import { commonAgent } from './common-agent.ts';
import { byId, evidenceBlock, showCluster, taskBlock } from './evidence.ts';
import { type ProbeWork, probeWorkSchema } from './work.ts';

const mostMembers = 200;
/** Records of the material that an agent can choose from: those most like the cluster. */
const mostMaterial = 60;

interface Made {
  readonly statistical: Analyst;
  readonly tasks: Ports['tasks'];
  readonly world: RoleWorld;
}

/** Chooses and writes the probes of one cluster. */
export function prober({ statistical, tasks, world }: Made): AgentRole<ProbeRequest, ProbeWork, readonly Probe[]> {
  const { objects } = world;
  return {
    role: 'prober',
    work: probeWorkSchema,
    async prepare(key, request) {
      const { run, task, cluster, members, count } = request;
      const probes = await toEnd(statistical.probes, key, request);
      const material = new ProbeMaterial(request).byLikeness(() => true).slice(0, mostMaterial);
      return {
        key,
        run,
        task,
        cluster,
        members: [...casesOf(members.slice(0, mostMembers), kindOf({ task }, { tasks }))],
        material: material.map(({ traceId, input, expected }) => ({ traceId, input, expected })),
        count,
        probes: [...probes],
      };
    },
    isWorth: ({ material, count }) => count > 0 && material.length > 0,
    async agent({ key, run, task, cluster, members, material, count }, chat, folder) {
      const kind = kindOf({ task }, { tasks });
      const known = byId(members);
      const { system, user } = filledPrompt(await readPrompt('prober'), {
        count: String(count),
        task: taskBlock(task, kind, chat),
        cluster: evidenceBlock('the cluster', [showCluster(cluster, known, kind)], chat),
        examples: evidenceBlock(
          'failures of the cluster',
          members.map((one) => showCase(one, kind, 300)),
          chat,
        ),
        // Not whether the champion has them right: probes are chosen for what they ask.
        material: evidenceBlock(
          'material',
          material.map(({ traceId, input, expected }) => ({
            traceId,
            input: shownText(input, 300),
            right: shownText(kind.show(expected), 300),
          })),
          { window: 3 * chat.window },
        ),
      });
      const rules = {
        clusterId: cluster.clusterId,
        material: new Map(material.map((one) => [one.traceId, one])),
        memberInputs: members.map(({ input }) => input),
        task,
        kind,
        count,
      };
      return {
        ...commonAgent({ key, run }, chat, folder),
        role: 'prober',
        system,
        request: user,
        tools: [
          readExamples(known, kind),
          ...stepsTools(known),
          similarTraces(known, kind),
          readResult(objects, folder, resultTokens(chat)),
          recordDecision(objects),
          proposeProbes(objects, rules),
        ],
        handsInBy: 'propose_probes',
      };
    },
    async finish({ probes, count }, handedIn) {
      const own = handedIn === null ? [] : z.array(probeSchema).parse(handedIn);
      const inputs = new Set(own.map(({ input }) => input));
      return [...own, ...probes.filter(({ input }) => !inputs.has(input))].slice(0, count);
    },
  };
}
