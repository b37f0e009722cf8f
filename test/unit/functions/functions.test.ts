import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { functionNames } from '../../../functions/_build/bundle-functions.ts';

const machine = new URL('../../../infra/state-machines/improvement-loop.asl.json', import.meta.url);
/** Functions that events and requests invoke, and no state of the machine. */
const ofEvents = ['ingest-drop', 'run-ended', 'serve', 'settle-journal', 'start-run', 'watch-champion'];

/** Names of the Task states, those within Maps and Parallels too, each with its resource. */
function taskStates(definition: unknown): [string, string][] {
  if (typeof definition !== 'object' || definition === null) return [];
  return Object.entries(definition).flatMap(([name, value]): [string, string][] => [
    ...(isTask(value) ? [[name, value.Resource] as [string, string]] : []),
    ...taskStates(value),
  ]);
}

function isTask(value: unknown): value is { Resource: string } {
  return typeof value === 'object' && value !== null && 'Type' in value && value.Type === 'Task' && 'Resource' in value;
}

describe('the functions', () => {
  test('are one a Task state of the loop, and those that events and requests invoke', async () => {
    const states = taskStates(JSON.parse(await readFile(machine, 'utf8'))).map(([name]) => name);
    expect(await functionNames()).toEqual([...new Set(states), ...ofEvents].sort());
  });

  test('are named in the state machine by what is substituted for them', async () => {
    for (const [name, resource] of taskStates(JSON.parse(await readFile(machine, 'utf8')))) {
      const pascal = name.replaceAll(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
      expect(resource).toBe(`\${${pascal}FunctionArn}`);
    }
  });
});
