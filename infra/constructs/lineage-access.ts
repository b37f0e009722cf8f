import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';

export type RecordKind = 'run' | 'checkpoint' | 'dataset' | 'evaluation-set';

export interface LineageAccess {
  /**
   * Of the control item, which holds champion, lease and fencing token: `lease` takes, renews and gives back the lease;
   * `champion` also moves the champion.
   */
  readonly control: 'read' | 'lease' | 'champion';
  readonly writes: readonly RecordKind[];
}

const partitions: Readonly<Record<RecordKind, readonly string[]>> = {
  run: ['RUN#*', 'RUNS#*'],
  checkpoint: ['CHECKPOINT#*'],
  dataset: ['DATASET#*'],
  'evaluation-set': ['EVALUATION_SET#*'],
};

const leaseAttributes = ['pk', 'sk', 'version', 'lease', 'fencingToken'] as const;
const championAttributes = [...leaseAttributes, 'championId', 'moves'] as const;

/**
 * The control item is alone in its partition and only ever updated, attribute by attribute, so that IAM can tell a renewed
 * lease from a moved champion (ADR 13). Nobody here may put it, delete it, or scan.
 */
export function lineageStatements(table: Table, access: LineageAccess): PolicyStatement[] {
  const statements = [
    new PolicyStatement({ actions: ['dynamodb:GetItem', 'dynamodb:Query'], resources: [table.tableArn] }),
  ];
  if (access.writes.length > 0) {
    statements.push(
      new PolicyStatement({
        actions: ['dynamodb:PutItem', 'dynamodb:UpdateItem'],
        resources: [table.tableArn],
        conditions: {
          'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': access.writes.flatMap((kind) => partitions[kind]) },
        },
      }),
    );
  }
  if (access.control !== 'read') {
    statements.push(
      new PolicyStatement({
        actions: ['dynamodb:UpdateItem'],
        resources: [table.tableArn],
        conditions: {
          'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['CONTROL#*'] },
          'ForAllValues:StringEquals': {
            'dynamodb:Attributes': [...(access.control === 'champion' ? championAttributes : leaseAttributes)],
          },
          Null: { 'dynamodb:Attributes': 'false' },
        },
      }),
    );
  }
  return statements;
}
