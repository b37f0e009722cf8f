import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { firstTaggerConfigurations } from '../../shared/adapters/backends/tagger/tagger-configuration.ts';
import { RatchetError } from '../../shared/domain/base/errors.ts';
import { benchCommand } from '../bench-command.ts';
import { pythonEnvironment } from '../trainer/python-environment.ts';
import { entityCorpora } from './entity-corpora.ts';
import { largestGap, taggerTable } from './markdown.ts';
import { corpusResultSchema, measureCorpus } from './measure-corpus.ts';

const usage = `npm run bench:tagger -- --data DIR --out FILE [--only TEXT] [--again] [--seeds 1,2,3] [--python python3.11]

The tagger beside sklearn-crfsuite on the same tokens and splits: entity F1 by seqeval, partial F1 by nervaluate, CPU time of
training and answering. DIR holds snips/, wnut17/ and crossner/. The script makes a virtual environment with the pinned packages
under node_modules/.cache. What FILE has already is not measured again; --only takes the sets whose name contains the text.`;

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    out: { type: 'string' },
    only: { type: 'string', default: '' },
    again: { type: 'boolean', default: false },
    seeds: { type: 'string', default: '1,2,3' },
    python: { type: 'string', default: 'python3.11' },
    help: { type: 'boolean', default: false },
  },
});

const cacheFolder = fileURLToPath(new URL('../../node_modules/.cache/ratchet-tagger', import.meta.url));
const requirements = fileURLToPath(new URL('./requirements.txt', import.meta.url));
const resultsSchema = z.object({ results: z.array(corpusResultSchema) });

const { output, run } = benchCommand(usage);
await run(values.help, bench);

async function bench(): Promise<void> {
  const [configuration] = firstTaggerConfigurations;
  if (values.data === undefined || values.out === undefined || configuration === undefined) {
    throw new RatchetError('InvalidInput', 'Name the data and the file to write.', { mend: usage });
  }
  const data = resolve(values.data);
  const out = resolve(values.out);
  const python = await pythonEnvironment(cacheFolder, values.python, requirements);
  const text = await readFile(out, 'utf8').catch(() => null);
  const results = text === null ? [] : resultsSchema.parse(JSON.parse(text)).results;
  const seeds = values.seeds.split(',').map(Number);
  for (const [name, load] of Object.entries(entityCorpora)) {
    const known = results.findIndex(({ corpus }) => corpus === name);
    if (!name.includes(values.only) || (known >= 0 && !values.again)) continue;
    const result = await measureCorpus(await load(data), configuration, seeds, { folder: cacheFolder, python });
    results.splice(known < 0 ? results.length : known, known < 0 ? 0 : 1, result);
    output.say(taggerTable([result]).at(-1) ?? '');
    const machine = { cpu: cpus()[0]?.model ?? '', cores: cpus().length, node: process.version };
    await mkdir(dirname(out), { recursive: true });
    await writeFile(out, `${JSON.stringify({ benchmark: 'tagger', machine, configuration, results }, null, 1)}\n`);
  }
  const gap = largestGap(results);
  await output.result({ results }, [...taggerTable(results), '', `Largest gap to seqeval and nervaluate: ${gap}`]);
}
