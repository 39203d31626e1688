import { ruleNames } from '../../cli/src/commands/audit/rules.ts'
import { auditKeys, severities, thresholds } from '../../src/files/audit-section.ts'

/** The JSON schema of the key `audit`, from the keys and rules that there are. */
export function auditSchema(): object {
  const rules = {
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(ruleNames.map((rule) => [rule, { enum: severities }])),
  }
  const globs = { type: 'array', items: { type: 'string', minLength: 1, pattern: '^(?!\\.\\.|[A-Za-z]:)' } }
  const override = {
    type: 'object',
    properties: { files: globs, rules },
    required: ['files', 'rules'],
    additionalProperties: false,
  }
  const kinds = { rules, overrides: { type: 'array', items: override }, globs, threshold: { enum: thresholds } }
  return {
    type: ['object', 'null'],
    description: 'What `polypool audit` goes by; programs do not read it.',
    additionalProperties: false,
    properties: Object.fromEntries(
      Object.entries(auditKeys).map(([key, { kind, meaning }]) => [key, { ...kinds[kind], description: meaning }]),
    ),
  }
}
