import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { mutated } from './fuzz/mutations.ts';
import { feed, targets } from './fuzz/targets.ts';

const usage = `node bench/fuzz.ts [--minutes 60] [--seed 1] [--target NAME] [--out FILE]

Feeds every parser files that are nearly right: valid ones with flipped bits, cuts, repeats, tokens and pieces of others. What is
neither read nor refused with a mend is a finding, shrunk and told in base64, and what takes seconds. Findings go to stderr as
they come, one JSON object to stdout (or FILE); the exit code is 1 where there are any.`;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    target: { type: 'string' },
    out: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
const perRound = 60;

interface Finding {
  readonly target: string;
  readonly seed: number;
  readonly what: string;
  readonly base64: string;
}

if (values.help) process.stderr.write(`${usage}\n`);
else await main();

async function main(): Promise<void> {
  const end = Date.now() + Number(values.minutes) * 60_000;
  const chosen = targets.filter(({ name }) => values.target === undefined || name === values.target);
  const fed: Record<string, number> = {};
  const findings = new Map<string, Finding>();
  let seed = Number(values.seed);
  for (; Date.now() < end; seed += 1) {
    for (const target of chosen) {
      if (Date.now() > end) break;
      const found = await fc.check(
        fc.asyncProperty(mutated(target.files), async (bytes) => {
          await feed(target, bytes);
        }),
        { numRuns: perRound, seed, interruptAfterTimeLimit: 60_000 },
      );
      fed[target.name] = (fed[target.name] ?? 0) + found.numRuns;
      if (!found.failed || found.counterexample === null) continue;
      const [bytes] = found.counterexample;
      const error = found.errorInstance;
      const what =
        error instanceof Error ? (error.stack ?? error.message).split('\n').slice(0, 3).join(' ') : String(error);
      const finding = {
        target: target.name,
        seed,
        what,
        base64: Buffer.from(bytes).toString('base64').slice(0, 4_000),
      };
      if (!findings.has(what)) process.stderr.write(`${JSON.stringify(finding)}\n`);
      findings.set(what, finding);
    }
  }
  const all = Object.values(fed).reduce((sum, count) => sum + count, 0);
  const text = `${JSON.stringify({ seed: Number(values.seed), rounds: seed - Number(values.seed), files: all, fed, findings: [...findings.values()] }, null, 2)}\n`;
  if (values.out === undefined) process.stdout.write(text);
  else await writeFile(values.out, text);
  process.exitCode = findings.size === 0 ? 0 : 1;
}
