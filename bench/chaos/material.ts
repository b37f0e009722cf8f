import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openWorkspace } from '../../cli/workspace.ts';
import { type LabelledLine, samples } from '../../test/helpers/made-up-traffic.ts';
import { answeredTraffic, createSupportModel } from '../../test/helpers/test-workspace.ts';
import { withWorkspace } from '../kill-runs/inspect.ts';

/** What each trial begins with, and what comes in while it goes on: two days, a run after each. */
export interface Material {
  /** A workspace with a first checkpoint. */
  readonly origin: string;
  readonly days: readonly (readonly LabelledLine[])[];
  /** A new directory with a copy of the origin. */
  copy(name: string): Promise<string>;
  dispose(): Promise<void>;
}

const observer = { progress: () => undefined, note: () => undefined };

export interface MaterialOptions {
  /** Of each day. */
  readonly traces?: readonly [number, number];
  readonly settings?: Record<string, unknown>;
}

export async function makeMaterial({ traces = [200, 60], settings = {} }: MaterialOptions = {}): Promise<Material> {
  const directory = await mkdtemp(join(tmpdir(), 'ratchet-chaos-'));
  const origin = join(directory, 'origin');
  const workspace = await openWorkspace(origin, { observer, create: true });
  await createSupportModel(workspace, { maxIterations: 2, ...settings }).finally(() => workspace.close());
  const days = await withWorkspace(origin, async (opened) => [
    await answeredTraffic(opened, samples(traces[0], 0.4, opened.ports.random.stream(1, 'day 1')), 'day1'),
    await answeredTraffic(opened, samples(traces[1], 0.4, opened.ports.random.stream(1, 'day 2')), 'day2'),
  ]);
  return {
    origin,
    days,
    async copy(name) {
      const target = join(directory, name);
      await cp(origin, target, { recursive: true });
      return target;
    },
    dispose: () => rm(directory, { recursive: true, force: true }),
  };
}
