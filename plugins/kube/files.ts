/** What came of one file, as `Outcome` of linux/read.ts has it; who reads is an argument, since this folder touches no file itself. */
export type FileText =
  | { readonly kind: 'ok'; readonly value: string }
  | { readonly kind: 'absent' | 'denied' | 'failed'; readonly message: string; readonly cause?: unknown };

/** At least one certificate as RFC 7468 writes them; what stands around it does not matter there. */
export function holdsCertificate(text: string): boolean {
  return /-----BEGIN CERTIFICATE-----\s[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/.test(text);
}

/** The token without the line's end, or undefined where it cannot be one: RFC 6750 section 2.1 allows fewer characters, and a header takes no more. */
export function bearerToken(text: string): string | undefined {
  const token = text.trim();
  return /^[\x21-\x7e]+$/.test(token) ? token : undefined;
}
