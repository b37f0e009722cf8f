import { readFile } from 'node:fs/promises';
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
    const asking = [...shortStatements(loop)].flatMap(([name, statements]) =>
      statements.flatMap(({ actions, resources }) =>
        actions
          .filter((action) => /^(athena|glue):/.test(action))
          .flatMap((action) => resources.map((resource) => `${name} ${action} ${resource}`)),
      ),
    );
    const tables = ['trace_files', 'judgement_files', 'chosen_traces'].map((name) => `table/ratchet_traces/${name}`);
    expect(asking.sort()).toEqual(
      [
        ...['StartQueryExecution', 'GetQueryExecution', 'GetQueryResults', 'StopQueryExecution'].map(
          (action) => `analyze-failures athena:${action} athena:workgroup/ratchet-trace-queries`,
        ),
        ...['GetDatabase', 'GetTable'].flatMap((action) =>
          ['catalog', 'database/ratchet_traces', ...tables].map(
            (resource) => `analyze-failures glue:${action} glue:${resource}`,
          ),
        ),
      ].sort(),
    );
    const written = (shortStatements(loop).get('analyze-failures') ?? [])
      .filter(({ actions }) => actions.includes('s3:PutObject'))
      .flatMap(({ resources }) => resources)
      .filter((resource) => !resource.startsWith('artifacts/'));
    expect(written).toEqual([expect.stringMatching(/>\/listings\/\*$/), expect.stringMatching(/>\/results\/\*$/)]);
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
  });
});
