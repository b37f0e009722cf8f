import { describe, expect, test } from 'vitest';
import { emailText } from '../../../../bench/spam-demo/email-text.ts';

const raw = (...lines: string[]): Uint8Array => Buffer.from(lines.join('\n'), 'latin1');

describe('emailText', () => {
  test('is the subject and the text, without headers and the mailbox line', async () => {
    const text = await emailText(
      raw('From ana@example.com Thu Aug 22 2002', 'Received: from a', 'Subject: Lunch', '', 'At noon?', '', ''),
    );
    expect(text).toBe('Lunch\n\nAt noon?');
  });

  test('decodes encoded words, quoted-printable and the charset', async () => {
    const text = await emailText(
      raw(
        'Subject: =?iso-8859-1?Q?Caf=E9?=',
        'MIME-Version: 1.0',
        'Content-Type: text/plain; charset=iso-8859-1',
        'Content-Transfer-Encoding: quoted-printable',
        '',
        'na=EFve =',
        'text',
      ),
    );
    expect(text).toBe('Café\n\nnaïve text');
  });

  test('takes the plain part of a message that has both, decoded from base64', async () => {
    const text = await emailText(
      raw(
        'Subject: Both',
        'MIME-Version: 1.0',
        'Content-Type: multipart/alternative; boundary=x',
        '',
        '--x',
        'Content-Type: text/plain; charset=utf-8',
        'Content-Transfer-Encoding: base64',
        '',
        Buffer.from('plain words').toString('base64'),
        '--x',
        'Content-Type: text/html',
        '',
        '<p>markup</p>',
        '--x--',
      ),
    );
    expect(text).toBe('Both\n\nplain words');
  });

  test('renders markup, also when it comes as plain text', async () => {
    const html =
      '<html><style>p{color:red}</style><body><p>Win <b>now</b></p><a href="http://x.example">click</a></body></html>';
    for (const type of ['text/html', 'text/plain']) {
      const text = await emailText(raw('Subject: Prize', 'MIME-Version: 1.0', `Content-Type: ${type}`, '', html));
      expect(text).toBe('Prize\n\nWin now\n\nclick');
    }
  });

  test('is null when there is nothing to read', async () => {
    expect(await emailText(raw('From a', 'Received: from b', '', ''))).toBeNull();
  });
});
