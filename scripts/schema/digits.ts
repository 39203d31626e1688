/** Digits that a regular expression counts: what a JSON schema can say about numbers that are written as text. */

/** Decimal numbers from 0 to the limit, without zeros in front. */
export function upTo(limit: string): string {
  const { length } = limit
  const shorter = length > 1 ? [`[1-9]${digits(0, length - 2)}`, '0'] : []
  const same = [...limit].flatMap((digit, at) => {
    const least = at === 0 && length > 1 ? 1 : 0
    return below(limit.slice(0, at), digit, least, digits(length - at - 1, length - at - 1))
  })
  return `(?:${[...shorter, ...same, limit].join('|')})`
}

/** Digits behind a point that amount to no more than those of the limit; at least one, and no more than there. */
export function fractionUpTo(limit: string): string {
  const [digit = '0', ...rest] = limit
  const further = rest.length > 0 ? `${fractionUpTo(rest.join(''))}?` : ''
  return `(?:${[...below('', digit, 0, digits(0, rest.length)), digit + further].join('|')})`
}

function below(before: string, digit: string, least: number, after: string): string[] {
  const most = Number(digit) - 1
  if (most < least) return []
  return [`${before}${most === least ? most : `[${least}-${most}]`}${after}`]
}

function digits(least: number, most: number): string {
  if (most === 0) return ''
  return `\\d${least === most ? (most === 1 ? '' : `{${most}}`) : most === 1 ? '?' : `{${least},${most}}`}`
}
