import type { Note } from 'polypool'
import type { Io } from '../../io.ts'
import { colorsFor, printable } from '../../output.ts'
import type { Move, Target } from './migrate.ts'

/** The whole report for people. */
export function reportMoves(moves: readonly Move[], target: Target, io: Io): string {
  const described = (implicit: boolean) => moves.filter((move) => move.implicit === implicit).map((move) => describe(move, io))
  return [...described(false), described(true).join(''), describeTarget(target, io)].filter(Boolean).join('\n')
}

/** A place on a screen at most. Where nothing is set there is one line. */
function describe(move: Move, io: Io): string {
  const { bold, cyan, dim } = colorsFor(io)
  const { changes, from, to } = move
  const title = `${bold(`${printable(move.file)}:${move.line}:${move.column}`)}  ${printable(move.place)}${dim(alsoAt(move))}  ${cyan(from)} → ${cyan(to)}\n`
  if (move.implicit) return title
  const difference = [...changes.meaning, ...changes.weaker.map(prefixed('held in part only: '))]
  const sections = [
    section(
      `Code for ${to}`,
      shortened(
        printable(move.code)
          .trimEnd()
          .replace(/^(?=.)/gm, '  '),
        longestCode,
      ),
    ),
    section('What changes', shortened(list(difference).trimEnd(), longestList)),
    inOneLine('Held in part before, and now held', changes.stricter),
    inOneLine('Defaults that differ', changes.defaults),
    inOneLine(`Not held by ${to} without polypool`, changes.nativeLosses),
  ]
  return [title, ...sections.filter(Boolean)].join('')

  function section(head: string, content: string): string {
    return content === '' ? '' : `${bold(head)}\n${content}\n`
  }

  function inOneLine(head: string, fields: readonly { readonly field: string }[]): string {
    const names = [...new Set(fields.map(({ field }) => field))]
    return names.length === 0 ? '' : `${bold(`${head}:`)} ${printable(names.join(', '))}\n`
  }
}

/** Together with the lines of their own and those that name fields, as much as a small terminal shows. */
const longestCode = 20
const longestList = 8

function shortened(text: string, most: number): string {
  const lines = text.split('\n')
  return lines.length <= most
    ? text
    : `${lines.slice(0, most - 1).join('\n')}\n  … ${lines.length - most + 1} more lines: --json has all`
}

/** More lines than a few are counted. */
function alsoAt({ also }: Move): string {
  if (also.length === 0) return ''
  return also.length > 8 ? ` (and ${also.length} more lines)` : ` (and line ${also.join(', ')})`
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
