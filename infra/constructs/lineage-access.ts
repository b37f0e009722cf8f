import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';

/** Records that lie in a partition of their own (docs/adr/0036): permissions see no more of a key than that. */
export type RecordKind = 'checkpoints' | 'datasets' | 'evaluation-sets' | 'runs';

export interface LineageAccess {
  /**
   * Of the control item, which holds champion, lease and fencing token: `lease` takes, renews and gives back the lease;
   * `champion` also moves the champion.
   */
  readonly control: 'read' | 'lease' | 'champion';
  /** Records that it may write; all can be read. */
  readonly records: readonly RecordKind[];
  /** Whether it may enter scores of checkpoints, and change nothing else of them. */
  readonly scores?: true;
  /** Whether it may take from the budget of a run's agents. */
  readonly budgets?: true;
}

const leaseAttributes = ['pk', 'sk', 'schemaVersion', 'version', 'writeId', 'lease', 'fencingToken'] as const;
const championAttributes = [...leaseAttributes, 'championId', 'moves'] as const;
const scoreAttributes = ['pk', 'sk', 'scores'] as const;

const budgetAttributes = [
  ...['pk', 'sk', 'calls', 'leftTurns', 'leftOutputTokens', 'leftMicroUsd'],
  ...['spentTurns', 'spentOutputTokens', 'spentMicroUsd'],
] as const;

const partitionsOf: Readonly<Record<RecordKind, readonly string[]>> = {
  checkpoints: ['checkpoints#*'],
  datasets: ['datasets#*'],
  'evaluation-sets': ['evaluation-sets#*'],
  // The second says of which model a run is.
  runs: ['runs#*', 'run#*'],
};
/** Where checkpoints lie, those of before schema version 7 too. */
const checkpointPartitions = ['checkpoints#*', 'model#*'] as const;

/**
 * The control item is alone in its partition and only ever updated, attribute by attribute, so that IAM can tell a
 * renewed lease from a moved champion (docs/adr/0013). Nobody here puts or deletes it, registers a model, or scans.
 */
export function lineageStatements(
  table: Table,
  { control, records, scores, budgets }: LineageAccess,
): PolicyStatement[] {
  const on = (actions: string[], conditions?: Record<string, Record<string, unknown>>): PolicyStatement =>
    new PolicyStatement({ actions, resources: [table.tableArn], ...(conditions === undefined ? {} : { conditions }) });
  const partitions = (keys: readonly string[]) => ({ 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': keys } });
  const update = (keys: readonly string[], attributes: readonly string[]): PolicyStatement =>
    on(['dynamodb:UpdateItem'], {
      ...partitions(keys),
      'ForAllValues:StringEquals': { 'dynamodb:Attributes': attributes },
      Null: { 'dynamodb:Attributes': 'false' },
    });
  return [
    on(['dynamodb:GetItem', 'dynamodb:Query']),
    ...(records.length === 0
      ? []
      : [on(['dynamodb:PutItem'], partitions(records.flatMap((kind) => partitionsOf[kind])))]),
    ...(scores === true ? [update(checkpointPartitions, scoreAttributes)] : []),
    ...(budgets === true
      ? [on(['dynamodb:PutItem'], partitions(['budget#*'])), update(['budget#*'], budgetAttributes)]
      : []),
    ...(control === 'read'
      ? []
      : [update(['control#*'], control === 'champion' ? championAttributes : leaseAttributes)]),
  ];
}
