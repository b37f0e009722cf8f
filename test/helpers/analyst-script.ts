import type { ChatRequest } from '../../shared/ports/chat-model.ts';
import type { Line } from './scripted-chat.ts';

/** Which role a request is of, by its prompt. */
export function roleOf({
  messages,
}: ChatRequest): 'trace-analyzer' | 'taxonomist' | 'prober' | 'curriculum-writer' | 'strategist' | 'sub-agent' {
  const system = textOf(messages[0]);
  if (system.startsWith('You find out why')) return 'trace-analyzer';
  if (system.startsWith('You write training examples')) return 'curriculum-writer';
  if (system.startsWith('You lead')) return 'strategist';
  if (system.startsWith('You look into one question')) return 'sub-agent';
  return system.startsWith('You put the failures') ? 'taxonomist' : 'prober';
}

/** What the blocks of a request hold whose titles begin so, as values. */
export function blockIn(request: ChatRequest, title: string): readonly Record<string, unknown>[] {
  const text = request.messages.map(textOf).join('\n');
  const found = new RegExp(`BEGIN DATA (\\w+) \\(${title}[^\\n]*\\n([\\s\\S]*?)\\nEND DATA \\1`).exec(text)?.[2];
  return found === undefined ? [] : found.split('\n').map((line) => JSON.parse(line));
}

function textOf(message: ChatRequest['messages'][number] | undefined): string {
  return message?.text ?? '';
}

/**
 * An analyst as one would wish it: looks, groups the failures that it was shown, merges the two largest clusters, probes
 * with material and a text of its own.
 */
export function goodAnalyst(request: ChatRequest, turn: number): Line {
  switch (roleOf(request)) {
    case 'trace-analyzer': {
      if (turn === 0) return { text: 'I count first.', calls: [['confusions', {}]] };
      const failures = blockIn(request, 'failures').map(({ traceId }) => traceId);
      if (turn === 1) {
        const members = failures.slice(0, 6);
        const cluster = {
          title: 'Landlords are paid, not sent money',
          cause: 'label-confusion',
          why: 'All of them name one.',
          members,
        };
        return {
          calls: [
            ['read_examples', { traceIds: members.slice(0, 2) }],
            ['record_decision', { kind: 'decision', text: 'Landlords first.' }],
            ['propose_clusters', { clusters: [cluster] }],
          ],
        };
      }
      return { text: 'Done.' };
    }
    case 'taxonomist': {
      const clusters = blockIn(request, 'clusters').map(({ id }) => id);
      if (turn === 0) {
        const all = {
          title: 'Everything with a landlord',
          cause: 'label-confusion',
          why: 'One cause.',
          members: clusters.slice(0, 2),
        };
        return { calls: [['propose_clusters', { clusters: [all] }]] };
      }
      return { text: 'Done.' };
    }
    case 'prober': {
      if (turn > 0) return { text: 'Done.' };
      const material = blockIn(request, 'material');
      const own = material.slice(0, 4).map(({ traceId }) => ({ traceId }));
      const [first] = material;
      const written = { traceId: first?.traceId, input: `${String(first?.input)} to my landlord before noon` };
      return { calls: [['propose_probes', { probes: [...own, written] }]] };
    }
    case 'curriculum-writer': {
      if (turn > 0) return { text: 'Done.' };
      const after = (title: string, slice: string, more: string) =>
        blockIn(request, title)
          .slice(0, 2)
          .map(({ traceId, input }) => ({ slice, traceId, input: rewritten(String(input), more) }));
      const gold = after('failures of the cluster', 'gold', 'kindly');
      const hard = after('passing traces beside them', 'hard-negative', 'instead');
      return { calls: [['propose_examples', { examples: [...gold, ...hard] }]] };
    }
    case 'strategist':
    case 'sub-agent':
      return { text: 'Done.' };
  }
}

/** A text in other words that is about the same, far enough from it to be no near-duplicate. */
export function rewritten(input: string, more: string): string {
  const words = input.split(' ');
  return [...words.slice(0, Math.ceil((words.length * 2) / 3)), more, 'matter', 'today'].join(' ');
}
