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
      'The severity of each rule: `off`, `info` (shown with --info, fails nothing), `warn` or `error`. A rule that is not named keeps its documented severity.',
  },
  overrides: {
    kind: 'overrides',
    meaning:
      'Severities for some files: `files` are globs relative to the config file, `rules` as above. The last override that names a rule wins.',
  },
  ignore: { kind: 'globs', meaning: 'Globs of files that are not audited, relative to the config file.' },
  tests: {
    kind: 'globs',
    meaning: 'Globs of further files that count as tests, and are audited only with --tests.',
  },
  failOn: {
    kind: 'threshold',
    meaning:
      'The lowest severity that makes the command exit with 1: `error`, `warn` (the default), `info` or `never`; --fail-on overrides it.',
  },
}

/** What `failOn` can be. */
export const thresholds = ['error', 'warn', 'info', 'never'] as const satisfies readonly NonNullable<AuditConfig['failOn']>[]
