import { glob, readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { judgementColumns, traceColumns } from '../../infra/constructs/trace-queries.ts';
import * as parquet from '../../shared/adapters/duckdb/trace-rows.ts';
import { shortStatements } from './statements.ts';
import { synthesized } from './synthesized.ts';

const { loop } = synthesized({ traceQueries: 'athena', traceQueryGigabytes: 2 });

describe('a deployment whose agents query traces by Athena', () => {
  it.each([
    ['traces', parquet.traceColumns, traceColumns],
    ['judgements', parquet.judgementColumns, judgementColumns],
  ])('has a table of the columns that the files of %s have', (_name, written, columns) => {
    const types: Readonly<Record<string, string>> = { VARCHAR: 'string', INTEGER: 'int' };
    const inFiles = written.split(',').map((column) => {
      const [name = '', type = ''] = column.trim().split(/\s+/);
      return [name, types[type] ?? type.toLowerCase()];
    });
    // The day is in the path of a file and not in it.
    expect(columns).toEqual(inFiles.filter(([name]) => name !== 'date'));
  });

  it('limits what a query may read, and says where results go, whatever is asked', () => {
    loop.hasResourceProperties('AWS::Athena::WorkGroup', {
      WorkGroupConfiguration: { EnforceWorkGroupConfiguration: true, BytesScannedCutoffPerQuery: 2e9 },
    });
  });

  it('lets the one function ask whose agents query, read three tables, and write lists and results alone', () => {
    const tables = ['trace_files', 'judgement_files', 'chosen_traces'];
    const calls = ['StartQueryExecution', 'GetQueryExecution', 'GetQueryResults', 'StopQueryExecution'];
    expect(asking(loop)).toEqual(
      [...expectedOf('analyze-failures', { workGroup: 'ratchet-trace-queries', calls, tables })].sort(),
    );
    expect(writing(loop, 'analyze-failures')).toEqual([
      expect.stringMatching(/>\/listings\/\*$/),
      expect.stringMatching(/>\/results\/\*$/),
    ]);
  });

  it('has none of it by default', () => {
    const { loop: plain } = synthesized();
    plain.resourceCountIs('AWS::Athena::WorkGroup', 0);
    plain.resourceCountIs('AWS::Glue::Table', 0);
  });

  it('tells in docs/deploy.md how it is had', async () => {
    const page = await readFile(new URL('../../docs/deploy.md', import.meta.url), 'utf8');
    expect(page).toContain('| `traceQueries` |');
    expect(page).toContain('| `traceQueryGigabytes` |');
    expect(page).toContain('| `traceLog` |');
  });
});

describe('a deployment whose trace log is read by Athena', () => {
  const { loop: reading } = synthesized({ traceLog: 'athena', serving: '{}' });
  const readers = ['ingest-drop', 'inspect-lineage', 'prepare-run', 'settle-journal', 'watch-champion'];

  it('has a work group for that alone, without a limit, as a log is read whole', () => {
    reading.resourceCountIs('AWS::Athena::WorkGroup', 1);
    reading.hasResourceProperties('AWS::Athena::WorkGroup', {
      Name: 'ratchet-trace-log',
      WorkGroupConfiguration: { EnforceWorkGroupConfiguration: true, BytesScannedCutoffPerQuery: Match.absent() },
    });
  });

  it('lets those functions ask that read it, and no others', () => {
    const tables = ['trace_files', 'judgement_files', 'chosen_traces', 'log_batches'];
    const calls = ['StartQueryExecution', 'GetQueryExecution', 'StopQueryExecution'];
    const workGroup = 'ratchet-trace-log';
    expect(asking(reading)).toEqual(readers.flatMap((name) => expectedOf(name, { workGroup, calls, tables })).sort());
    for (const name of readers) {
      expect(writing(reading, name)).toEqual(
        expect.arrayContaining([expect.stringMatching(/>\/listings\/\*$/), expect.stringMatching(/>\/results\/\*$/)]),
      );
    }
  });

  it('tells those functions alone by what they ask', async () => {
    const told = Object.values(reading.findResources('AWS::Lambda::Function')).flatMap(({ Properties: given }) =>
      given.Environment?.Variables?.RATCHET_ATHENA_WORK_GROUP === undefined ? [] : [given.FunctionName],
    );
    expect(told.sort()).toEqual(readers.map((name) => `ratchet-${name}`));
    const using: string[] = [];
    for await (const path of glob('functions/*/handler.ts')) {
      if ((await readFile(path, 'utf8')).includes('withTraceLog')) using.push(basename(dirname(path)));
    }
    expect(using.sort()).toEqual(readers);
  });
});

function asking(template: Template): readonly string[] {
  return [...shortStatements(template)]
    .flatMap(([name, statements]) =>
      statements.flatMap(({ actions, resources }) =>
        actions
          .filter((action) => /^(athena|glue):/.test(action))
          .flatMap((action) => resources.map((resource) => `${name} ${action} ${resource}`)),
      ),
    )
    .sort();
}

function expectedOf(
  name: string,
  { workGroup, calls, tables }: { workGroup: string; calls: readonly string[]; tables: readonly string[] },
): readonly string[] {
  const read = ['catalog', 'database/ratchet_traces', ...tables.map((table) => `table/ratchet_traces/${table}`)];
  return [
    ...calls.map((call) => `${name} athena:${call} athena:workgroup/${workGroup}`),
    ...['GetDatabase', 'GetTable'].flatMap((action) => read.map((one) => `${name} glue:${action} glue:${one}`)),
  ];
}

function writing(template: Template, name: string): readonly string[] {
  return (shortStatements(template).get(name) ?? [])
    .filter(({ actions }) => actions.includes('s3:PutObject'))
    .flatMap(({ resources }) => resources)
    .filter((resource) => !resource.startsWith('artifacts/'));
}
