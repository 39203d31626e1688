import { pathToFileURL } from 'node:url'
import { toJson } from '../../../output.ts'
import { packageVersion } from '../../../version.ts'
import { docsOf, rules } from '../rules.ts'
import { pathIn, repositoryOf } from './paths.ts'
import type { ReportFormat } from './report.ts'

const levels = { error: 'error', warn: 'warning', info: 'note' } as const

/** SARIF 2.1.0, as GitHub's code scanning and editors read it. */
export const sarif: ReportFormat = ({ findings, problems }, io) => {
  const root = repositoryOf(io.cwd)
  const driver = {
    name: 'polypool',
    semanticVersion: packageVersion(),
    rules: rules.map(({ id, severity, title, why, fix, example }) => ({
      id,
      shortDescription: { text: title },
      fullDescription: { text: why },
      help: {
        text: `${why}\n\n${fix}\n\n${docsOf(id)}`,
        markdown: `${why}\n\n${fix}\n\n\`\`\`js\n${example.bad}\n\`\`\`\n\n\`\`\`js\n${example.good}\n\`\`\`\n\n${docsOf(id)}`,
      },
      defaultConfiguration: { level: levels[severity] },
    })),
  }
  const results = findings.map(({ rule, severity, message, path, line, column, fingerprint }) => ({
    ruleId: rule,
    ruleIndex: rules.findIndex(({ id }) => id === rule),
    level: levels[severity],
    message: { text: message },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uriOf(pathIn(root, path)), uriBaseId: 'ROOT' },
          region: { startLine: line, startColumn: column },
        },
      },
    ],
    partialFingerprints: { 'polypool/v1': fingerprint },
  }))
  const toolExecutionNotifications = problems.map(({ file, line, column, message }) => ({
    level: 'error',
    message: { text: message },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uriOf(file.replaceAll('\\', '/')) },
          ...(line !== undefined && { region: { startLine: line, startColumn: column } }),
        },
      },
    ],
  }))
  io.stdout(
    toJson({
      $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
      version: '2.1.0',
      runs: [
        {
          tool: { driver },
          columnKind: 'utf16CodeUnits',
          originalUriBaseIds: { ROOT: { uri: `${pathToFileURL(root).href}/` } },
          invocations: [{ executionSuccessful: problems.length === 0, toolExecutionNotifications }],
          results,
        },
      ],
    }),
  )
}

/** A relative URI: names may hold what means something else there. */
function uriOf(file: string): string {
  return file.split('/').map(encodeURIComponent).join('/')
}
