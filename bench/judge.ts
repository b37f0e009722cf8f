import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { readLlmBar } from './judge/llmbar.ts';
import { judgePage } from './judge/page.ts';

const usage = `npm run bench:judge -- --data DIR [--out docs/benchmarks/judge.md]

Whether the gate of alignment lets a good judge through and holds a systematically wrong one: recorded verdicts of GPT-4 and
ChatGPT against the gold of LLMBar. DIR holds llmbar/natural and llmbar/neighbor of https://github.com/princeton-nlp/LLMBar.`;

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    out: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) console.log(usage);
else if (values.data === undefined) {
  console.error(usage);
  process.exitCode = 2;
} else {
  const page = judgePage(await readLlmBar(values.data));
  if (values.out === undefined) console.log(page);
  else await writeFile(values.out, page);
}
