import type { Case } from '../../../agents/case.ts';
import { showCase } from '../../../agents/case.ts';
import { dataBlock } from '../../../agents/data-block.ts';
import { fitting } from '../../../agents/fitting.ts';
import { shownText } from '../../../agents/shown-text.ts';
import type { Json } from '../../../domain/base/json.ts';
import type { TaskKind } from '../../../domain/base/task-kind.ts';
import type { TaskSpec } from '../../../domain/base/task-spec.ts';
import type { Cluster } from '../../../domain/diagnosis/taxonomy.ts';
import type { ChatModel } from '../../../ports/chat-model.ts';

/** Of the window, for each part of the evidence that an agent starts from; three bytes a token. */
const partShare = 0.05;

/** Bytes for one part of what an agent starts from. */
export function partBytes({ window }: Pick<ChatModel, 'window'>): number {
  return Math.floor(window * partShare * 3);
}

/** A block of as many of the values as there is room for, with how many there are in all. */
export function evidenceBlock(what: string, values: readonly Json[], chat: Pick<ChatModel, 'window'>): string {
  if (values.length === 0) return 'None.';
  const shown = fitting(values, partBytes(chat));
  const more = shown.length < values.length ? `, the first ${shown.length} of ${values.length}` : '';
  return dataBlock(`${what}${more}`, shown);
}

/** What the task is, in a block: its labels come from outside too. */
export function taskBlock(task: TaskSpec, kind: TaskKind, chat: Pick<ChatModel, 'window'>): string {
  const facets = kind.knownFacets(task).map((name) => shownText(name, 100));
  return `The task is a ${task.kind}. Its ${kind.words.facets}:\n\n${evidenceBlock(kind.words.facets, facets, chat)}`;
}

/** A cluster that counting made, with a few of its failures. */
export function showCluster(cluster: Cluster, cases: ReadonlyMap<string, Case>, kind: TaskKind): Json {
  const { clusterId, title, size, cause, fixability, evidence, exampleIds } = cluster;
  return {
    id: clusterId,
    title: shownText(title, 200),
    failures: size,
    cause,
    fixability,
    evidence: evidence.slice(0, 3).map((sentence) => shownText(sentence, 200)),
    examples: exampleIds.slice(0, 2).flatMap((id) => {
      const one = cases.get(id);
      return one === undefined ? [] : [showCase(one, kind, 200)];
    }),
  };
}

export function byId(cases: readonly Case[]): ReadonlyMap<string, Case> {
  return new Map(cases.map((one) => [one.traceId, one]));
}
