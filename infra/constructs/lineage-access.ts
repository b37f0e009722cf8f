import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';

export interface LineageAccess {
  /**
   * Of the control item, which holds champion, lease and fencing token: `lease` takes, renews and gives back the lease;
   * `champion` also moves the champion.
   */
  readonly control: 'read' | 'lease' | 'champion';
  /** Of checkpoints, datasets, frozen sets and runs. */
  readonly records: 'read' | 'write';
}

const leaseAttributes = ['pk', 'sk', 'schemaVersion', 'version', 'writeId', 'lease', 'fencingToken'] as const;
const championAttributes = [...leaseAttributes, 'championId', 'moves'] as const;

/**
 * The control item is alone in its partition and only ever updated, attribute by attribute, so that IAM can tell a
 * renewed lease from a moved champion (docs/adr/0013). Nobody here puts or deletes it, registers a model, or scans.
 */
export function lineageStatements(table: Table, { control, records }: LineageAccess): PolicyStatement[] {
  const on = (actions: string[], conditions?: Record<string, Record<string, unknown>>): PolicyStatement =>
    new PolicyStatement({ actions, resources: [table.tableArn], ...(conditions === undefined ? {} : { conditions }) });
  const partitions = (...keys: readonly string[]) => ({ 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': keys } });
  const attributes = control === 'champion' ? championAttributes : leaseAttributes;
  return [
    on(['dynamodb:GetItem', 'dynamodb:Query']),
    ...(records === 'read' ? [] : [on(['dynamodb:PutItem', 'dynamodb:UpdateItem'], partitions('model#*', 'run#*'))]),
    ...(control === 'read'
      ? []
      : [
          on(['dynamodb:UpdateItem'], {
            ...partitions('control#*'),
            'ForAllValues:StringEquals': { 'dynamodb:Attributes': attributes },
            Null: { 'dynamodb:Attributes': 'false' },
          }),
        ]),
  ];
}
