import { type JsonSchema, VALUE_SCHEMA, objectSchema } from './fields.ts';
import { REPORT_API_VERSION, REPORT_KIND, reportSections } from './model.ts';

const SUMMARY: JsonSchema = {
  title: 'Summary',
  description: 'what the conditions come to',
  type: 'object',
  properties: {
    status: { description: 'the worst of the conditions', enum: ['ok', 'problem', 'unknown'] },
    problems: { description: 'how many conditions are a problem', type: 'integer', minimum: 0 },
    unknown: { description: 'how many conditions could not be told', type: 'integer', minimum: 0 },
  },
  required: ['status', 'problems', 'unknown'],
  additionalProperties: false,
};

/** JSON Schema of the report, draft 2020-12, made from its tables; published as docs/node-report.schema.json. Pure. */
export function reportSchema(): JsonSchema {
  const head = {
    apiVersion: { description: 'its number grows when a field goes or means something else; new fields may come at any time', const: REPORT_API_VERSION },
    kind: { const: REPORT_KIND },
    generatedAt: { description: 'when the look began: RFC 3339, UTC', type: 'string', pattern: String.raw`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$` },
    tookMs: { description: 'how long it took, in milliseconds', type: 'integer', minimum: 0 },
    generator: {
      description: 'what made it',
      type: 'object',
      properties: { name: { const: 'npd-plugins' }, version: { type: 'string' } },
      required: ['name', 'version'],
      additionalProperties: false,
    },
    summary: SUMMARY,
  };
  const sections = Object.entries(reportSections).map(([name, { title, help, fields }]) => [name, { title, description: help, ...objectSchema(fields) }]);
  const properties = { ...head, ...(Object.fromEntries(sections) as Readonly<Record<string, JsonSchema>>) };
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Node report of npd-plugins',
    description: 'The whole node at one moment. Every value carries its unit, its source and its state.',
    type: 'object',
    properties,
    required: Object.keys(properties),
    additionalProperties: false,
    $defs: { value: VALUE_SCHEMA },
  };
}
