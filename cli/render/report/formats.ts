import type { NodeReport } from '../../../plugins/host-inspector/report/model.ts';

/** Every form of a report, with its type for HTTP. */
export const REPORT_FORMATS = {
  json: 'application/json',
  kubeowler: 'application/json',
  text: 'text/plain; charset=utf-8',
  markdown: 'text/markdown; charset=utf-8',
  html: 'text/html; charset=utf-8',
} as const;

export type ReportFormat = keyof typeof REPORT_FORMATS;

export const reportFormats = Object.keys(REPORT_FORMATS) as readonly ReportFormat[];

/** Each is loaded when it is asked for. */
const RENDERERS: Readonly<Record<ReportFormat, () => Promise<(report: NodeReport) => string>>> = {
  json: async () => (report) => `${JSON.stringify(report, undefined, 2)}\n`,
  kubeowler: async () => (await import('./kubeowler.ts')).render,
  text: async () => (await import('./text.ts')).render,
  markdown: async () => (await import('./markdown.ts')).render,
  html: async () => (await import('./html.ts')).render,
};

/** The report in this form; ends with a newline. */
export async function renderReport(report: NodeReport, format: ReportFormat): Promise<string> {
  const render = await RENDERERS[format]();
  return render(report);
}
