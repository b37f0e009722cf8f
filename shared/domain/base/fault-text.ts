const mendMark = '\nMend: ';

/** A fault as one text, for where nothing but a message gets through, as from a Lambda function to Step Functions. */
export function faultText({ message, mend }: { readonly message: string; readonly mend: string }): string {
  return `${message}${mendMark}${mend}`;
}

/** Message and mend of a {@link faultText}; any other text is all message. */
export function readFaultText(text: string): { readonly message: string; readonly mend?: string } {
  const at = text.lastIndexOf(mendMark);
  return at === -1 ? { message: text } : { message: text.slice(0, at), mend: text.slice(at + mendMark.length) };
}
