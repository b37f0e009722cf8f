import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { wilsonInterval } from '../shared/domain/base/statistics.ts';
import { wrongCalculations } from '../shared/domain/steps/arithmetic.ts';
import { firstMistake } from '../shared/domain/steps/first-mistake.ts';
import type { Walk } from '../shared/domain/steps/step-mistake.ts';

/**
 * What steps tell without a language model: wrong calculations in the solutions that four models wrote to GSM8K, and the
 * first decisive mistake in failed logs of several agents (Who&When), beside the step that is most often at fault and
 * chance. The signs were written by looking at every second item, and are reported on the others.
 * `npm run bench:steps -- --data DIR [--out FILE]`; DIR holds gsm8k/ and who-and-when/.
 */
const { values } = parseArgs({ options: { data: { type: 'string' }, out: { type: 'string' } } });
const halves = ['development', 'reported'] as const;

const solutionSchema = z.object({ is_correct: z.boolean(), solution: z.string() });
const models = ['6b_finetuning', '6b_verification', '175b_finetuning', '175b_verification'] as const;
const problemSchema = z.object(
  Object.fromEntries(models.map((model) => [model, solutionSchema])) as Record<
    (typeof models)[number],
    typeof solutionSchema
  >,
);
const logSchema = z.object({
  question: z.string(),
  history: z.array(z.object({ name: z.string().optional(), role: z.string().optional(), content: z.string() })),
  mistake_step: z.coerce.number(),
});

interface Log extends Walk {
  readonly mistakeStep: number;
}

async function solutions(data: string): Promise<readonly string[]> {
  const lines = (await readFile(join(data, 'gsm8k', 'example_model_solutions.jsonl'), 'utf8')).trim().split('\n');
  const problems = lines.map((line) => problemSchema.parse(JSON.parse(line)));
  const rows = [...models, 'all four' as const].flatMap((model) =>
    halves.map((half, index) => {
      const own = problems.filter((_, at) => at % 2 === index);
      const written = own.flatMap((problem) =>
        model === 'all four' ? models.map((one) => problem[one]) : [problem[model]],
      );
      const found = written.filter(({ solution }) => wrongCalculations(solution).length > 0);
      const wrong = found.filter(({ is_correct }) => !is_correct);
      const all = written.filter(({ is_correct }) => !is_correct).length;
      return `| ${model} | ${half} | ${written.length} | ${all} | ${found.length} | ${share(wrong.length, found.length)} |`;
    }),
  );
  return [
    '| model | half | solutions | wrong | with a wrong calculation | of these the answer is wrong |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
  ];
}

async function logs(data: string): Promise<readonly string[]> {
  const rows: string[] = [];
  for (const kind of ['algorithm-generated', 'hand-crafted']) {
    const all = await readLogs(join(data, 'who-and-when', kind));
    const fixed = commonest(all.filter((_, at) => at % 2 === 0).map(({ mistakeStep }) => mistakeStep));
    halves.forEach((half, index) => {
      const own = all.filter((_, at) => at % 2 === index);
      const told = own.flatMap((log) => {
        const mistake = firstMistake(log);
        return mistake === null ? [] : [{ log, step: mistake.step }];
      });
      const right = told.filter(({ log, step }) => step === log.mistakeStep).length;
      const withFixed = own.filter((log) => (firstMistake(log)?.step ?? fixed) === log.mistakeStep).length;
      const atFixed = own.filter(({ mistakeStep }) => mistakeStep === fixed).length;
      const chance = own.reduce((sum, { steps }) => sum + 1 / steps.length, 0);
      rows.push(
        `| ${kind} | ${half} | ${own.length} | ${share(right, told.length)} | ${share(withFixed, own.length)} | ${share(atFixed, own.length)} (step ${fixed}) | ${percent(chance, own.length)} |`,
      );
    });
  }
  return [
    '| logs | half | logs | right where a mistake is told | right, the commonest step where none is | the commonest step alone | a step by chance |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...rows,
  ];
}

async function readLogs(folder: string): Promise<readonly Log[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.json')).sort();
  return Promise.all(
    files.map(async (file) => {
      const log = logSchema.parse(JSON.parse(await readFile(join(folder, file), 'utf8')));
      return {
        input: log.question,
        answer: null,
        mistakeStep: log.mistake_step,
        steps: log.history.map(({ name, role, content }) => {
          const who = name ?? role ?? '';
          return { type: /terminal/iu.test(who) ? 'tool_result' : 'message', name: who, output: content } as const;
        }),
      };
    }),
  );
}

function commonest(steps: readonly number[]): number {
  const counts = Map.groupBy(steps, (step) => step);
  return [...counts].toSorted(([a, one], [b, other]) => other.length - one.length || a - b)[0]?.[0] ?? 0;
}

/** `15 of 20: 75 % [53 %, 89 %]`, with Wilson's 95 % interval. */
function share(some: number, all: number): string {
  if (all === 0) return '0 of 0';
  const { lower, upper } = wilsonInterval(some, all);
  return `${some} of ${all}: ${percent(some, all)} [${percent(lower, 1)}, ${percent(upper, 1)}]`;
}

function percent(some: number, all: number): string {
  return `${((100 * some) / all).toFixed(1)} %`;
}

if (values.data === undefined) {
  console.error('Name the data: npm run bench:steps -- --data DIR [--out FILE]');
  process.exitCode = 2;
} else {
  const page = [
    '# Mistakes in steps, told without a language model',
    '',
    'Calculations are found precisely. The first decisive mistake in logs of several agents is named far more often than by chance, but',
    'not more often than by always naming the commonest step: that takes knowledge of the world, and so a language model.',
    '',
    '## Wrong calculations in solutions to GSM8K',
    '',
    ...(await solutions(values.data)),
    '',
    '## The first decisive mistake in logs of several agents',
    '',
    ...(await logs(values.data)),
    '',
    '## What is measured',
    '',
    'Solutions of four models to the test problems of GSM8K (Cobbe et al. 2021), each marked right or wrong; a calculation is wrong where',
    'its stated result, or the copy of it, is not what it gives. A right answer with a wrong calculation was right by luck.',
    'Logs of Who&When (Zhang et al. 2025), each with the step that people name as the first decisive mistake. Signs were written by',
    'looking at every second item (“development”); the others were counted once they were done. Intervals are Wilson’s, 95 %.',
    '',
    '`npm run bench:steps -- --data DIR --out FILE`. `DIR` holds `gsm8k/` and `who-and-when/`.',
    '',
  ].join('\n');
  if (values.out === undefined) console.log(page);
  else await writeFile(values.out, page);
}
