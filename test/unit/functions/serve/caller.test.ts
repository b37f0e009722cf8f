import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { callerOf } from '../../../../functions/serve/caller.ts';

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

  test('is nobody by what the deployment does not check', () => {
    expect(callerOf(bySignature, 'jwt')).toBeNull();
    expect(callerOf(byToken({ scope: 'ratchet/*' }), 'iam')).toBeNull();
    for (const access of ['iam', 'jwt'] as const) {
      fc.assert(fc.property(fc.anything(), (context) => callerOf(context, access) === null));
    }
  });
});
