import { style } from './style.ts'

const entities: { readonly [character: string]: string } = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** Any text as HTML or SVG shows it; control characters, which neither can hold, become visible. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? '').replace(/(?![\t\n])\p{Cc}/gu, '\ufffd')
}

/** An element; attributes are escaped, children are HTML already. Attributes that are undefined are left out. */
export function element(
  name: string,
  attributes: { readonly [name: string]: string | number | undefined },
  ...children: readonly string[]
): string {
  const given = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${escapeHtml(typeof value === 'number' ? short(value) : String(value))}"`)
    .join('')
  return children.length === 0 && name !== 'td' && name !== 'th'
    ? `<${name}${given}/>`
    : `<${name}${given}>${children.join('')}</${name}>`
}

/** Coordinates with a tenth of a pixel, so that the page stays small. */
function short(value: number): string {
  return String(Math.round(value * 10) / 10)
}

/** A document that needs nothing else: no script, no font, no image. */
export function htmlDocument(title: string, body: readonly string[]): string {
  const csp = "default-src 'none'; style-src 'unsafe-inline'"
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${csp}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    `<title>${escapeHtml(title)}</title>`,
    `<style>${style}</style>`,
    '</head>',
    '<body>',
    ...body,
    '</body>',
    '</html>',
    '',
  ].join('\n')
}
