import type { Template } from 'aws-cdk-lib/assertions';
import { z } from 'zod';
import type { Statement } from '../helpers/iam.ts';

const oneOrMore = <T extends z.ZodType>(schema: T) =>
  z.union([schema, z.array(schema)]).transform((value) => (Array.isArray(value) ? value : [value]) as z.infer<T>[]);
const policySchema = z.object({
  Properties: z.object({
    PolicyDocument: z.object({
      Statement: z.array(
        z.object({
          Effect: z.string(),
          Action: oneOrMore(z.string()),
          Resource: oneOrMore(z.unknown()),
          Condition: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
        }),
      ),
    }),
    Roles: z.array(z.object({ Ref: z.string() })),
  }),
});
const functionSchema = z.object({
  Properties: z.object({
    FunctionName: z.string(),
    Role: z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.literal('Arn')]) }),
  }),
});

/** What the policies of each role say, by the role's logical id. */
export function statementsByRole(template: Template): ReadonlyMap<string, readonly Statement[]> {
  const byRole = new Map<string, Statement[]>();
  for (const policy of Object.values(template.findResources('AWS::IAM::Policy'))) {
    const { PolicyDocument, Roles } = policySchema.parse(policy).Properties;
    const statements = PolicyDocument.Statement.map(({ Effect, Action, Resource, Condition }) => ({
      effect: Effect,
      actions: Action,
      resources: Resource.map(asText),
      conditions: Condition ?? {},
    }));
    for (const { Ref } of Roles) byRole.set(Ref, [...(byRole.get(Ref) ?? []), ...statements]);
  }
  return byRole;
}

/** What the role of each function may do, by the function's name. */
export function statementsByFunction(template: Template): ReadonlyMap<string, readonly Statement[]> {
  const byRole = statementsByRole(template);
  const functions = Object.values(template.findResources('AWS::Lambda::Function')).map(
    (found) => functionSchema.parse(found).Properties,
  );
  const roles = functions.map(({ Role }) => Role['Fn::GetAtt'][0]);
  if (new Set(roles).size !== functions.length) throw new Error('Two functions share a role.');
  return new Map(functions.map(({ FunctionName }, index) => [FunctionName, byRole.get(roles[index] ?? '') ?? []]));
}

/** `{"Fn::Join": ["", [{"Ref": "A"}, "/b"]]}` → `<A>/b`. */
function asText(value: unknown): string {
  if (typeof value === 'string') return value;
  const parsed = z
    .union([
      z.object({ 'Fn::Join': z.tuple([z.literal(''), z.array(z.unknown())]) }),
      z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.string()]) }),
      z.object({ 'Fn::ImportValue': z.string() }),
      z.object({ Ref: z.string() }),
    ])
    .parse(value);
  if ('Fn::Join' in parsed) return parsed['Fn::Join'][1].map(asText).join('');
  if ('Fn::GetAtt' in parsed) return `<${parsed['Fn::GetAtt'].join('.')}>`;
  if ('Fn::ImportValue' in parsed) return `<${parsed['Fn::ImportValue']}>`;
  return `<${parsed.Ref}>`;
}

/** A resource of the loop's template as people name it: `traces/drops/*`, `lineage`. */
export function short(resource: string): string {
  return resource
    .replace(/<ratchet-data:ExportsOutputFnGetAtt(Traces|Artifacts|Journal|Lineage)\w+>/, (_match, name: string) =>
      name.toLowerCase(),
    )
    .replace(/^arn:<AWS::Partition>:(\w+):<AWS::Region>:<AWS::AccountId>:/, '$1:')
    .replace(/<\w+Logs\w+\.Arn>/, 'its own log group')
    .replace(/<Triggers\w+\.Arn>/, 'dead letters');
}

/** {@link statementsByFunction} with {@link short} resources, by the name of the stage. */
export function shortStatements(template: Template): ReadonlyMap<string, readonly Statement[]> {
  return new Map(
    [...statementsByFunction(template)].map(([name, statements]) => [
      name.replace(/^ratchet-/, ''),
      statements.map((statement) => ({ ...statement, resources: statement.resources.map(short) })),
    ]),
  );
}
