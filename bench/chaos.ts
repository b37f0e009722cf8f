import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { makeAgentsMaterial } from './chaos/agents-material.ts';
import { agentsTrial, undisturbedAgents } from './chaos/agents-trial.ts';
import { type FaultKind, faultKinds } from './chaos/faults.ts';
import { makeMaterial } from './chaos/material.ts';
import { chaosTrial, undisturbed } from './chaos/trial.ts';

const usage = `node bench/chaos.ts [--runs 200] [--seed 1] [--kinds KIND,…] [--agents] [--out FILE]

Ingests traces and runs the loop with faults around every port, process after process until each is through, then once more
without faults, and compares with what comes of it undisturbed. With --agents the analyst is one of agents and the judge a chat model, which goes by a
script, with faults of its own; compared are the decision and what was spent. Faults: ${faultKinds.join(', ')}.
Progress goes to stderr, one JSON object to stdout (or FILE); the exit code is 1 when anything differs.`;

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    kinds: { type: 'string', default: faultKinds.join(',') },
    agents: { type: 'boolean', default: false },
    out: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

const say = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

if (values.help) say(usage);
else if (values.agents) await agents();
else await main();

async function main(): Promise<void> {
  const [runs, first] = [Number(values.runs), Number(values.seed)];
  const kinds = new Set(faultKinds.filter((kind: FaultKind) => values.kinds.split(',').includes(kind)));
  const material = await makeMaterial();
  const injected: Record<string, number> = {};
  const ends: Record<string, number> = {};
  const problems: string[] = [];
  let givenUp = 0;
  try {
    const expected = await undisturbed(material);
    say(`Undisturbed: ${expected.map(({ decision }) => decision).join(', then ')}`);
    for (let seed = first; seed < first + runs; seed += 1) {
      const report = await chaosTrial(material, expected, seed, kinds);
      add(injected, report.injected);
      add(ends, report.ends);
      givenUp += report.givenUp;
      problems.push(...report.problems.map((text) => `seed ${seed}: ${text}`));
      const told = report.problems.length === 0 ? 'same end' : [...report.problems, ...report.story].join('\n  ');
      say(`Seed ${seed}: ${JSON.stringify(report.injected)} ${JSON.stringify(report.ends)} ${told}`);
    }
  } finally {
    await material.dispose();
  }
  await tell({ runs, seed: first, injected, ends, givenUp, problems });
}

async function agents(): Promise<void> {
  const [runs, first] = [Number(values.runs), Number(values.seed)];
  const kinds = new Set(faultKinds.filter((kind: FaultKind) => values.kinds.split(',').includes(kind)));
  const material = await makeAgentsMaterial();
  const injected: Record<string, number> = {};
  const ends: Record<string, number> = {};
  const decisions: Record<string, number> = {};
  const problems: string[] = [];
  let mostOfLimit = 0;
  let uncountedUsd = 0;
  try {
    const expected = await undisturbedAgents(material);
    say(`Undisturbed: ${JSON.stringify(expected)}`);
    for (let seed = first; seed < first + runs; seed += 1) {
      const report = await agentsTrial(material, expected, seed, kinds);
      add(injected, report.injected);
      add(ends, report.ends);
      add(decisions, { [report.decision]: 1 });
      problems.push(...report.problems.map((text) => `seed ${seed}: ${text}`));
      if (report.limit !== null) mostOfLimit = Math.max(mostOfLimit, report.counted / report.limit);
      uncountedUsd = Math.max(uncountedUsd, report.charged - report.counted);
      say(JSON.stringify(report));
    }
  } finally {
    await material.dispose();
  }
  await tell({ runs, seed: first, injected, ends, decisions, mostOfLimit, uncountedUsd, problems });
}

async function tell(result: { readonly problems: readonly string[]; readonly [name: string]: unknown }): Promise<void> {
  const text = `${JSON.stringify(result, null, 2)}\n`;
  if (values.out === undefined) process.stdout.write(text);
  else await writeFile(values.out, text);
  process.exitCode = result.problems.length === 0 ? 0 : 1;
}

function add(sum: Record<string, number>, more: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(more)) sum[name] = (sum[name] ?? 0) + count;
}
