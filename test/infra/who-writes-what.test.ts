import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stageFunctions } from '../../infra/function-specs.ts';
import { idProblem } from '../../shared/domain/base/ids.ts';
import { type AccessRequest, isAllowed } from '../helpers/iam.ts';
import { shortStatements } from './statements.ts';
import { synthesized } from './synthesized.ts';

const { loop } = synthesized({ serving: '{}' });
const statements = shortStatements(loop);
const functions = [...statements.keys()];
const stages = stageFunctions.map(({ name }) => name);
const documented = readFileSync(new URL('../../docs/permissions.md', import.meta.url), 'utf8');

/** A write to be tried: what it is of, how the docs write its place, and the request. */
interface Write {
  readonly what: string;
  readonly where: string;
  readonly request: AccessRequest;
}

const leaseFields = ['pk', 'sk', 'schemaVersion', 'version', 'writeId', 'lease', 'fencingToken'];

function item(
  pk: string,
  action: 'PutItem' | 'UpdateItem' | 'DeleteItem',
  attributes: readonly string[],
): AccessRequest {
  const context = { 'dynamodb:LeadingKeys': [pk], 'dynamodb:Attributes': attributes };
  return { action: `dynamodb:${action}`, resource: 'lineage', context };
}

function put(what: string, partition: string): Write {
  const id = /^(?:run|budget)#/.test(partition) ? 'run-1' : 'support';
  const pk = partition.replace(/MODEL|RUN/, id);
  return { what, where: partition, request: item(pk, 'PutItem', ['pk', 'sk', 'schemaVersion', 'document']) };
}

function object(what: string, bucket: 'traces' | 'artifacts' | 'journal', where: string): Write {
  const key = where
    .replace('MODEL', 'support')
    .replace('RUN', 'run-1')
    .replace('ITERATION', '1')
    .replaceAll(/ITEM|FILE/g, 'x');
  return { what, where, request: { action: 's3:PutObject', resource: `${bucket}/${key}` } };
}

function ofStage(name: string): string {
  return `runs/MODEL/RUN/ITERATION/${name}/ITEM/FILE`;
}

/** Stages that another may run ahead. */
const shared: ReadonlySet<string> = new Set(['synthesize-curriculum', 'assemble-curriculum']);
const left = stages
  .filter((name) => name !== 'take-lease' && !shared.has(name))
  .map((name) => ({ name, write: object('what any other stage leaves', 'artifacts', ofStage(name)) }));

const writes: readonly Write[] = [
  {
    what: 'champion, moves',
    where: 'control#MODEL',
    request: item('control#support', 'UpdateItem', [...leaseFields.slice(0, 5), 'championId', 'moves']),
  },
  { what: 'lease', where: 'control#MODEL', request: item('control#support', 'UpdateItem', leaseFields) },
  put('model, settings, labels', 'models'),
  put('checkpoint', 'checkpoints#MODEL'),
  {
    what: 'score of a checkpoint',
    where: 'checkpoints#MODEL',
    request: item('checkpoints#support', 'UpdateItem', ['pk', 'sk', 'scores']),
  },
  put('dataset', 'datasets#MODEL'),
  put('frozen set', 'evaluation-sets#MODEL'),
  put('run', 'runs#MODEL'),
  put("a run's model", 'run#RUN'),
  put("what a run's agents may spend", 'budget#RUN'),
  put('records of before schema version 7', 'model#MODEL'),
  object('artifact of a checkpoint', 'artifacts', 'models/MODEL/checkpoints/FILE'),
  object('examples of a dataset', 'artifacts', 'models/MODEL/datasets/FILE'),
  object('frozen records', 'artifacts', 'models/MODEL/evaluation-sets/FILE'),
  object('folds for life', 'artifacts', 'models/MODEL/splits/FILE'),
  object("what is kept of a champion's traffic", 'artifacts', 'models/MODEL/drift/FILE'),
  object('curricula of clusters, also ahead of their time', 'artifacts', ofStage('synthesize-curriculum')),
  object('training sets, also ahead of their time', 'artifacts', ofStage('assemble-curriculum')),
  object('a dropped file', 'traces', 'drops/MODEL/FILE'),
  ...['traces', 'judgements', 'batches', 'quarantine', 'ingests'].map((folder) =>
    object('what is made of drops', 'traces', `${folder}/MODEL/FILE`),
  ),
  object('what is answered and judged over HTTP, until it is moved', 'journal', 'journal/FILE'),
];

function writersOf({ request }: Pick<Write, 'request'>): readonly string[] {
  return functions.filter((name) => isAllowed(statements.get(name) ?? [], request));
}

function row(write: Write): string {
  const writers = writersOf(write);
  const every = stages.every((name) => writers.includes(name));
  const told = every ? ['every stage', ...writers.filter((name) => !stages.includes(name))] : writers;
  const names = told.map((name) => (name === 'every stage' ? name : `\`${name}\``)).join(', ');
  return `| ${write.what} | \`${write.where}\` | ${names === '' ? 'people alone' : names} |`;
}

describe('who may write what', () => {
  it('is as docs/permissions.md says', () => {
    const rows = documented.split('\n').filter((line) => /^\| .* \| `/.test(line));
    for (const { name, write } of left) expect(writersOf(write)).toEqual([name]);
    const others = `| what any other stage leaves | \`${ofStage('STAGE')}\` | that stage alone |`;
    expect(rows).toEqual([...writes.map(row), others]);
  });

  it('lets no stage change what another has left, whatever its names are', () => {
    const id = fc.oneof(
      fc.constantFrom(...stages),
      fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,12}$/).filter((text) => idProblem(text) === null),
    );
    // Items are named by the stages themselves: `all`, or a letter and a number.
    const itemId = fc.constantFrom('all', 'c1', 'cluster-01', 'i1-c2');
    const file = fc.constantFrom('completed.json', 'gate.json', 'answers.jsonl');
    const writing = fc.constantFrom(...stages.filter((name) => name !== 'take-lease'));
    fc.assert(
      fc.property(id, id, fc.nat(9), writing, itemId, file, (model, run, iteration, stage, ofItem, name) => {
        const resource = `artifacts/runs/${model}/${run}/${iteration}/${stage}/${ofItem}/${name}`;
        const writers = writersOf({ request: { action: 's3:PutObject', resource } });
        expect(writers).toEqual(shared.has(stage) ? expect.arrayContaining([stage, 'prepare-next-dataset']) : [stage]);
        expect(writers.length).toBe(shared.has(stage) ? 2 : 1);
        const deleters = writersOf({ request: { action: 's3:DeleteObject', resource } });
        expect(deleters).toEqual(stage === 'triage-traces' ? [stage] : []);
      }),
      { numRuns: 300 },
    );
  });

  it('lets nobody hide more in a write than it is for', () => {
    for (const attributes of [['championId'], [...leaseFields, 'moves'], []]) {
      const request = item('control#support', 'UpdateItem', attributes);
      const bare = { ...request, context: { 'dynamodb:LeadingKeys': ['control#support'] } };
      const writers = writersOf({ request: attributes.length === 0 ? bare : request });
      expect(writers).toEqual(attributes.length === 0 ? [] : ['promote-champion', 'watch-champion']);
    }
    const document = item('checkpoints#support', 'UpdateItem', ['pk', 'sk', 'scores', 'document']);
    expect(writersOf({ request: document })).toEqual([]);
    const twoPartitions = item('checkpoints#support', 'PutItem', ['pk']);
    const context = { 'dynamodb:LeadingKeys': ['runs#support', 'checkpoints#support'] };
    expect(writersOf({ request: { ...twoPartitions, context } })).toEqual(['train-candidates']);
  });

  it('lets no function delete an item, whichever it is', () => {
    for (const { request } of writes.filter(({ request: { resource } }) => resource === 'lineage')) {
      for (const action of ['DeleteItem', 'BatchWriteItem', 'PartiQLUpdate', 'PartiQLInsert', 'PartiQLDelete'])
        expect(writersOf({ request: { ...request, action: `dynamodb:${action}` } })).toEqual([]);
    }
  });
});
