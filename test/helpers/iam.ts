/** A statement of an IAM policy, as far as those of Ratchet go. */
export interface Statement {
  readonly effect: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** Operator → key → what the request is held against. */
  readonly conditions: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** What somebody asks of AWS. */
export interface AccessRequest {
  readonly action: string;
  readonly resource: string;
  /** What the request tells of itself, by condition key; a key that it has nothing of is left out. */
  readonly context?: Readonly<Record<string, readonly string[]>>;
}

/**
 * Whether policies allow a request: a Deny that fits refuses it, else one Allow that fits is enough. Evaluates as IAM does
 * what Ratchet's policies use, and throws for what they do not, so that no condition is passed over.
 */
export function isAllowed(statements: readonly Statement[], request: AccessRequest): boolean {
  const fitting = statements.filter((statement) => fits(statement, request)).map(({ effect }) => effect);
  return fitting.includes('Allow') && !fitting.includes('Deny');
}

function fits(
  { actions, resources, conditions }: Statement,
  { action, resource, context = {} }: AccessRequest,
): boolean {
  return (
    actions.some((pattern) => like(pattern.toLowerCase(), action.toLowerCase())) &&
    resources.some((pattern) => like(pattern, resource)) &&
    Object.entries(conditions).every(([operator, keys]) =>
      Object.entries(keys).every(([key, wanted]) => holds(operator, [wanted].flat().map(String), context[key])),
    )
  );
}

function holds(operator: string, wanted: readonly string[], given: readonly string[] | undefined): boolean {
  const [, ofAll, comparison = '', ifExists] = /^(ForAllValues:)?(\w+?)(IfExists)?$/.exec(operator) ?? [];
  if (comparison === 'Null') return wanted.includes(String(given === undefined));
  const compare = comparisons[comparison];
  if (compare === undefined) throw new Error(`This evaluator does not know the condition ${operator}.`);
  if (given === undefined) return ofAll !== undefined || ifExists !== undefined;
  if (ofAll === undefined && given.length !== 1) throw new Error(`${operator} takes one value, not ${given.length}.`);
  return given.every((value) => wanted.some((pattern) => compare(pattern, value)));
}

const comparisons: Readonly<Record<string, (pattern: string, value: string) => boolean>> = {
  StringEquals: (pattern, value) => pattern === value,
  StringLike: like,
};

/** `*` stands for any characters, also for `/` and for none, `?` for one. */
function like(pattern: string, value: string): boolean {
  const source = [...pattern]
    .map((character) =>
      character === '*' ? '.*' : character === '?' ? '.' : character.replace(/[\\^$.|+()[\]{}]/, '\\$&'),
    )
    .join('');
  return new RegExp(`^${source}$`, 'su').test(value);
}
