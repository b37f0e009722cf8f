import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { callerOf as callerBy } from '../../../../functions/serve/caller.ts';

function callerOf(context: unknown, access: 'iam' | 'jwt', signsForOthers: readonly string[] = []) {
  return callerBy(context, { access, signsForOthers });
}
function byToken(claims: Record<string, unknown>) {
  return { authorizer: { jwt: { claims, scopes: null } } };
}
const bySignature = {
  authorizer: { iam: { userArn: 'arn:aws:sts::1:assumed-role/shop/s', accountId: '1', accessKey: 'A' } },
};

describe('who asks', () => {
  test('by token may use the models that its scopes name', () => {
    const caller = callerOf(byToken({ scope: 'ratchet/support openid ratchet/mail', client_id: 'shop' }), 'jwt');
    expect(caller?.name).toBe('shop');
    expect(['support', 'mail', 'openid', 'sup', 'ratchet/support', '*', ''].map((id) => caller?.mayUse(id))).toEqual([
      ...[true, true],
      ...[false, false, false, false, false],
    ]);
  });

  test.each([[{ scope: 'ratchet/*' }], [{ scp: '[openid ratchet/*]' }], [{ scp: 'ratchet/*' }]])(
    'by token may use all where its scopes say so: %j',
    (claims) => {
      expect(callerOf(byToken(claims), 'jwt')?.mayUse('any')).toBe(true);
    },
  );

  test.each([
    [{}],
    [{ scope: '' }],
    [{ scope: 'ratchet' }],
    [{ scope: 'ratchet/' }],
    [{ scope: 'other/support' }],
    [{ scope: '*' }],
    [{ 'cognito:groups': '[ratchet/support]' }],
    [{ scope: ['ratchet/support'] }],
  ])('by token may use nothing that its scopes do not name: %j', (claims) => {
    expect(callerOf(byToken(claims), 'jwt')?.mayUse('support')).toBe(false);
  });

  test('is named by person, then by program', () => {
    const name = (claims: Record<string, unknown>) => callerOf(byToken(claims), 'jwt')?.name;
    expect(name({ username: 'ana', client_id: 'app', sub: 'x' })).toBe('ana');
    expect(name({ sub: 'x' })).toBe('x');
    expect(name({})).toBe('nameless');
  });

  test('by signature may use every model', () => {
    const caller = callerOf(bySignature, 'iam');
    expect(caller?.name).toBe('arn:aws:sts::1:assumed-role/shop/s');
    expect(caller?.mayUse('support')).toBe(true);
  });

  const role = 'arn:aws:sts::1:assumed-role/shop';
  const signedAs = (userArn: string, signsForOthers: readonly string[] = []) =>
    callerOf(
      { authorizer: { iam: { userArn, accountId: '1', userId: 'AIDA', callerId: 'AIDA' } } },
      'iam',
      signsForOthers,
    )?.signsAs;

  test('by signature judges in its own name', () => {
    expect(signedAs('arn:aws:iam::1:user/people/ana')).toBe('arn:aws:iam::1:user/people/ana');
    expect(signedAs(`${role}/ana@example.com`)).toBe(`${role}/ana@example.com`);
    expect(signedAs(`arn:aws:iam::1:user/${'p/'.repeat(200)}ana`)).toMatch(/^.{196}\/ana$/u);
  });

  test('by signature may judge for others where its ARN, or that of its role, is named', () => {
    expect(signedAs(`${role}/any-session`, [role])).toBeUndefined();
    expect(signedAs('arn:aws:iam::1:user/bot', ['arn:aws:iam::1:user/bot'])).toBeUndefined();
    for (const arn of [`${role}-2/s`, 'arn:aws:sts::2:assumed-role/shop/s', 'arn:aws:iam::1:user/bot/ana'])
      expect(signedAs(arn, [role, 'arn:aws:iam::1:user/bot', 'arn:aws:sts::1:assumed-role'])).toBe(arn);
  });

  test('by token judges in the name of the person or the program, and for others only as a program that is named', () => {
    const signs = (claims: Record<string, unknown>, others: readonly string[] = []) =>
      callerOf(byToken(claims), 'jwt', others)?.signsAs;
    expect(signs({ username: 'ana', client_id: 'app' }, ['app'])).toBe('ana');
    expect(signs({ client_id: 'shop' })).toBe('shop');
    expect(signs({ client_id: 'shop' }, ['shop'])).toBeUndefined();
    // Who calls themselves like a program is none.
    expect(signs({ username: 'shop', client_id: 'app' }, ['shop'])).toBe('shop');
  });

  test('is nobody by what the deployment does not check', () => {
    expect(callerOf(bySignature, 'jwt')).toBeNull();
    expect(callerOf(byToken({ scope: 'ratchet/*' }), 'iam')).toBeNull();
    for (const access of ['iam', 'jwt'] as const) {
      fc.assert(fc.property(fc.anything(), (context) => callerOf(context, access) === null));
    }
  });
});
