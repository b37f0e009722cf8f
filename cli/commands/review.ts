import type { Command } from 'commander';
import { z } from 'zod';
import type { CardView } from '../../shared/operations/review/review-views.ts';
import { whichModel } from '../../shared/operations/which-model.ts';
import { kindOf } from '../../shared/ports/kind-of.ts';
import { countingNumber, portNumber } from '../arguments.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { type CommandResult, commandResult } from '../results.ts';
import { reviewLines } from '../review-lines.ts';
import type { RunCommand, Session } from '../session.ts';
import { defaultPort, serve } from './serve.ts';

const help = `
Example:
  $ ratchet review spam-filter
  Serving 1 model on http://127.0.0.1:7878.
  Open http://127.0.0.1:7878/#/models/spam-filter/review in a browser.
  $ ratchet review spam-filter --list --limit 5

The queue shows what is likeliest wrong and stands for most traffic first: suspect judgements, judges who disagree, mistakes
that the model was sure of, answers near a boundary. Every fifth card is taken at random from all traffic, so that
rates can be told from them. Near-duplicates are one card. What is judged counts from the next run on, and can be undone.
Where a server runs already, open its page: this command starts one of its own.`;

const optionsSchema = z.object({
  list: z.boolean().default(false),
  limit: z.int().positive(),
  reviewer: z.string().optional(),
  port: z.int().min(0).max(65_535),
});
type Options = z.infer<typeof optionsSchema>;

export function addReviewCommand(program: Command, run: RunCommand): void {
  program
    .command('review')
    .summary('judge what matters most')
    .description('Serves the page on which people judge what matters most; with --list shows the queue without it.')
    .argument('[model]', 'name of the model; may be left out where there is one alone')
    .option('--list', 'list the cards, and serve nothing')
    .option('--limit <n>', 'how many to list', countingNumber, 20)
    .option('--reviewer <name>', 'leave out of the list what this person has judged')
    .option('--port <n>', 'on which port to serve; 0 takes any that is free', portNumber, defaultPort)
    .addHelpText('after', help)
    .action((model: string | undefined, options: unknown, command: Command) =>
      run(command, (session) => review(model ?? null, optionsSchema.parse(options), session)),
    );
}

async function review(named: string | null, options: Options, session: Session): Promise<ExitCode> {
  if (options.list) return list(named, options, session);
  return serve({ host: '127.0.0.1', port: options.port, improve: false, record: true }, session, async (ports) => {
    const { modelId } = await whichModel(named, ports);
    return `models/${modelId}/review`;
  });
}

async function list(named: string | null, { limit, reviewer }: Options, session: Session): Promise<ExitCode> {
  const { ports } = await session.open();
  const model = await whichModel(named, ports);
  const { ReviewDesk } = await import('../../shared/operations/review/review-desk.ts');
  const { reviewFindings } = await import('../../shared/loop/inspect/review-findings.ts');
  const desk = await new ReviewDesk(ports, (one) => reviewFindings(one, ports)).of(model.modelId);
  const { cards, total } = await desk.queue({
    reviewer: reviewer ?? null,
    limit,
    after: null,
    label: null,
    reason: null,
  });
  const lines = cards.map(lineOf);
  if (session.output.json) for (const line of lines) await session.output.record(commandResult('review', line));
  else await session.output.result(null, reviewLines(lines, kindOf(model, ports)));
  session.output.say(
    total === 0
      ? `Nothing of ${model.modelId} is to be reviewed.`
      : `${lines.length} of ${total} cards. Judge them: ratchet review ${model.modelId}${session.stackOption}`,
  );
  return exitCodes.done;
}

function lineOf(card: CardView): CommandResult<'review'> {
  const { traceId, like, likeIds, at, input, output, confidence, verdict, expected, why } = card;
  return {
    traceId,
    alike: [...likeIds],
    like,
    timestamp: at,
    input,
    output,
    confidence,
    verdict,
    expected,
    why: [...why],
  };
}
