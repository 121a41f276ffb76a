import { type CertificateSearch, type CertificateSearchOptions, findCertificates } from './find.ts';

const underWay = new Map<string, Promise<CertificateSearch>>();

/**
 * As `findCertificates`; whoever asks for the same while it is searched gets the same answer, with the deadlines of the first:
 * the check and the node report begin together, and each of 20 to 45 files costs a child. Never rejects.
 */
export async function searchCertificates(root: string, options: CertificateSearchOptions): Promise<CertificateSearch> {
  const key = JSON.stringify([root, options.more, options.ignore]);
  const running = underWay.get(key);
  if (running !== undefined) return await running;
  const search = findCertificates(root, options).finally(() => underWay.delete(key));
  underWay.set(key, search);
  return await search;
}
