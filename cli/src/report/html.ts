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
