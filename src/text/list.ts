/** Names joined for a sentence, not too many of them: `a, b and 7 more`. */
export function list(names: readonly string[], most = 12): string {
  const shown = names.slice(0, most).join(', ')
  return names.length > most ? `${shown} and ${names.length - most} more` : shown
}

/** `a, b and c`. */
export function allOf(items: readonly string[]): string {
  return joined(items, 'and')
}

/** `a, b or c`. */
export function oneOf(items: readonly string[]): string {
  return joined(items, 'or')
}

/** `1 request`, `2 requests`. */
export function counted(count: number, noun: string, several = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : several}`
}

function joined(items: readonly string[], word: 'and' | 'or'): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} ${word} ${items.at(-1)}`
}
