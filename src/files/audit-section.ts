/** How much a finding of `polypool audit` counts, from nothing to most. */
export const severities = ['off', 'info', 'warn', 'error'] as const

export type Severity = (typeof severities)[number]

/** Severities by the names of rules. */
export interface AuditRules {
  [rule: string]: Severity
}

/** What `npx @polypool/cli audit` goes by: the key `audit` of a config file. Only the command line reads it. */
export interface AuditConfig {
  rules?: AuditRules | undefined
  overrides?: { files: string[]; rules: AuditRules }[] | undefined
  ignore?: string[] | undefined
  tests?: string[] | undefined
  failOn?: Exclude<Severity, 'off'> | 'never' | undefined
}

/** What can stand under a key. */
type Kind = 'rules' | 'overrides' | 'globs' | 'threshold'

/** Every key, for the check of the file, the JSON schema and the docs. */
export const auditKeys: { readonly [K in keyof AuditConfig]-?: { readonly kind: Kind; readonly meaning: string } } = {
  rules: {
    kind: 'rules',
    meaning:
      'How much findings count, by rule: `off`, `info` (shown with --info, and fails nothing), `warn` or `error`. A rule that is not named has the severity that the docs say.',
  },
  overrides: {
    kind: 'overrides',
    meaning:
      'Severities for some files: `files` are globs seen from the config file, `rules` as above. The last one that names a rule holds.',
  },
  ignore: { kind: 'globs', meaning: 'Globs of files that are not audited, seen from the config file.' },
  tests: {
    kind: 'globs',
    meaning: 'Globs of further files that count as tests, and are audited with --tests alone.',
  },
  failOn: {
    kind: 'threshold',
    meaning:
      'The least severity that ends the command with 1: `error`, `warn` (the default), `info` or `never`; --fail-on goes before it.',
  },
}

/** What `failOn` can be. */
export const thresholds = ['error', 'warn', 'info', 'never'] as const satisfies readonly NonNullable<AuditConfig['failOn']>[]
