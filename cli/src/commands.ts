import type { Command } from 'commander'
import type { Io } from './io.ts'

type Register = (program: Command, io: Io) => void

interface Entry {
  readonly name: string
  readonly summary: string
  /** Imported only when the command is asked for, so that startup stays quick. */
  load(): Promise<Register>
}

/** Every command, in the order in which help lists them. */
export const commands: readonly Entry[] = [
  {
    name: 'init',
    summary: 'write a commented config file',
    load: async () => (await import('./commands/init.ts')).registerInit,
  },
  {
    name: 'check',
    summary: 'validate a config and show what it means for every client',
    load: async () => (await import('./commands/check.ts')).registerCheck,
  },
  {
    name: 'explain',
    summary: 'native settings and code for one client',
    load: async () => (await import('./commands/explain.ts')).registerExplain,
  },
  {
    name: 'migrate',
    summary: 'move from one client to another',
    load: async () => (await import('./commands/migrate.ts')).registerMigrate,
  },
  {
    name: 'import',
    summary: 'read connection pools out of Python sources',
    load: async () => (await import('./commands/import.ts')).registerImport,
  },
  {
    name: 'export',
    summary: 'write a pool as Python, or as the config of a proxy',
    load: async () => (await import('./commands/export.ts')).registerExport,
  },
  {
    name: 'audit',
    summary: 'find known mistakes in code that uses HTTP clients',
    load: async () => (await import('./commands/audit.ts')).registerAudit,
  },
  {
    name: 'verify',
    summary: 'test on the wire that the installed clients keep the rules',
    load: async () => (await import('./commands/verify.ts')).registerVerify,
  },
  {
    name: 'size',
    summary: 'recommend limits for a load',
    load: async () => (await import('./commands/size.ts')).registerSize,
  },
  {
    name: 'advise',
    summary: 'suggest limits from what was measured',
    load: async () => (await import('./commands/advise.ts')).registerAdvise,
  },
  {
    name: 'top',
    summary: 'watch the pools of a running process',
    load: async () => (await import('./commands/top.ts')).registerTop,
  },
  {
    name: 'schema',
    summary: 'print the JSON Schema of config files',
    load: async () => (await import('./commands/schema.ts')).registerSchema,
  },
]
