import { execFile } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { openStack } from '../../cli/stack/stack-place.ts';
import { bundleFunctions } from '../../functions/_build/bundle-functions.ts';
import { architectures, duckDbLayer, makeLayers, useLiteLayer } from '../../functions/_build/make-layers.ts';
import { functionsFolder } from '../../functions/_build/places.ts';
import { defaultBackEnds } from '../../shared/composition/default-back-ends.ts';
import { createModel } from '../../shared/operations/create-model.ts';
import { createStack } from '../../test/helpers/emulated-stack.ts';
import { startEmulator } from '../../test/helpers/emulator.ts';
import { samples } from '../../test/helpers/made-up-traffic.ts';
import { bytesOf } from '../../test/helpers/test-workspace.ts';

/**
 * What a new container of the function `serve` takes for its first answer and for later ones, and how much memory: the
 * built function in a process of its own, S3 and DynamoDB played by the emulator. Not Lambda's own part of a cold start, nor
 * the way to S3. Run alone, on an idle machine: `npm run bench:serving-function [-- --runs N]`.
 */
const { values } = parseArgs({ options: { runs: { type: 'string', default: '5' } } });
const runs = Number.parseInt(values.runs, 10);
const later = 200;

/** Loads the function, asks once, then again and again with new texts. Prints milliseconds and MB. */
const script = `
const { handler } = require(process.argv[1]);
const loaded = performance.now();
const context = { functionName: 'serve', getRemainingTimeInMillis: () => 29_000 };
const ask = async (input) => {
  const answer = await handler({
    version: '2.0', rawPath: '/v1/models/' + process.argv[2] + '/predictions', rawQueryString: '',
    headers: { 'content-type': 'application/json', host: 'x' }, body: JSON.stringify({ input }), isBase64Encoded: false,
    requestContext: { http: { method: 'POST' }, domainName: 'x', authorizer: { iam: { userArn: 'arn:bench' } } },
  }, context);
  if (answer.statusCode !== 200) throw new Error(answer.body);
};
(async () => {
  await ask('where is my parcel');
  const first = performance.now();
  const { user, system } = process.cpuUsage();
  const firstCpu = (user + system) / 1_000;
  const times = [];
  for (let at = 0; at < ${later}; at += 1) {
    const begun = performance.now();
    await ask('where is my parcel number ' + at);
    times.push(performance.now() - begun);
  }
  times.sort((a, b) => a - b);
  const [p50, p99] = [0.5, 0.99].map((share) => times[Math.floor(share * times.length)]);
  require('node:fs').writeSync(3, JSON.stringify({ loaded, first, firstCpu, p50, p99, memory: process.resourceUsage().maxRSS / 1024 }));
  process.exit();
})();`;

const figures = ['loaded', 'first', 'firstCpu', 'p50', 'p99', 'memory'] as const;
type Figures = Readonly<Record<(typeof figures)[number], number>>;

const arch = architectures[process.arch === 'arm64' ? 0 : 1];
await bundleFunctions();
await makeLayers(arch);
const emulator = await startEmulator();
Object.assign(process.env, emulator.env);
const { remove } = await createStack('bench');
const stack = await openStack('bench', {
  observer: { progress: () => undefined, note: () => undefined },
  env: process.env,
});
try {
  const rows: string[] = [];
  for (const foundation of ['none', 'use-lite']) {
    const modelId = `with-${foundation}`;
    const examples = bytesOf(samples(200, 0, stack.ports.random.stream(1, 'training')));
    const request = { backEnds: defaultBackEnds, trainerOptions: { foundation }, settings: {}, seed: 1, by: 'bench' };
    await createModel({ modelId, task: 'classification', labels: [], examples, ...request }, stack.ports);
    const measured: Figures[] = [];
    for (let run = -1; run < runs; run += 1) {
      const figures = await measure(modelId);
      if (run >= 0) measured.push(figures);
    }
    rows.push(
      `| ${foundation} | ${figures.map((of) => median(measured.map((one) => one[of])).toFixed(0)).join(' | ')} |`,
    );
  }
  console.log(
    [
      `Node ${process.version}, ${arch}; medians of ${runs} processes, ${later} later requests each, one after the other.`,
      '',
      '| foundation | handler loaded, ms | first answer, ms | processor time until then, ms | later p50, ms | p99, ms | memory, MB |',
      '| --- | --- | --- | --- | --- | --- | --- |',
      ...rows,
    ].join('\n'),
  );
} finally {
  await stack.close();
  await remove();
  await emulator.stop();
}

async function measure(modelId: string): Promise<Figures> {
  const file = join(functionsFolder, 'serve', 'index.js');
  const shell = 'exec 3>&1 >/dev/null; exec "$0" -e "$1" "$2" "$3"';
  const { stdout } = await promisify(execFile)('bash', ['-c', shell, process.execPath, script, file, modelId], {
    env: {
      ...process.env,
      NODE_PATH: [duckDbLayer(arch), useLiteLayer]
        .map((layer) => join(layer, 'nodejs', 'node_modules'))
        .join(delimiter),
      RATCHET_TRACE_BUCKET: stack.outputs.TraceBucketName,
      RATCHET_ARTIFACT_BUCKET: stack.outputs.ArtifactBucketName,
      RATCHET_TABLE: stack.outputs.TableName,
      RATCHET_JOURNAL_BUCKET: stack.outputs.JournalBucketName,
      RATCHET_SERVING_ACCESS: 'iam',
      POWERTOOLS_METRICS_NAMESPACE: 'Ratchet',
      POWERTOOLS_SERVICE_NAME: 'serve',
    },
  });
  return JSON.parse(stdout) as Figures;
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN;
}
