import { z } from 'zod';
import { showCase } from '../../../agents/case.ts';
import { resultTokens } from '../../../agents/context.ts';
import { filledPrompt, readPrompt } from '../../../agents/prompt.ts';
import { shownText } from '../../../agents/shown-text.ts';
import { proposeExamples, writtenExampleSchema } from '../../../agents/tools/propose-examples.ts';
import { readExamples } from '../../../agents/tools/read-examples.ts';
import { readResult } from '../../../agents/tools/read-result.ts';
import { stepsTools } from '../../../agents/tools/read-steps.ts';
import { recordDecision } from '../../../agents/tools/record-decision.ts';
import { similarTraces } from '../../../agents/tools/similar-traces.ts';
import type { ExampleRequest, WrittenExample } from '../../../ports/analyst.ts';
import { readJsonl } from '../../../ports/documents.ts';
import { kindOf } from '../../../ports/kind-of.ts';
import type { Ports } from '../../../ports/ports.ts';
import type { AgentRole, RoleWorld } from './agent-work.ts';
import { casesOf } from './case-of.ts';
import { commonAgent } from './common-agent.ts';
import { byId, evidenceBlock, showCluster, taskBlock } from './evidence.ts';
import { type ExampleWork, exampleWorkSchema } from './work.ts';

/** What an agent can write after. */
const mostMembers = 200;
const mostPasses = 200;
const mostProbes = 20;
/** Gold that is written for one cluster: as much as it has failures, and no more than this. */
const mostGold = 24;
const leastGold = 3;

const onRecordSchema = z.object({ input: z.string() });

interface Made {
  readonly tasks: Ports['tasks'];
  readonly world: RoleWorld;
}

/** Writes the examples of one cluster that no trace gives. */
export function curriculumWriter({
  tasks,
  world,
}: Made): AgentRole<ExampleRequest, ExampleWork, readonly WrittenExample[]> {
  const { objects } = world;
  return {
    role: 'curriculum-writer',
    work: exampleWorkSchema,
    async prepare(key, { run, task, cluster, members, passes, failingProbes, onRecord }) {
      return {
        key,
        run,
        task,
        cluster,
        members: [...casesOf(members.slice(0, mostMembers), kindOf({ task }, { tasks }))],
        passes: [...casesOf(passes.slice(0, mostPasses), kindOf({ task }, { tasks }))],
        probes: failingProbes
          .slice(0, mostProbes)
          .map(({ traceId, input, expected }) => ({ traceId, input, expected })),
        onRecord: [...onRecord],
      };
    },
    isWorth: ({ cluster, members }) => cluster.fixability === 'fixable' && members.length > 0,
    async agent({ key, run, task, cluster, members, passes, probes, onRecord }, chat, folder) {
      const kind = kindOf({ task }, { tasks });
      const known = byId([...members, ...passes]);
      const most = Math.max(leastGold, Math.min(mostGold, members.length));
      const { system, user } = filledPrompt(await readPrompt('curriculum-writer'), {
        most: String(most),
        answer: kind.anchored
          ? 'name its places in your text by the same names, each with its words'
          : 'leave it out, and it is taken from there',
        task: taskBlock(task, kind, chat),
        cluster: evidenceBlock('the cluster', [showCluster(cluster, known, kind)], chat),
        failures: evidenceBlock(
          'failures of the cluster',
          members.map((one) => showCase(one, kind, 400)),
          chat,
        ),
        passes: evidenceBlock(
          'passing traces beside them',
          passes.map((one) => showCase(one, kind, 400)),
          chat,
        ),
        probes: evidenceBlock(
          'probes that the model failed',
          probes.map(({ input, expected }) => ({
            input: shownText(input, 400),
            right: shownText(kind.show(expected), 400),
          })),
          chat,
        ),
      });
      const common = commonAgent({ key, run }, chat, folder);
      const rules = async () => ({
        failures: byId(members),
        passes: byId(passes),
        onRecord: await textsOnRecord(onRecord),
        task,
        kind,
        most,
      });
      return {
        ...common,
        role: 'curriculum-writer',
        system,
        request: user,
        tools: [
          readExamples(known, kind),
          ...stepsTools(known),
          similarTraces(known, kind),
          readResult(objects, folder, resultTokens(chat)),
          recordDecision(objects),
          proposeExamples(objects, rules, { runId: run.runId, agentId: common.agentId }),
        ],
        handsInBy: 'propose_examples',
      };
    },
    async finish(_work, handedIn) {
      return handedIn === null ? [] : z.array(writtenExampleSchema).parse(handedIn);
    },
  };

  async function textsOnRecord(keys: readonly string[]): Promise<readonly string[]> {
    const files = await Promise.all(keys.map((key) => readJsonl(objects, key, onRecordSchema)));
    return [...new Set(files.flatMap((lines) => lines.map(({ input }) => input)))];
  }
}
