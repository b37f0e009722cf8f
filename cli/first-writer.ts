import { plural } from '../shared/domain/base/wording.ts';
import type { CreateRequest } from '../shared/operations/create-model.ts';
import { analystNamed } from '../shared/ports/back-ends.ts';
import type { Ports } from '../shared/ports/ports.ts';
import type { Session } from './session.ts';

interface WriterOptions {
  /** What the model is for; nothing is written without it. */
  readonly describe?: string | undefined;
  /** Clusters that people have named: nothing is written without their labels. */
  readonly fromClusters?: string | undefined;
  /** US dollars. */
  readonly budget?: number | undefined;
  readonly seed: number;
}

/** Agents of the chat model that write examples beside those of named clusters; null where none are asked for, or there is no chat model. */
export async function firstWriter(
  { describe: description, fromClusters, budget, seed }: WriterOptions,
  session: Session,
  ports: Ports,
): Promise<NonNullable<CreateRequest['write']> | null> {
  if (description === undefined || fromClusters === undefined) return null;
  const { hasChat } = await import('./chat-at-hand.ts');
  if (!(await hasChat(session))) {
    session.output.say(
      'Note: no chat model is configured (RATCHET_CHAT_URL, RATCHET_CHAT_MODEL), so no examples are written.',
    );
    return null;
  }
  const { agentsAnalyst } = await import('../shared/adapters/analysts/agents/agents-analyst.ts');
  const { writeFirstExamples } = await import('../shared/operations/write-first-examples.ts');
  return async (model, examples) => {
    const onProgress = (done: number, total: number) => session.progress.stageProgress('train', done, total, 'labels');
    const request = { model, examples, description, budgetUsd: budget ?? null, seed, onProgress };
    const {
      examples: written,
      labels,
      usd,
      folder,
    } = await writeFirstExamples(request, analystNamed(agentsAnalyst, ports), ports);
    session.output.say(
      labels === 0
        ? 'Every label has texts enough; agents write nothing.'
        : `Agents wrote ${plural(written.length, 'example')} for ${plural(labels, 'label')} with few texts ($${usd.toFixed(4)}); what they did: ${folder}`,
    );
    return written;
  };
}
