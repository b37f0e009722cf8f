import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { listen } from '../cli/serving/listen.ts';
import { quantile } from '../shared/domain/base/statistics.ts';
import { createServingApp } from '../shared/serving/app.ts';
import { type LabelledLine, samples } from '../test/helpers/made-up-traffic.ts';
import { answeredTraffic, createSupportModel, ingest, makeWorkspace, modelId } from '../test/helpers/test-workspace.ts';

/**
 * How long predictions wait while a review queue of many traces is put together: a client in a thread of its own asks every
 * 20 ms, and counts from when it meant to. `npm run bench:queue [-- TRACES]`
 */
const traces = Number(process.argv[2] ?? 100_000);
const everyMs = 20;

const client = `
  const { parentPort, workerData } = require('node:worker_threads');
  let goesOn = true;
  parentPort.on('message', () => (goesOn = false));
  const waits = [];
  const asked = [];
  const ask = async (meant) => {
    const body = JSON.stringify({ input: 'where is my parcel', record: false });
    const request = { method: 'POST', headers: { 'content-type': 'application/json' }, body };
    // A connection that the server closed meanwhile is made anew.
    while (!(await fetch(workerData, request).then((response) => response.json(), () => null)));
    waits.push(performance.now() - meant);
  };
  const next = (at) => setTimeout(() => {
    if (!goesOn) return void Promise.all(asked).then(() => parentPort.postMessage(waits));
    asked.push(ask(at));
    next(at + ${everyMs});
  }, Math.max(0, at - performance.now()));
  next(performance.now());
`;

const workspace = await makeWorkspace();
const { ports } = workspace;
await createSupportModel(workspace, { snapshotLimit: traces });
const lines = await answeredTraffic(workspace, samples(2_000, 0.4, ports.random.stream(1, 'traffic')), 'trace');
const words = ports.random.stream(1, 'words');
const traffic = Array.from({ length: traces }, (_, at): LabelledLine => {
  const line = lines[at % lines.length];
  if (line === undefined) throw new Error('there is no line');
  const { verdict: _verdict, expected: _expected, judge: _judge, ...unjudged } = line;
  const own = Array.from({ length: 6 }, () => `w${words.below(20_000)}`).join(' ');
  const timestamp = new Date(Date.UTC(2026, 0, 1) + at * 60_000).toISOString();
  return { ...(at % 2 === 0 ? line : unjudged), traceId: `trace-${at}`, timestamp, input: `${line.input} ${own}` };
});
await ingest(workspace, traffic);

const app = createServingApp({ ports, access: { token: null, hosts: null }, journal: null, onFault: console.error });
const listening = await listen(app.fetch, { host: '127.0.0.1', port: 0 });
const path = `${listening.url}/v1/models/${modelId}`;

/** The most processor time, in ms, that this thread has spent without giving others their turn. */
function longestHold(): () => number {
  let most = 0;
  const spent = () => {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1_000;
  };
  let before = spent();
  const timer = setInterval(() => {
    const now = spent();
    most = Math.max(most, now - before);
    before = now;
  }, 1);
  return () => {
    clearInterval(timer);
    return Math.round(most);
  };
}

async function during(work: () => Promise<unknown>): Promise<string> {
  const worker = new Worker(client, { eval: true, workerData: `${path}/predictions` });
  await pause(500);
  const hold = longestHold();
  const begun = performance.now();
  await work();
  const took = performance.now() - begun;
  const held = hold();
  worker.postMessage('end');
  const [waits] = (await once(worker, 'message')) as [number[]];
  await worker.terminate();
  const [middle, late, most] = [0.5, 0.99, 1].map((part) =>
    Math.round(
      quantile(
        waits.toSorted((a, b) => a - b),
        part,
      ),
    ),
  );
  return `${Math.round(took)} ms; predictions: p50 ${middle} ms, p99 ${late} ms, longest ${most} ms of ${waits.length}; held at most ${held} ms of processor time`;
}

console.log('nothing else:', await during(() => pause(3_000)));
console.log(
  `queue of ${traces} traces:`,
  await during(async () => (await fetch(`${path}/review/queue?limit=1`)).json()),
);
await listening.close();
await workspace.dispose();
process.exit();
