/** Longest name as text without its final dot, and longest label, RFC 1035 section 2.3.4. */
const [LONGEST_NAME, LONGEST_LABEL] = [253, 63];

/**
 * Can this be asked for? Labels of letters, digits, `-` and `_` (RFC 2181 section 11 allows all, these are what host names and
 * Services are made of), with or without the final dot. An IPv4 address is not told apart here.
 */
export function isDomainName(text: string): boolean {
  const bare = withoutDot(text);
  return bare.length <= LONGEST_NAME && bare.split('.').every((label) => label.length <= LONGEST_LABEL && /^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?$/i.test(label));
}

/** `example.com`: lower case, since names are compared without case (RFC 1035 section 2.3.3), and without the final dot. */
export function bareName(text: string): string {
  return withoutDot(text).toLowerCase();
}

/** `example.com.`: lower case, with the dot at its end that keeps search lists away. */
export function fullName(text: string): string {
  return `${bareName(text)}.`;
}

function withoutDot(text: string): string {
  return text.endsWith('.') ? text.slice(0, -1) : text;
}
