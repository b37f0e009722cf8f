import { z } from 'zod';
import { readState } from '../../../agents/agent-files.ts';
import { resultTokens } from '../../../agents/context.ts';
import { agentFolder } from '../../../agents/outcome.ts';
import { filledPrompt, readPrompt } from '../../../agents/prompt.ts';
import { shownJson, shownText } from '../../../agents/shown-text.ts';
import { chooseMove, chosenMoveSchema } from '../../../agents/tools/choose-move.ts';
import { confusions } from '../../../agents/tools/confusions.ts';
import { delegate } from '../../../agents/tools/delegate.ts';
import { readNotes, writeNotes } from '../../../agents/tools/notes.ts';
import { readExamples } from '../../../agents/tools/read-examples.ts';
import { readResult } from '../../../agents/tools/read-result.ts';
import { readRows } from '../../../agents/tools/read-rows.ts';
import { stepsTools } from '../../../agents/tools/read-steps.ts';
import { similarTraces } from '../../../agents/tools/similar-traces.ts';
import type { Advice, AdviceRequest } from '../../../ports/analyst.ts';
import { kindOf } from '../../../ports/kind-of.ts';
import type { Ports } from '../../../ports/ports.ts';
import type { AgentRole, RoleWorld } from './agent-work.ts';
import { casesOf } from './case-of.ts';
import { commonAgent } from './common-agent.ts';
import { byId, evidenceBlock, showCluster, taskBlock } from './evidence.ts';
import { subjectsOf } from './subjects.ts';
import { type AdviceWork, adviceWorkSchema } from './work.ts';

/** What it can look at. */
const mostFailures = 1_000;
const mostPasses = 300;
/** Notes of before that it has pinned from the start: the latest. */
const mostPinned = 12;

interface Made {
  readonly tasks: Ports['tasks'];
  readonly world: RoleWorld;
}

/** Chooses among the moves that the policy allows, and keeps notes for later iterations. */
export function strategist({ tasks, world }: Made): AgentRole<AdviceRequest, AdviceWork, Advice> {
  const { objects, budgets, clock, waits } = world;
  return {
    role: 'strategist',
    work: adviceWorkSchema,
    async prepare(key, { run, task, iteration, moves, policy, scores, lineage, taxonomy, records, notes }) {
      const kind = kindOf({ task }, { tasks });
      const failures = records.filter(({ verdict }) => verdict === 'fail').slice(0, mostFailures);
      const passes = records.filter(({ verdict }) => verdict === 'pass').slice(0, mostPasses);
      return {
        key,
        run,
        task,
        iteration,
        moves: [...moves],
        policy,
        scores: [...scores],
        lineage: [...lineage],
        clusters: taxonomy.clusters.slice(),
        cases: [...casesOf([...failures, ...passes], kind)],
        notes: [...notes],
      };
    },
    isWorth: ({ moves }) => moves.length > 1,
    async agent(work, chat, folder) {
      const { key, run, task, iteration, moves, policy, scores, lineage, clusters, cases, notes } = work;
      const kind = kindOf({ task }, { tasks });
      const known = byId(cases);
      const shownClusters = clusters.map((one) => showCluster(one, known, kind));
      const taskText = taskBlock(task, kind, chat);
      const { system, user } = filledPrompt(await readPrompt('strategist'), {
        iteration: String(iteration),
        task: taskText,
        policy: evidenceBlock('the policy', [shownText(policy, 1_000)], chat),
        moves: evidenceBlock(
          'allowed moves',
          moves.map(({ name, changes }) => ({ name, changes })),
          chat,
        ),
        scores: evidenceBlock(
          'figures',
          scores.map((row) => shownJson(row, 300)),
          chat,
        ),
        clusters: evidenceBlock('clusters', shownClusters, chat),
        notes: evidenceBlock(
          'notes',
          notes.map(({ iteration: of, by, text }) => ({ iteration: of, by, text: shownText(text, 500) })).reverse(),
          chat,
        ),
      });
      const common = commonAgent({ key, run }, chat, folder);
      return {
        ...common,
        role: 'strategist',
        pins: notes
          .filter(({ text }) => shownText(text) === text)
          .slice(-mostPinned)
          .map(({ by, iteration: of, text }) => ({
            kind: by === 'run' ? ('evaluation' as const) : ('decision' as const),
            text: `iteration ${of}: ${text}`,
          })),
        system,
        request: user,
        tools: [
          readRows(
            'read_scores',
            'Shows the figures of all iterations and candidates, and what the gate says.',
            scores,
          ),
          readRows('read_lineage', 'Shows the datasets and checkpoints of the lineage.', lineage),
          readRows('read_taxonomy', 'Shows the clusters of failures.', shownClusters),
          confusions(known, kind),
          readExamples(known, kind),
          ...stepsTools(known),
          similarTraces(known, kind),
          readNotes(notes),
          writeNotes(objects),
          readResult(objects, folder, resultTokens(chat)),
          delegate({
            agent: common,
            subjects: subjectsOf(clusters, known, kind),
            kind,
            task: taskText,
            world: { chat, budgets, objects, clock, ...(waits !== undefined && { waits }) },
          }),
          chooseMove(
            objects,
            moves.map(({ name }) => name),
          ),
        ],
        handsInBy: 'choose_move',
      };
    },
    async finish({ key, notes: before }, handedIn) {
      const state = await readState(objects, agentFolder(key));
      const own = (state?.pins ?? []).filter(({ kind }) => kind === 'decision').map(({ text }) => text);
      const old = new Set(before.map(({ iteration, text }) => `iteration ${iteration}: ${text}`));
      const notes = own.filter((text) => !old.has(text));
      if (handedIn === null) return { move: null, why: '', notes };
      return { ...z.strictObject(chosenMoveSchema.shape).parse(handedIn), notes };
    },
  };
}
