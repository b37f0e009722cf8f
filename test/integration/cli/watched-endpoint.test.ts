import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SeededRandom } from '../../../shared/adapters/local/seeded-random.ts';
import { ChatServer } from '../../helpers/chat-server.ts';
import { completionOf, requestOf, startLabelEndpoint } from '../../helpers/label-endpoint.ts';
import { labels, samples } from '../../helpers/made-up-traffic.ts';
import { ratchetInProcess } from './in-process.ts';

const traffic = samples(260, 0.6, new SeededRandom().stream(1, 'traffic'));
const known = /refund|reimburse|repay|money|back|return|parcel|courier|shipping|arrive|track|package|password|login/;
const truth = new Map(traffic.map(({ input, output }) => [input, output]));

/** What is deployed knows the words of before the drift, and says `account` of all others. */
const deployed = (input: string) => (known.test(input) ? (truth.get(input) ?? 'account') : 'account');

const secret = 'sk-of-the-endpoint-0123456789';

describe('a model that is deployed elsewhere and only watched', { timeout: 240_000 }, () => {
  let server: ChatServer;
  let directory: string;
  beforeAll(async () => {
    server = await startLabelEndpoint(deployed);
    directory = await mkdtemp(join(tmpdir(), 'ratchet-watched-'));
  });
  afterAll(async () => {
    await server.close();
    await rm(directory, { recursive: true, force: true });
  });

  const ratchet = async (args: readonly string[], stdin = '') => {
    const env = { RATCHET_ENDPOINT_KEY: secret };
    const ended = await ratchetInProcess([...args, '--json', '--workspace', directory], stdin, env);
    if (ended.code !== 0 && ended.code !== 3) throw new Error(ended.stderr);
    return { code: ended.code, ...JSON.parse(ended.stdout) };
  };
  const lines = traffic.map(({ input, output }, at) =>
    JSON.stringify({
      traceId: `t-${at}`,
      timestamp: new Date(Date.UTC(2026, 0, 1) + at * 60_000).toISOString(),
      input,
      output: deployed(input),
      expected: output,
      judge: { kind: 'human', id: 'ana' },
    }),
  );
  const created = (model: string, ...more: string[]) => {
    const endpoint = ['--endpoint', `${server.url}/v1`, '--endpoint-model', 'small'];
    return ratchet(['create', model, '--labels', labels.join(','), ...endpoint, ...more]);
  };

  it('is diagnosed by the loop, and the run ends with its curriculum where nothing trains it', async () => {
    const { checkpoint, examples } = await created('support', '--endpoint-option', 'prices=1,0.1,5');
    expect(examples).toBe(0);
    await ratchet(['ingest', 'support', '-'], lines.join('\n'));
    const plan = await ratchet(['run', 'support', '--plan']);
    expect(plan).toMatchObject({ trainings: null, answers: { inputs: expect.any(Number) } });
    const result = await ratchet(['run', 'support']);
    // Each answer reads 100 tokens of $1 and writes 10 of $5 a million.
    const { inputs, usd } = result.costs.answers;
    expect(inputs).toBe(server.seen.length);
    expect(usd).toBeCloseTo(inputs * 0.00015, 9);
    expect(usd).toBeLessThan(plan.mostUsd);
    expect(result).toMatchObject({ code: 3, decision: 'kept', champion: checkpoint });
    expect(result.why).toContain('Nothing trains this model');
    const at = /The curriculum is at (\S+)\.( |$)/.exec(result.why)?.[1] ?? '';
    expect(at).toMatch(new RegExp(`^${directory}/objects/models/`));
    const curriculum = await readFile(at, 'utf8');
    expect(curriculum.trim().split('\n').length).toBeGreaterThan(50);
    const report = await readFile(result.report, 'utf8');
    expect(report).toContain('answered as');
    expect(`${report}${JSON.stringify(await ratchet(['lineage', 'support']))}`).not.toContain(secret);
    expect(server.seen.every(({ authorization }) => authorization === `Bearer ${secret}`)).toBe(true);
  });

  it('ends as any run does where the budget does not cover its answers, and says what was asked and what to do', async () => {
    let before = server.seen.length;
    const poor = await ratchet(['run', 'support', '--budget', '0.01']);
    expect(poor).toMatchObject({ code: 3, decision: 'kept', costs: { answers: null } });
    expect(poor.headline).toBe('the budget of $0.01 covers the champion’s answers to 0 of 260 traces');
    expect(server.seen).toHaveLength(before);
    const [, enough = ''] =
      /about 260 not\. Run again with --budget ([0-9.]+) or more, which covers these answers, or without one;/.exec(
        poor.why,
      ) ?? [];
    expect(Number(enough)).toBeGreaterThan(0.02);
    const covered = await ratchet(['run', 'support', '--budget', enough]);
    expect(covered.why).not.toContain('does not cover');
    before = server.seen.length;
    const { answers } = await ratchet(['run', 'support', '--plan']);
    // Of fifty texts at once, the most that they may cost, and a little.
    const budget = ((answers.mostUsd / answers.inputs) * 50 * 1.25).toFixed(4);
    const partly = await ratchet(['run', 'support', '--budget', budget]);
    const asked = server.seen.length - before;
    expect(asked).toBeGreaterThanOrEqual(50);
    expect(asked).toBeLessThan(260);
    expect(partly).toMatchObject({ code: 3, decision: 'kept', costs: { answers: { inputs: asked } } });
    expect(partly.why).toContain(`it was asked about ${asked} of 260 traces, and about ${260 - asked} not.`);
    const report = await readFile(partly.report, 'utf8');
    expect(report).toContain('does not cover the champion’s answers');
    expect(report).toContain('ratchet run support --plan');
  });

  it('gives way to a candidate of its trainer that passes the gate, and can be gone back to', async () => {
    const { checkpoint } = await created(
      'trained',
      '--trainer',
      'embedded',
      '--foundation',
      'none',
      '--set',
      'reportShare=0.1',
    );
    await ratchet(['ingest', 'trained', '-'], lines.join('\n'));
    const before = server.seen.length;
    const result = await ratchet(['run', 'trained']);
    expect(result).toMatchObject({ code: 0, decision: 'promoted' });
    // The share for the report too, which is asked about once.
    expect(result.scores.before.report).toBeLessThan(1);
    expect(result.costs.answers.inputs).toBe(server.seen.length - before);
    expect(result.champion).not.toBe(checkpoint);
    const report = await readFile(result.report, 'utf8');
    expect(report).toContain(`What answers at the endpoint is still the old one, ${checkpoint}.`);
    expect(report).not.toContain('Nothing has to be deployed');
    expect(JSON.stringify(await ratchet(['status', 'trained']))).toContain(result.champion);
    await ratchet(['rollback', 'trained', '--to', checkpoint, '--reason', 'the endpoint is kept']);
    expect(JSON.stringify(await ratchet(['status', 'trained']))).toContain(checkpoint);
  });

  it('is promoted over and told of where it cannot be deployed, with a report, until it is', async () => {
    const folder = join(directory, 'published');
    const file = join(folder, 'champion.json');
    const trainer = ['--trainer', 'embedded', '--foundation', 'none'];
    await expect(created('told', ...trainer, '--deploy-to', file)).rejects.toThrow(`mkdir -p "${folder}"`);
    await mkdir(folder);
    await created('told', ...trainer, '--deploy-to', file);
    await ratchet(['ingest', 'told', '-'], lines.join('\n'));
    await rm(folder, { recursive: true });
    const env = { RATCHET_ENDPOINT_KEY: secret };
    const ended = await ratchetInProcess(['run', 'told', '--json', '--workspace', directory], '', env);
    const { decision, champion, notDeployed, report } = JSON.parse(ended.stdout);
    expect([ended.code, decision]).toEqual([1, 'promoted']);
    expect(notDeployed).toMatch(/nothing was deployed yet \(ENOENT.*ratchet rollback told --to \S+ --reason deploy$/);
    expect(await readFile(report, 'utf8')).toContain('Promoted, but not deployed');
    await mkdir(folder);
    const back = ['rollback', 'told', '--to', champion, '--reason', 'deploy', '--workspace', directory];
    expect((await ratchetInProcess(back)).stdout).toContain(`It is deployed: published to ${file}`);
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ checkpointId: champion });
  });

  it('is asked by nothing that only looks', async () => {
    const before = server.seen.length;
    const { champion, since } = await ratchet(['status', 'support']);
    // What is on record is what the endpoint answered: wrong where it did not know the words.
    const wrong = traffic.filter(({ input, output }) => deployed(input) !== output).length;
    expect(wrong).toBeGreaterThan(20);
    expect(since).toMatchObject({ judged: traffic.length, notAsked: 0, undecided: 0, missing: 0 });
    expect(since.champion.right).toBeLessThan(since.champion.of);
    await ratchet(['status', 'trained']);
    const lines = await ratchetInProcess(['status', 'support', '--workspace', directory]);
    expect(lines.stdout).toContain('a model whose answers may cost something is not asked for this');
    const explained = await ratchet(['explain', 'support', 't-0']);
    expect(explained).toMatchObject({ answer: null, checkpoints: [], notAsked: [champion.checkpoint] });
    const text = await ratchetInProcess(['explain', 'support', '--input', 'hello', '--workspace', directory]);
    expect(text.stdout).toContain(`${champion.checkpoint} is not asked for this, since each answer may cost something`);
    for (const command of ['lineage', 'report', 'labels']) await ratchet([command, 'support']);
    for (const command of [['list'], ['suspects', 'support'], ['review', 'support', '--list']]) {
      const ended = await ratchetInProcess([...command, '--workspace', directory]);
      expect([ended.code, ended.stderr], command.join(' ')).toEqual([0, expect.any(String)]);
    }
    expect(server.seen).toHaveLength(before);
    const asked = await ratchetInProcess(['predict', 'support', '--text', '--workspace', directory], 'a refund');
    expect(asked.code).toBe(0);
    expect(server.seen).toHaveLength(before + 1);
  });

  it('that refuses a text is told of with the trace, and with the line of a text to predict', async () => {
    const isAlone = ({ input: text }: { input: string }) => traffic.filter(({ input }) => input === text).length === 1;
    const lone = traffic.slice(60).find(isAlone) ?? expect.fail('no text stands alone');
    const picky = await ChatServer.start();
    picky.respond((seen) => {
      const { input } = requestOf(seen);
      if (input === lone.input) return { status: 422, body: JSON.stringify({ error: { message: 'not that' } }) };
      return completionOf(JSON.stringify({ label: deployed(input) }));
    });
    const endpoint = ['--endpoint', `${picky.url}/v1`, '--endpoint-model', 'small'];
    await ratchet(['create', 'picky', '--labels', labels.join(','), ...endpoint]);
    await ratchet(['ingest', 'picky', '-'], lines.join('\n'));
    const run = await ratchetInProcess(['run', 'picky', '--workspace', directory]);
    const asked = await ratchetInProcess(
      ['predict', 'picky', '--text', '--workspace', directory],
      `hello\n\n${lone.input}\n`,
    );
    await picky.close();
    expect([run.code, run.stderr]).toEqual([1, expect.stringContaining('EndpointRefused')]);
    expect(run.stderr).toContain(`not that. It was asked about trace t-${traffic.indexOf(lone)}.`);
    expect(asked.stderr).toContain('not that. It was asked about line 3 of standard input.');
  });

  it('needs a name of the model and takes no key', async () => {
    const args = ['create', 'other', '--labels', 'a,b', '--workspace', directory, '--endpoint'];
    const noModel = await ratchetInProcess([...args, `${server.url}/v1`]);
    expect([noModel.code, noModel.stderr]).toEqual([2, expect.stringContaining('Add --endpoint-model NAME')]);
    const withKey = [...args, 'https://me:secret@example.com/v1', '--endpoint-model', 'small'];
    expect((await ratchetInProcess(withKey)).stderr).toContain('a key comes from the environment');
    const decoder = ['--endpoint-model', 'small', '--trainer', 'hf-lora', '--foundation', 'missing'];
    const offline = { HF_HUB_OFFLINE: '1', HF_HUB_CACHE: directory };
    const noFoundation = await ratchetInProcess([...args, `${server.url}/v1`, ...decoder], '', offline);
    expect([noFoundation.code, noFoundation.stderr]).toEqual([1, expect.stringContaining('--foundation DIR')]);
    expect((await ratchetInProcess(['list', '--workspace', directory])).stdout).not.toContain('other');
    const noEndpoint = await ratchetInProcess([...args.slice(0, -1), '--endpoint-model', 'small']);
    expect(noEndpoint.stderr).toContain('none is named');
  });
});
