import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeText } from '../../bench/entities-demo/make-texts.ts';
import { runLoop } from '../../cli/runtime/run-loop.ts';
import { taggerBackEnd } from '../../shared/adapters/backends/tagger/facts.ts';
import { defaultBackEnds } from '../../shared/composition/default-back-ends.ts';
import { ingestTraces } from '../../shared/intake/ingest-traces.ts';
import { changeLabels, type LabelWish } from '../../shared/operations/change-labels.ts';
import { createModel } from '../../shared/operations/create-model.ts';
import { bytesOf, championOf, makeWorkspace, modelId, recordingUi } from '../helpers/test-workspace.ts';
import { ratchetInProcess } from './cli/in-process.ts';

let workspace: Awaited<ReturnType<typeof makeWorkspace>>;
const tracks = ['Hello', 'Yesterday', 'Imagine', 'Thriller', 'Halo', 'Creep', 'Roxanne', 'Angie'];

interface Entity {
  readonly label: string;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}
interface Text {
  readonly input: string;
  readonly output: readonly Entity[];
}

/** Texts of an order, each with a track that the first tagger has never heard of. */
function withTracks(count: number, name: string): Text[] {
  return orders(count, name).map(({ input, output }, at) => {
    const text = tracks[at % tracks.length] ?? '';
    const before = `${input} while the song `;
    const track = { label: 'track', start: before.length, end: before.length + text.length, text };
    return { input: `${before}${text} plays`, output: [...output, track] };
  });
}

function orders(count: number, name: string): Text[] {
  const random = workspace.ports.random.stream(3, name);
  return Array.from({ length: count }, () => {
    const { input, output } = makeText('as before', 'seen', random);
    return { input, output: output.map((one) => ({ ...one, text: input.slice(one.start, one.end) })) };
  });
}

/** What `ratchet predict` says: types and texts. */
async function predicted(inputs: readonly string[]): Promise<readonly (readonly string[])[]> {
  const text = inputs.map((input) => `${JSON.stringify({ input })}\n`).join('');
  const { stdout } = await ratchetInProcess(['predict', modelId, '--workspace', workspace.directory], text);
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line).output ?? []).map((one: Entity) => `${one.label} ${one.text}`));
}

const change = (wish: LabelWish) => changeLabels({ modelId, wish, by: 'ana', dryRun: false }, workspace.ports);

beforeAll(async () => {
  workspace = await makeWorkspace();
  await createModel(
    {
      modelId,
      task: 'extraction',
      labels: [],
      examples: bytesOf(orders(80, 'first')),
      backEnds: { ...defaultBackEnds, trainer: taggerBackEnd, predictor: taggerBackEnd },
      trainerOptions: {},
      settings: { maxIterations: 1 },
      seed: 1,
      by: 'test',
    },
    workspace.ports,
  );
});
afterAll(() => workspace.dispose());

describe('entity types that change, one after the other', () => {
  it('learn a new type from the judgements that were held for it', async () => {
    const traffic = withTracks(240, 'traffic');
    const answers = traffic.map(({ output }) => output.filter(({ label }) => label !== 'track'));
    const lines = traffic.map(({ input, output }, at) => ({
      traceId: `t-${at}`,
      timestamp: new Date(Date.UTC(2026, 0, 1) + at * 60_000).toISOString(),
      input,
      output: answers[at],
      expected: output,
      judge: { kind: 'human', id: 'ana' },
    }));
    const sources = [{ name: 'traffic', open: async () => bytesOf(lines) }];
    expect(await ingestTraces({ modelId, sources }, workspace.ports)).toMatchObject({
      ingested: 240,
      held: 240,
      quarantined: 0,
      unknownOutputs: [{ output: 'track', judgements: 240 }],
    });
    const { before, after } = await change({ how: 'add', labels: ['track'] });
    expect(before.held).toEqual([{ label: 'track', judged: 240, nearest: null }]);
    expect(after.held).toEqual([]);
    expect((await runLoop(workspace, { modelId, seed: 1 }, recordingUi())).decision).toBe('promoted');
    const fresh = withTracks(60, 'fresh');
    const said = await predicted(fresh.map(({ input }) => input));
    const found = fresh.filter(({ output }, at) => said[at]?.includes(`track ${output.at(-1)?.text}`));
    expect(found.length).toBeGreaterThan(50);
  });

  it('say the new name at once after a rename, and stay the old one in part after a split', async () => {
    const inputs = withTracks(20, 'renamed').map(({ input }) => input);
    const before = await predicted(inputs);
    const { checkpointId } = await championOf(workspace);
    await change({ how: 'rename', from: 'track', to: 'song' });
    const renamed = before.map((said) => said.map((one) => one.replace(/^track /, 'song ')));
    expect(await predicted(inputs)).toEqual(renamed);
    expect(renamed.flat().filter((one) => one.startsWith('song ')).length).toBeGreaterThan(15);
    expect((await championOf(workspace)).checkpointId).toBe(checkpointId);
    const other =
      renamed
        .flat()
        .map((one) => one.split(' ')[0] ?? '')
        .find((type) => type !== 'song') ?? '';
    const { after } = await change({ how: 'split', from: other, into: ['first', 'second'] });
    expect(after.leftOpen.judged).toBeGreaterThan(0);
    expect(await predicted(inputs)).toEqual(renamed);
  });
});
