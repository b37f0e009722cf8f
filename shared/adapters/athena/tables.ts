/** Names of the tables in the database of a deployment. */
export const athenaTables = {
  traces: 'trace_files',
  judgements: 'judgement_files',
  chosen: 'chosen_traces',
  batches: 'log_batches',
} as const;

/** Where the listing of a table is, below `listings/`, which is what its partition `listing` stands for. */
export function listingKey(table: keyof typeof athenaTables, name: string, file: string): string {
  return `listings/${table}/listing=${name}/${file}`;
}
