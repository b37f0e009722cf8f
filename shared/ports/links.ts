export interface Link {
  readonly title: string;
  /** Begins with `https://`. */
  readonly url: string;
}

/** Where a person looks closer at a run: pages of a console. */
export interface Links {
  /** The page of an execution, by the owner of its lease. */
  execution(owner: string): Link | null;
  /** The page that lists the objects whose keys begin so. */
  objects(prefix: string): Link | null;
}
