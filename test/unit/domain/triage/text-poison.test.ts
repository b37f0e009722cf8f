import { describe, expect, test } from 'vitest';
import {
  detectAssumedContext,
  detectEmpty,
  detectForeignPayload,
  detectMetaQuestion,
  detectMissingModality,
} from '../../../../shared/domain/triage/text-poison.ts';

describe('an empty text', () => {
  test('has no letter or figure', () => {
    expect(detectEmpty(' ?! ')).toEqual({ kind: 'empty', strength: 1, reason: 'has no letter or figure' });
    expect(detectEmpty('')?.strength).toBe(1);
  });

  test('is none that shows what somebody feels', () => {
    for (const text of ['👍', ':)', ';-(', '^_^', '(╯°□°)╯']) expect(detectEmpty(text), text).toBeNull();
  });

  test('may have a single letter, where that is no word of its own', () => {
    expect(detectEmpty('a?')).toEqual({ kind: 'empty', strength: 0.9, reason: 'has a single letter' });
    for (const text of ['5', '好', 'ab']) expect(detectEmpty(text), text).toBeNull();
  });

  test('may hold a filler, and nothing else', () => {
    expect(detectEmpty(' N/A! ')).toEqual({ kind: 'empty', strength: 0.9, reason: 'holds a filler only: "N/A!"' });
    for (const text of ['null', 'TEST', 'lorem ipsum', '(none)']) expect(detectEmpty(text)?.strength, text).toBe(0.9);
    for (const text of ['test the lamp', 'my todo', 'testing']) expect(detectEmpty(text), text).toBeNull();
  });
});

describe('a payload for another endpoint', () => {
  const base64 = 'QWxhZGRpbjpvcGVuIHNlc2FtZQ'.repeat(3).slice(0, 60);

  test.each([
    ['{"a": 1}', 'JSON'],
    [' [1, 2] ', 'JSON'],
    ['{"user_id": 12, "more', 'JSON'],
    ["{ 'user-id' : 12", 'JSON'],
    ['<order><id>4</id></order>', 'XML'],
    ['<ns:order id="4">x</ns:order>', 'XML'],
    ['<order>\n  <id>4</id>\n</order>', 'XML'],
    ['<?xml version="1.0"?>', 'XML'],
    ['<soap:Envelope>', 'XML'],
    ['INSERT INTO users (name)', 'SQL'],
    ['SELECT * FROM users;', 'SQL'],
    ['select a, b from users where a', 'SQL'],
    ['select distinct a from users', 'SQL'],
    ['GET /v1/users/12 HTTP/1.1', 'an HTTP request'],
    ['POST /users', 'an HTTP request'],
    ['curl -X POST https://example.org/users', 'a shell command'],
    ['$ wget http://example.org', 'a shell command'],
    ['query { user { id } }', 'a GraphQL query'],
    ['mutation Add($a: Int) { add(a: $a) }  ', 'a GraphQL query'],
    ['Traceback (most recent call last):\n  File "a.py"', 'a stack trace'],
    ['java.lang.NullPointerException: x\n    at a.b(C.java:1)', 'a stack trace'],
    ['java.lang.IllegalStateException: it failed\nand said why\n\tat a.b(C.java:1)', 'a stack trace'],
    ['TypeError: x is undefined\n\nat load (a.js:1)', 'a stack trace'],
    ['TypeError: x is undefined\n  \nat load (a.js:1)', 'a stack trace'],
    [base64, 'Base64'],
    [`a${base64}a`, 'Base64'],
    [`${base64}==`, 'Base64'],
    ['def f(a):\n    return a', 'program text'],
    ['def total(a):\n\n \n\n    return a', 'program text'],
    ['console.log("x");', 'program text'],
    ['System.out.println("x")', 'program text'],
    ['function () { return 1; }\nload();', 'program text'],
    ['function load(a) {\n}', 'program text'],
    ['const total=1;', 'program text'],
    ['let total=1;', 'program text'],
    ["import fs from 'fs';", 'program text'],
    ['const a = 1;\nlet b = 2;\nnothing else', 'program text'],
  ])('is told by its form: %s', (text, form) => {
    expect(detectForeignPayload(text)).toEqual({
      kind: 'other-endpoint',
      strength: 0.95,
      reason: `is ${form}, as meant for another endpoint`,
    });
  });

  test.each([
    '{}',
    '[]',
    '[image]',
    '{not json}',
    'look: {"a": 1}',
    '[1, 2] is wrong',
    '"a text"',
    'null',
    '<p>where is it</p>',
    '<order>is open',
    'my <order>x</order>',
    '<order>x</order> is what it says',
    'it begins with <?xml version="1.0"?>',
    'it says <soap:Envelope>',
    'we select from users;',
    'select one from the list of plans',
    'Select a plan from the list, please',
    'selected * from users;',
    'select something nice',
    'please select * from users;',
    'get /users',
    'GET me a lamp',
    'now GET /users',
    'curl my hair',
    'the curl of https://example.org',
    'query about my order',
    'my query { user }',
    'query { user } gives nothing',
    'TypeError: it failed',
    'it says Exception in thread main',
    `see ${base64}`,
    `${base64} is all that I get`,
    'it says Traceback (most recent call last)',
    base64.slice(1),
    'deadbeef'.repeat(8),
    'let x = 5 is what I typed\nand it did nothing\nwhat now',
    'const is a word',
    'where is my parcel',
  ])('is not what people write: %s', (text) => {
    expect(detectForeignPayload(text)).toBeNull();
  });
});

describe('what leans on something that the model does not see', () => {
  const words = (count: number) => ' word'.repeat(count);

  test('is told with its words, and surer the more of the text they are', () => {
    expect(detectMetaQuestion('Are you an AI?')).toEqual({
      kind: 'meta-question',
      strength: 1,
      reason: 'asks about the assistant itself: "are you an ai" in 100 % of its words',
    });
    expect(detectMetaQuestion('are you an ai because my parcel is late')).toMatchObject({
      strength: 0.8 + (0.2 * 4) / 9,
      reason: expect.stringContaining('in 44 % of its words'),
    });
    expect(detectMissingModality('see the attached file')).toMatchObject({
      kind: 'missing-modality',
      reason: expect.stringContaining('points at something that is not in the text: "see the attached"'),
    });
    expect(detectAssumedContext('same as before')).toMatchObject({
      kind: 'assumed-context',
      reason: expect.stringContaining('leans on an earlier exchange that is not in the text: "same as before"'),
    });
  });

  test('is not looked for in long texts', () => {
    expect(detectMetaQuestion(`are you an ai${words(26)}`)).not.toBeNull();
    expect(detectMetaQuestion(`are you an ai${words(27)}`)).toBeNull();
    expect(detectMissingModality(`see the attached${words(42)}`)).not.toBeNull();
    expect(detectMissingModality(`see the attached${words(43)}`)).toBeNull();
    expect(detectAssumedContext(`same as before${words(22)}`)).not.toBeNull();
    expect(detectAssumedContext(`same as before${words(23)}`)).toBeNull();
  });

  test('is none in what does not', () => {
    for (const detect of [detectMetaQuestion, detectMissingModality, detectAssumedContext])
      expect(detect('where is my parcel')).toBeNull();
  });
});
