import { github } from './github.ts'
import { gitlab } from './gitlab.ts'
import { json } from './json.ts'
import type { ReportFormat } from './report.ts'
import { sarif } from './sarif.ts'
import { text } from './text.ts'

/** By what `--format` calls them. */
export const reportFormats = { text, json, sarif, github, gitlab } as const satisfies { readonly [name: string]: ReportFormat }

export type FormatName = keyof typeof reportFormats
