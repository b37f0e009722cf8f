/** Names for what has no content to be named by: runs. Sortable by time of making. */
export interface Ids {
  next(prefix: string): string;
}
