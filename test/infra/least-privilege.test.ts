import { describe, expect, it } from 'vitest';
import { eventFunctions, servingFunctions, stageFunctions } from '../../infra/function-specs.ts';
import type { Statement } from '../helpers/iam.ts';
import { short, statementsByFunction, statementsByRole } from './statements.ts';
import { synthesized } from './synthesized.ts';

const schedules = '[{"modelId":"spam","expression":"rate(1 day)"}]';
const { loop } = synthesized({ schedules, serving: '{}' });
const byFunction = statementsByFunction(loop);
const names = [...byFunction.keys()];

/** What a function may do, as `action resource` with the keys and attributes that it is held to. */
function permissionsOf(name: string): readonly string[] {
  return (byFunction.get(`ratchet-${name}`) ?? [])
    .flatMap(({ actions, resources, conditions }) =>
      actions.flatMap((action) =>
        resources.map((resource) => [action, short(resource), ...limits(conditions)].join(' ')),
      ),
    )
    .sort();
}

function limits(conditions: Statement['conditions']): readonly string[] {
  return Object.entries(conditions)
    .filter(([operator]) => operator !== 'Null')
    .flatMap(([, keys]) => Object.entries(keys).map(([key, values]) => `${key}=${[values].flat().join(',')}`));
}

const lease =
  'dynamodb:LeadingKeys=control#* dynamodb:Attributes=pk,sk,schemaVersion,version,writeId,lease,fencingToken';
const puts = (...kinds: readonly string[]) =>
  `dynamodb:PutItem lineage dynamodb:LeadingKeys=${['runs', 'run', ...kinds].map((kind) => `${kind}#*`).join(',')}`;
const scores =
  'dynamodb:UpdateItem lineage dynamodb:LeadingKeys=checkpoints#*,model#* dynamodb:Attributes=pk,sk,scores';
const everyFunction = [
  'dynamodb:GetItem lineage',
  'dynamodb:Query lineage',
  'logs:CreateLogStream its own log group',
  'logs:PutLogEvents its own log group',
  'xray:PutTelemetryRecords *',
  'xray:PutTraceSegments *',
];
const sendsDeadLetters = ['sqs:GetQueueAttributes', 'sqs:GetQueueUrl', 'sqs:SendMessage'].map(
  (action) => `${action} dead letters`,
);
const everyStage = [
  ...everyFunction,
  's3:GetObject artifacts/models/*',
  's3:GetObject artifacts/runs/*',
  's3:ListBucket artifacts s3:prefix=runs/*,models/*',
  'states:DescribeExecution states:execution:ratchet-improvement-loop:*',
];
const renewsLease = `dynamodb:UpdateItem lineage ${lease}`;
const movesChampion = `${renewsLease},championId,moves`;
const readsTraces = [
  's3:GetObject traces/batches/*',
  's3:GetObject traces/judgements/*',
  's3:GetObject traces/traces/*',
  's3:ListBucket traces s3:prefix=batches/*',
];
const writes = (pattern: string): readonly string[] => [
  `s3:AbortMultipartUpload ${pattern}`,
  `s3:PutObject ${pattern}`,
];
const ofStage = (name: string) => `artifacts/runs/*/*/*/${name}/*`;
const besideTheStagesOwn: Readonly<Record<string, readonly string[]>> = {
  'prepare-run': [...readsTraces, ...writes('artifacts/models/*/splits/*')],
  'triage-traces': [`s3:DeleteObject ${ofStage('triage-traces')}`],
  'analyze-failures': readsTraces,
  'inspect-lineage': [...readsTraces, ...writes('artifacts/models/*/evaluation-sets/*')],
  'assemble-curriculum': writes('artifacts/models/*/datasets/*'),
  'prepare-next-dataset': [
    ...writes('artifacts/models/*/datasets/*'),
    ...writes(ofStage('synthesize-curriculum')),
    ...writes(ofStage('assemble-curriculum')),
  ],
  'train-candidates': writes('artifacts/models/*/checkpoints/*'),
  'gate-candidates': [scores],
  'promote-champion': writes('artifacts/models/*/evaluation-sets/*'),
};
const takesBudgets = [
  'dynamodb:PutItem lineage dynamodb:LeadingKeys=budget#*',
  `dynamodb:UpdateItem lineage dynamodb:LeadingKeys=budget#* dynamodb:Attributes=${[
    ...['pk', 'sk', 'calls', 'leftTurns', 'leftOutputTokens', 'leftMicroUsd'],
    ...['spentTurns', 'spentOutputTokens', 'spentMicroUsd'],
  ].join(',')}`,
];
/** Stages that may ask a chat model. */
const chatting = [
  'judge-traces',
  'judge-candidates',
  'triage-traces',
  'analyze-failures',
  'build-taxonomy',
  'confirm-weaknesses',
  'synthesize-curriculum',
  'decide-next',
];
/** Stages that may ask what answers cost something. */
const paying = ['answer-traces', 'evaluate-candidates', 'final-test'];
const recordsOf: Readonly<Record<string, string>> = {
  'inspect-lineage': 'evaluation-sets',
  'assemble-curriculum': 'datasets',
  'prepare-next-dataset': 'datasets',
  'train-candidates': 'checkpoints',
  'promote-champion': 'evaluation-sets',
};

describe('the champion', () => {
  it('can be moved by promote-champion and watch-champion, and by no other function', () => {
    const movers = names.filter((name) => (byFunction.get(name) ?? []).some(writesChampion));
    expect(movers).toEqual(['ratchet-promote-champion', 'ratchet-watch-champion']);
  });

  it('cannot be put or deleted, nor its item scanned for, by any function', () => {
    for (const statement of [...byFunction.values()].flat()) {
      expect(statement.actions).not.toContain('dynamodb:DeleteItem');
      expect(statement.actions).not.toContain('dynamodb:Scan');
      if (!statement.actions.includes('dynamodb:PutItem')) continue;
      const keys = keysOf(statement);
      expect(keys?.length === 1 ? keys : keys?.slice(0, 2)).toEqual(
        keys?.length === 1 ? ['budget#*'] : ['runs#*', 'run#*'],
      );
    }
  });
});

describe('a model', () => {
  it('can be registered and changed by people alone: no function writes where models lie', () => {
    const statements = [...byFunction.values()].flat().filter(({ resources }) => resources.some(isLineage));
    const writing = statements.filter(({ actions }) => actions.some((action) => !readsTable.has(action)));
    expect(writing.length).toBeGreaterThan(0);
    for (const statement of writing) {
      expect(statement.actions.every((action) => /^dynamodb:(Put|Update)Item$/.test(action))).toBe(true);
      const keys = keysOf(statement);
      expect(keys).toBeDefined();
      expect(keys?.filter((key) => 'models'.startsWith(key.replace(/\*$/, '')))).toEqual([]);
    }
  });
});

const readsTable: ReadonlySet<string> = new Set(['dynamodb:GetItem', 'dynamodb:Query']);

function isLineage(resource: string): boolean {
  return short(resource) === 'lineage';
}

/** Whether the statement lets the champion's attribute of the control item be written. */
function writesChampion(statement: Statement): boolean {
  if (!statement.actions.some((action) => /^dynamodb:(Put|Update|Delete|BatchWrite|PartiQL|\*)/.test(action)))
    return false;
  const keys = keysOf(statement);
  if (keys !== undefined && !keys.some((key) => 'control#spam'.startsWith(key.replace('*', '')))) return false;
  const attributes = statement.conditions['ForAllValues:StringEquals']?.['dynamodb:Attributes'];
  return !Array.isArray(attributes) || attributes.includes('championId');
}

function keysOf(statement: Statement): readonly string[] | undefined {
  const keys = statement.conditions['ForAllValues:StringLike']?.['dynamodb:LeadingKeys'];
  return Array.isArray(keys) ? keys.map(String) : undefined;
}

describe('a function', () => {
  it.each(stageFunctions.map(({ name }) => name))('may do no more than the stage %s needs', (name) => {
    const control = name === 'promote-champion' ? movesChampion : renewsLease;
    const own = name === 'take-lease' ? [] : writes(ofStage(name));
    const records = recordsOf[name];
    expect(permissionsOf(name)).toEqual(
      [
        ...everyStage,
        control,
        puts(...(records === undefined ? [] : [records])),
        ...own,
        ...(besideTheStagesOwn[name] ?? []),
        ...(chatting.includes(name) || paying.includes(name) ? takesBudgets : []),
      ].sort(),
    );
  });

  it('that ingests drops may write the trace store, and of the lineage only read', () => {
    const folders = ['traces', 'judgements', 'batches', 'quarantine', 'ingests'].map((folder) => `${folder}/*`);
    expect(permissionsOf(eventFunctions.ingestDrop.name)).toEqual(
      [
        ...everyFunction,
        'events:PutEvents events:event-bus/default events:source=ratchet',
        's3:GetObject traces/drops/*',
        ...folders.flatMap((folder) => [`s3:GetObject traces/${folder}`, ...writes(`traces/${folder}`)]),
        ...['quarantine', 'traces', 'judgements', 'batches/_merged'].map((of) => `s3:DeleteObject traces/${of}/*`),
        `s3:ListBucket traces s3:prefix=drops/*,${folders.join(',')}`,
        ...sendsDeadLetters,
      ].sort(),
    );
  });

  it('that answers over HTTP may read models, and write the journal: neither read it nor the log, nor a champion', () => {
    expect(permissionsOf(servingFunctions.serve.name)).toEqual(
      [
        ...everyFunction,
        's3:GetObject artifacts/models/*',
        's3:GetObject artifacts/runs/*/calibration.json',
        's3:ListBucket artifacts s3:prefix=models/*,runs/*/calibration.json',
        ...writes('journal/journal/*'),
      ].sort(),
    );
  });

  it('that moves the journal may write the trace store, take from the journal, and add nothing to it', () => {
    const folders = ['traces', 'judgements', 'batches', 'quarantine'].map((folder) => `${folder}/*`);
    expect(permissionsOf(servingFunctions.settleJournal.name)).toEqual(
      [
        ...everyFunction,
        'events:PutEvents events:event-bus/default events:source=ratchet',
        ...folders.flatMap((folder) => [`s3:GetObject traces/${folder}`, ...writes(`traces/${folder}`)]),
        ...['quarantine', 'traces', 'judgements', 'batches/_merged'].map((of) => `s3:DeleteObject traces/${of}/*`),
        `s3:ListBucket traces s3:prefix=${folders.join(',')}`,
        's3:GetObject journal/journal/*',
        's3:DeleteObject journal/journal/*',
        's3:ListBucket journal s3:prefix=journal/*',
      ].sort(),
    );
  });

  it('that starts runs may start this state machine alone, and move neither lease nor champion', () => {
    expect(permissionsOf(eventFunctions.startRun.name)).toEqual(
      [
        ...everyFunction,
        puts(),
        's3:GetObject traces/batches/*',
        's3:ListBucket traces s3:prefix=batches/*',
        's3:GetObject artifacts/models/*/drift/*',
        's3:ListBucket artifacts s3:prefix=models/*/drift/*',
        ...sendsDeadLetters,
        'states:DescribeExecution states:execution:ratchet-improvement-loop:*',
        'states:StartExecution states:stateMachine:ratchet-improvement-loop',
      ].sort(),
    );
  });

  it('that watches new champions may move the champion back, keep what it saw of traffic, and write nothing else', () => {
    expect(permissionsOf(eventFunctions.watchChampion.name)).toEqual(
      [
        ...everyFunction,
        movesChampion,
        'events:PutEvents events:event-bus/default events:source=ratchet',
        ...['traces', 'judgements', 'batches'].map((folder) => `s3:GetObject traces/${folder}/*`),
        's3:ListBucket traces s3:prefix=batches/*',
        's3:GetObject artifacts/models/*',
        's3:ListBucket artifacts s3:prefix=models/*',
        ...writes('artifacts/models/*/drift/*'),
        ...sendsDeadLetters,
        'states:DescribeExecution states:execution:ratchet-improvement-loop:*',
      ].sort(),
    );
  });

  it('that records the end of a run may give the lease back and touches no object', () => {
    expect(permissionsOf(eventFunctions.runEnded.name)).toEqual(
      [
        ...everyFunction,
        puts(),
        renewsLease,
        'events:PutEvents events:event-bus/default events:source=ratchet',
        ...sendsDeadLetters,
      ].sort(),
    );
  });
});

describe('any role', () => {
  const statements = [...statementsByRole(loop).values()].flat();

  it('names its actions one by one', () => {
    for (const { actions } of statements) for (const action of actions) expect(action).not.toContain('*');
  });

  it('is allowed all resources only for tracing and log delivery, whose actions know none', () => {
    const everywhere = statements.filter(({ resources }) => resources.includes('*')).flatMap(({ actions }) => actions);
    for (const action of everywhere)
      expect(action).toMatch(/^(xray:|logs:.*(LogDelivery|LogDeliveries|ResourcePolic|LogGroups))/);
  });

  it('invokes functions by their exact ARNs', () => {
    for (const { actions, resources } of statements) {
      if (!actions.includes('lambda:InvokeFunction')) continue;
      for (const resource of resources) expect(resource).toMatch(/^<\w+\.Arn>$/);
    }
  });
});
