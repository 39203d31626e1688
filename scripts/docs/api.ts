// The pages of docs/api: what each entry exports, with its comments, read by API Extractor from the declarations that the compiler makes of the sources.
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { CompilerState, Extractor, ExtractorConfig, type ExtractorLogLevel } from '@microsoft/api-extractor'
import { root } from '../root.ts'
import { renderPackage } from './api-page.ts'

interface Entry {
  readonly module: string
  readonly page: string
  readonly text: string
}

const declared = (file: string) => `.cache/api/types/${file}`

/** Each adapter exports the same names: one of them stands for all. */
const entries: { readonly [source: string]: Entry } = {
  'src/index.d.ts': {
    module: 'polypool',
    page: 'index',
    text: 'What the root exports: config files, errors, advice, and the types. It imports no client. The other entries: [those of the clients](clients.md), [otel](otel.md), [prometheus](prometheus.md), [fleet](fleet.md), [dialects](dialects.md).',
  },
  'adapters/axios.d.ts': {
    module: 'polypool/axios',
    page: 'clients',
    text: 'Every module of a client exports these names, with `options` of its own shape: see the pages of the [clients](../clients/axios.md). The signatures are those of [`AdapterModule`](index.md#adaptermodule).',
  },
  'src/observe/otel.d.ts': {
    module: 'polypool/otel',
    page: 'otel',
    text: 'Metrics for OpenTelemetry: [operate it](../operate.md#opentelemetry).',
  },
  'src/observe/prometheus.d.ts': {
    module: 'polypool/prometheus',
    page: 'prometheus',
    text: 'Metrics for Prometheus: [operate it](../operate.md#prometheus).',
  },
  'src/fleet/index.d.ts': {
    module: 'polypool/fleet',
    page: 'fleet',
    text: 'One budget for several processes: [fleets](../fleet.md).',
  },
  'src/dialects/index.d.ts': {
    module: 'polypool/dialects',
    page: 'dialects',
    text: 'The words of other libraries: [coming from Python](../dialects.md).',
  },
}

/** Each page's text, by its path. */
export async function apiPages(): Promise<{ readonly file: string; readonly content: string }[]> {
  declare()
  const configs = Object.entries(entries).map(([source, entry]) => ({ source, entry, config: configOf(declared(source), entry) }))
  const [first, ...others] = configs
  if (first === undefined) return []
  const compilerState = CompilerState.create(first.config, {
    additionalEntryPoints: others.map(({ config }) => config.mainEntryPointFilePath),
  })
  const pages = configs.map(async ({ source, entry, config }) => {
    Extractor.invoke(config, {
      compilerState,
      localBuild: true,
      // What it would like to be written otherwise is no matter of the docs.
      messageCallback: (message) => {
        message.logLevel = 'none' as ExtractorLogLevel
      },
    })
    return { file: `docs/api/${entry.page}.md`, content: renderPackage(config.apiJsonFilePath, entry, await valuesOf(source)) }
  })
  return Promise.all(pages)
}

/** What there is at run time: the compiler's declarations do not tell what is exported as a type alone. */
async function valuesOf(source: string): Promise<ReadonlySet<string>> {
  return new Set(Object.keys((await import(new URL(source.replace('.d.ts', '.ts'), root).href)) as object))
}

function declare(): void {
  const folder = new URL('.cache/api/', root)
  mkdirSync(folder, { recursive: true })
  const compilerOptions = {
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    rootDir: '../..',
    outDir: 'types',
    typeRoots: ['../../node_modules/@types'],
  }
  const include = Object.keys(entries).map((file) => `../../${file.replace('.d.ts', '.ts')}`)
  writeFileSync(
    new URL('tsconfig.json', folder),
    JSON.stringify({ extends: '../../tsconfig.json', compilerOptions, include, exclude: [] }),
  )
  const compiler = fileURLToPath(new URL('node_modules/typescript/bin/tsc', root))
  execFileSync(process.execPath, [compiler, '-p', fileURLToPath(new URL('tsconfig.json', folder))], { stdio: 'inherit' })
}

function configOf(file: string, { page }: Entry): ExtractorConfig {
  const folder = fileURLToPath(root)
  return ExtractorConfig.prepare({
    configObject: {
      projectFolder: folder,
      mainEntryPointFilePath: `${folder}${file}`,
      compiler: {
        overrideTsconfig: {
          compilerOptions: {
            module: 'nodenext',
            target: 'es2023',
            lib: ['es2023', 'esnext.disposable'],
            types: ['node'],
            strict: true,
            skipLibCheck: true,
            allowImportingTsExtensions: true,
            noEmit: true,
          },
          include: [`${folder}${file}`],
        },
      },
      apiReport: { enabled: false },
      docModel: { enabled: true, apiJsonFilePath: `${folder}.cache/api/${page}.api.json`, includeForgottenExports: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: `${folder}package.json`,
  })
}
