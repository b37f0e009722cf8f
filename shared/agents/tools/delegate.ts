import { z } from 'zod';
import { RatchetError } from '../../domain/base/errors.ts';
import type { Json } from '../../domain/base/json.ts';
import type { TaskKind } from '../../domain/base/task-kind.ts';
import type { Agent } from '../agent.ts';
import { type Case, showCase } from '../case.ts';
import { resultTokens } from '../context.ts';
import { dataBlock } from '../data-block.ts';
import { fitting } from '../fitting.ts';
import { outcomeOf, writeOutcome } from '../outcome.ts';
import { filledPrompt, readPrompt } from '../prompt.ts';
import { shownText } from '../shown-text.ts';
import { type AgentWorld, workAgent } from '../work-agent.ts';
import { confusions } from './confusions.ts';
import { readExamples } from './read-examples.ts';
import { readResult } from './read-result.ts';
import { stepsTools } from './read-steps.ts';
import { findingSchema, reportFindings } from './report-findings.ts';
import { similarTraces } from './similar-traces.ts';
import type { Tool, WorkPlace } from './tool.ts';

/** Sub-agents of one call, and turns that one may take. */
const mostSubAgents = 8;
const mostTurns = 20;
const usualTurns = 8;
/** Of the window, for the traces that a sub-agent starts from; three bytes a token. */
const examplesShare = 0.15;

const stances = {
  investigator: 'You find out what is so.',
  skeptic: 'You look for what speaks against what the question takes for granted, and say so where you find nothing.',
} as const;

const given = z.strictObject({
  tasks: z
    .array(
      z.strictObject({
        role: z.enum(['investigator', 'skeptic']).default('investigator'),
        subject: z.string().max(100).describe('id of a cluster that you were told of'),
        question: z.string().trim().min(1).max(400),
        turns: z.int().min(1).max(mostTurns).default(usualTurns).describe('that it may take, out of your own budget'),
      }),
    )
    .min(1)
    .max(mostSubAgents),
});
type Task = z.infer<typeof given>['tasks'][number];

/** What a question can be about. */
export interface Subject {
  readonly shown: Json;
  readonly cases: readonly Case[];
}

export interface DelegateOptions {
  readonly agent: Pick<Agent, 'agentId' | 'runId' | 'seed' | 'limits'>;
  /** By id. */
  readonly subjects: ReadonlyMap<string, Subject>;
  readonly kind: TaskKind;
  /** The task in a block. */
  readonly task: string;
  readonly world: AgentWorld;
}

/**
 * Hands questions to sub-agents, which work side by side on the run's one budget and hand back findings, each with the
 * traces that show it. They have no tool that changes anything but what they hand in, and delegate nothing themselves.
 * What they are is stored like any agent, so that whoever goes on with the call goes on with them.
 */
export function delegate(options: DelegateOptions): Tool {
  const tool: Tool<z.infer<typeof given>> = {
    name: 'delegate',
    description: `Hands up to ${mostSubAgents} questions to sub-agents that work side by side, each about one cluster. Their findings come back, each with the ids of traces that show it. They take turns out of the same budget as you.`,
    given,
    async work({ tasks }, place) {
      const unknown = tasks.find(({ subject }) => !options.subjects.has(subject));
      if (unknown !== undefined) {
        throw new RatchetError(
          'InvalidInput',
          `There is no cluster ${JSON.stringify(unknown.subject.slice(0, 40))} here.`,
        );
      }
      const results = await Promise.all(tasks.map((task, at) => workOn(task, at + 1, place, options)));
      const done = results.filter((one) => one !== null);
      return done.length < results.length ? null : { value: done };
    },
  };
  return tool as unknown as Tool;
}

/** Goes on with one sub-agent; null where there is no time left for it to end. */
async function workOn(task: Task, number: number, place: WorkPlace, options: DelegateOptions): Promise<Json | null> {
  const { world } = options;
  const agent = await subAgent(task, number, place, options);
  for (;;) {
    const { state } = await workAgent(agent, world, place.deadline);
    if (state.ended === null) {
      // One that has to wait for the model is asked again at once: the others work meanwhile.
      if (world.clock.now() >= place.deadline - leastTime) return null;
      continue;
    }
    await writeOutcome(world.objects, outcomeOf(state, agent.folder, world.chat.name));
    const findings = state.handedIn === null ? [] : z.array(findingSchema).parse(state.handedIn);
    return {
      subject: task.subject,
      role: task.role,
      ended: state.ended.why,
      findings: findings.map(({ finding, traceIds }) => ({ finding, traceIds })),
    };
  }
}

/** What a turn may take, milliseconds: with less time left, the next slice takes it. */
const leastTime = 60_000;

async function subAgent(
  { role, subject: id, question, turns }: Task,
  number: number,
  { folder }: WorkPlace,
  { agent, subjects, kind, task, world }: DelegateOptions,
): Promise<Agent> {
  const { objects, chat } = world;
  const { shown, cases } = subjects.get(id) ?? { shown: null, cases: [] };
  const known = new Map(cases.map((one) => [one.traceId, one]));
  const own = `${folder}/${number}.agent`;
  const examples = cases.map((one) => showCase(one, kind, 300));
  const { system, user } = filledPrompt(await readPrompt('sub-agent'), {
    stance: stances[role],
    turns: String(turns),
    task,
    question: dataBlock('the question of the agent that asks', [shownText(question)]),
    subject: dataBlock('the cluster', [shown]),
    examples: dataBlock('traces', fitting(examples, Math.floor(chat.window * examplesShare * 3))),
  });
  return {
    agentId: `${agent.agentId}/${own.split('/').slice(-2).join('/')}`,
    role: 'sub-agent',
    runId: agent.runId,
    folder: own,
    system,
    request: user,
    pins: [],
    tools: [
      confusions(known, kind),
      readExamples(known, kind),
      ...stepsTools(known),
      similarTraces(known, kind),
      readResult(objects, own, resultTokens(chat)),
      reportFindings(objects, known),
    ],
    handsInBy: 'report_findings',
    limits: { ...agent.limits, turns: Math.min(turns, agent.limits.turns) },
    seed: agent.seed,
  };
}
