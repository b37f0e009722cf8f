import { RatchetError } from '../shared/domain/base/errors.ts';
import { plural } from '../shared/domain/base/wording.ts';
import type { NamedCluster } from '../shared/domain/cold-start/propose-clusters.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { inputName, openInput } from './open-input.ts';
import { printableLine } from './printable.ts';
import { commandResult } from './results.ts';
import type { Session } from './session.ts';

/** How long a chat model may take to name clusters. */
const namingMs = 15 * 60_000;

/** As the command line has them. */
interface OfferOptions {
  readonly clusters: number;
  readonly to?: string | undefined;
  readonly force: boolean;
  /** What the model is for; a chat model is asked for labels by it. */
  readonly describe?: string | undefined;
  readonly labels: readonly string[];
  readonly label: readonly string[];
  /** US dollars that asking may cost. */
  readonly budget?: number | undefined;
  readonly seed: number;
  readonly foundation?: string | undefined;
}

/** Sorts texts that nobody has labelled into clusters, and writes them to be named. */
export async function offerClusters(
  modelId: string,
  path: string,
  options: OfferOptions,
  session: Session,
): Promise<ExitCode> {
  const { readTexts } = await import('../shared/intake/read-texts.ts');
  const { proposeClusters } = await import('../shared/domain/cold-start/propose-clusters.ts');
  const { writeNewFile } = await import('./write-new-file.ts');
  const { texts, refused } = await readTexts(await openInput(path, session.io.stdin));
  const { to = `${modelId}-clusters.jsonl`, force } = options;
  const found = proposeClusters(texts, options.clusters);
  if (found.length === 0) {
    throw new RatchetError('InvalidInput', `${inputName(path)} holds no text.`, {
      mend: 'Give a file with a text a line, or {"input": "…"} a line.',
    });
  }
  const clusters = await withProposals(found, options, session);
  const file = await writeNewFile(
    to,
    clusters.map((cluster) => `${JSON.stringify(cluster)}\n`),
    force,
  );
  const { keepClusters } = await import('../shared/operations/kept-clusters.ts');
  const { ports } = await session.open({ create: true });
  const how = { seed: options.seed, foundation: options.foundation ?? null };
  const isKept = await keepClusters(modelId, clusters, how, ports);
  const inputs = clusters.reduce((sum, { size }) => sum + size, 0);
  await session.output.result(
    commandResult('create', { model: modelId, clusters: clusters.length, inputs, refused, file }),
    [
      `${plural(inputs, 'text')} in ${plural(clusters.length, 'cluster')}: ${file}`,
      ...clusters.map(({ cluster, label, size, words, inputs: [first = ''] }) =>
        printableLine(
          `  ${cluster.padStart(3)}  ${String(size).padStart(5)}  ${label === '' ? words.slice(0, 4).join(', ') : label}: ${first}`,
          120,
        ),
      ),
    ],
  );
  const next = clusters.some(({ label }) => label !== '')
    ? 'look at the labels proposed and correct them'
    : 'fill in "label" of each line';
  session.output.say(`Next: ${next}, then: ratchet create ${modelId} --from-clusters ${to}`);
  if (isKept) {
    session.output.say(
      `Or in a browser: ratchet serve${session.stackOption}, then /#/models/${modelId}/clusters of its page.`,
    );
  }
  return exitCodes.done;
}

/** The clusters with labels that a chat model proposes, where one is wanted and there; what it costs is told. */
async function withProposals(
  clusters: readonly NamedCluster[],
  { describe: description, labels, label, budget }: OfferOptions,
  session: Session,
): Promise<readonly NamedCluster[]> {
  if (description === undefined) return clusters;
  const { workspaceChat } = await import('./workspace-chat.ts');
  const { SystemClock } = await import('../shared/adapters/local/system-clock.ts');
  const clock = new SystemClock();
  const chat = await workspaceChat(session.directory, session.io.env, clock);
  if (chat === null) {
    session.output.say(
      'Note: no chat model is configured (RATCHET_CHAT_URL, RATCHET_CHAT_MODEL), so no labels are proposed.',
    );
    return clusters;
  }
  const { nameClusters } = await import('../shared/agents/name-clusters.ts');
  const deadline = clock.now() + namingMs;
  const request = { clusters, description, labels: [...labels, ...label], budgetUsd: budget ?? null, deadline };
  const named = await nameClusters(request, chat);
  const count = named.clusters.filter((one) => one.label !== '').length;
  session.output.say(
    `${chat.name} proposes labels for ${count} of ${plural(clusters.length, 'cluster')} ($${named.usd.toFixed(4)}).`,
  );
  return named.clusters;
}
