/** Makes reports of this node, for `/report`. */
export interface ReportSource {
  /** Forms by their names, with their types; the first is the one that is not asked for. */
  readonly contentTypes: Readonly<Record<string, string>>;
  /** Settles before a connection is cut off. Rejects with what to tell. */
  readonly report: (format: string) => Promise<string>;
}
