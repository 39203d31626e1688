import type { Note } from 'polypool'
import { fieldNames } from 'polypool/internal'
import type { Io } from '../../io.ts'
import { colorsFor, printable, table } from '../../output.ts'
import { showField } from './changes.ts'
import { unknownText } from './code.ts'
import type { Move, Target } from './migrate.ts'

/** The whole report for people. */
export async function reportMoves(moves: readonly Move[], target: Target, io: Io): Promise<string> {
  const parts = await Promise.all(moves.map((move) => describe(move, io)))
  return `${[...parts, describeTarget(target, io)].join('\n')}`
}

async function describe(move: Move, io: Io): Promise<string> {
  const { bold, cyan, dim } = colorsFor(io)
  const { changes, from, to } = move
  const also = move.also.length === 0 ? '' : dim(` (and line ${move.also.join(', ')})`)
  const title = `${bold(`${printable(move.file)}:${move.line}:${move.column}`)}  ${printable(move.place)}${also}  ${cyan(from)} → ${cyan(to)}\n`
  const difference = [...changes.meaning, ...changes.weaker.map(prefixed('held in part only: '))]
  const sections = [
    section('It means', await meaning(move, io)),
    section(
      `Code for ${to}`,
      printable(move.code)
        .trimEnd()
        .replace(/^(?=.)/gm, '  '),
    ),
    section('What changes', list(difference)),
    section(`What ${from} held in part, and the pool holds`, list(changes.stricter)),
    section('What it would be if nobody said anything', await defaults(move, io)),
    section(`What ${to} by its own settings, without polypool, would not hold`, list(changes.nativeLosses)),
  ]
  return [title, ...sections.filter(Boolean)].join('\n')

  function section(head: string, content: string): string {
    return content === '' ? '' : `${bold(head)}\n${content.trimEnd()}\n`
  }
}

async function meaning({ config, unknown }: Move, io: Io): Promise<string> {
  const { yellow } = colorsFor(io)
  const rows = fieldNames.flatMap((field): string[][] => {
    const gap = unknown.find((one) => one.field === field)
    if (gap) return [[field, yellow(printable(unknownText(gap.sources)))]]
    return config[field] === undefined ? [] : [[field, showField(field, config)]]
  })
  return rows.length === 0 ? '' : table(io, [{ head: 'field' }, { head: 'value', wrap: true }], rows)
}

async function defaults({ from, to, changes }: Move, io: Io): Promise<string> {
  if (changes.defaults.length === 0) return ''
  const columns = [{ head: 'field' }, { head: `${from} here` }, { head: `${to} alone` }, { head: 'a pool' }]
  return table(
    io,
    columns,
    changes.defaults.map(({ field, before, target, pool }) => [field, before, target, pool]),
  )
}

function describeTarget({ client, alone, advice }: Target, io: Io): string {
  const { bold } = colorsFor(io)
  const parts = [
    [`What ${client} does where nothing is set`, list(alone)],
    [`To know about ${client} with polypool`, list(advice)],
  ]
  return parts.map(([head = '', content = '']) => (content === '' ? '' : `${bold(head)}\n${content}`)).join('\n')
}

function prefixed(prefix: string): (note: Note) => Note {
  return (note) => ({ ...note, message: prefix + note.message })
}

function list(notes: readonly Note[]): string {
  return notes.map(({ field, message }) => `- ${printable(field)}: ${printable(message)}\n`).join('')
}
