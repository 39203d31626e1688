import {
  type ApiDeclaredItem,
  ApiDocumentedItem,
  type ApiItem,
  ApiItemContainerMixin,
  ApiItemKind,
  ApiModel,
  ApiParameterListMixin,
  type Excerpt,
} from '@microsoft/api-extractor-model'
import type {
  DocCodeSpan,
  DocErrorText,
  DocEscapedText,
  DocFencedCode,
  DocLinkTag,
  DocNode,
  DocPlainText,
} from '@microsoft/tsdoc'

const groups: readonly (readonly [title: string, ...kinds: ApiItemKind[]])[] = [
  ['Functions', ApiItemKind.Function],
  ['Values', ApiItemKind.Variable],
  ['Classes', ApiItemKind.Class],
  ['Types', ApiItemKind.Interface, ApiItemKind.TypeAlias],
]

/**
 * One entry as a page: its exports by kind, in the order of the alphabet.
 *
 * @param values the names that can be imported at run time: classes that can't are types here
 */
export function renderPackage(
  file: string,
  { module, text }: { readonly module: string; readonly text: string },
  values: ReadonlySet<string>,
): string {
  const [entry] = new ApiModel().loadPackage(file).entryPoints
  const members = entry?.members ?? []
  const sections = groups.flatMap(([title, ...kinds]) => {
    const own = members
      .filter((member) => kinds.includes(kindOf(member, values)))
      .toSorted((a, b) => a.displayName.localeCompare(b.displayName))
    return own.length === 0 ? [] : [`## ${title}`, ...own.map(renderItem)]
  })
  return `${[`# ${module}`, text, ...sections].join('\n\n')}\n`
}

function kindOf({ kind, displayName }: ApiItem, values: ReadonlySet<string>): ApiItemKind {
  const isType = kind === ApiItemKind.Interface || kind === ApiItemKind.TypeAlias
  if (isType || values.has(displayName)) return kind
  if (kind === ApiItemKind.Class) return ApiItemKind.Interface
  throw new Error(`${displayName} is exported as a type, and is none`)
}

function renderItem(item: ApiItem): string {
  const parts = [`### ${item.displayName}`]
  const { summary, returns } = commentOf(item)
  if (summary !== '') parts.push(summary)
  parts.push(`\`\`\`ts\n${declarationOf(item as ApiDeclaredItem)}\n\`\`\``)
  if (ApiParameterListMixin.isBaseClassOf(item)) {
    const rows = item.parameters.flatMap(({ name, tsdocParamBlock }) =>
      tsdocParamBlock ? [`- \`${name}\`: ${rendered(tsdocParamBlock.content)}`] : [],
    )
    if (rows.length > 0) parts.push(rows.join('\n'))
  }
  if (returns !== '') parts.push(`Returns ${returns}.`)
  if (ApiItemContainerMixin.isBaseClassOf(item) && item.members.length > 0) parts.push(memberTable(item.members))
  return parts.join('\n\n')
}

function memberTable(members: readonly ApiItem[]): string {
  const rows = members
    // What polypool marks its own errors with, and what only it may call.
    .filter(({ displayName, kind }) => !displayName.startsWith('[') && kind !== ApiItemKind.Constructor)
    .map(
      (member) =>
        `| ${code((member as ApiDeclaredItem).excerpt.text)} | ${commentOf(member).summary.replaceAll(/\s*\n+\s*/g, ' ')} |`,
    )
  return ['| member | |', '|---|---|', ...rows].join('\n')
}

/** In a cell of a table: on one line, with bars that do not end the cell. */
function code(text: string): string {
  const line = withoutModifiers(text).replaceAll(/\s+/g, ' ').replaceAll('|', '\\|')
  return line.includes('`') ? `\`\` ${line} \`\`` : `\`${line}\``
}

function withoutModifiers(text: string): string {
  return text
    .replaceAll(/\b(?:readonly|declare) /g, '')
    .replace(/;$/, '')
    .trim()
}

/** The head alone of what has a table of members. */
function declarationOf({ excerpt, members }: { readonly excerpt: Excerpt; readonly members: readonly ApiItem[] }): string {
  const text = excerpt.text.replace(/^export (?:declare )?/, '').trim()
  return members.length > 0 && !text.endsWith('}') ? `${text} { … }` : text
}

function commentOf(item: ApiItem): { readonly summary: string; readonly returns: string } {
  const comment = item instanceof ApiDocumentedItem ? item.tsdocComment : undefined
  if (comment === undefined) return { summary: '', returns: '' }
  const { summarySection, remarksBlock, returnsBlock } = comment
  const summary = [summarySection, remarksBlock?.content].map((section) => (section ? rendered(section) : '')).filter(Boolean)
  return { summary: summary.join('\n\n'), returns: returnsBlock ? rendered(returnsBlock.content) : '' }
}

function rendered(node: DocNode): string {
  return inMarkdown(node)
    .replaceAll(/[ \t]+/g, ' ')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim()
}

function inMarkdown(node: DocNode): string {
  switch (node.kind) {
    case 'PlainText':
      return escaped((node as DocPlainText).text)
    case 'EscapedText':
      return (node as DocEscapedText).decodedText
    case 'ErrorText':
      return escaped((node as DocErrorText).text)
    case 'CodeSpan':
      return `\`${(node as DocCodeSpan).code}\``
    case 'FencedCode':
      return `\n\n\`\`\`${(node as DocFencedCode).language}\n${(node as DocFencedCode).code}\`\`\`\n\n`
    case 'LinkTag':
      return `\`${(node as DocLinkTag).linkText ?? ''}\``
    case 'SoftBreak':
      return '\n'
    case 'Paragraph':
      return `${children(node)}\n\n`
    default:
      return children(node)
  }
}

function children(node: DocNode): string {
  return node.getChildNodes().map(inMarkdown).join('')
}

/** Angle brackets would be elements of HTML. */
function escaped(text: string): string {
  return text.replaceAll('<', '&lt;')
}
