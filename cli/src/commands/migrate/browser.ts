import { isBuiltin } from 'node:module'
import type { Model } from '../../reading/javascript/model.ts'

const globals: ReadonlySet<string> = new Set(['window', 'document', 'localStorage', 'sessionStorage'])

/** Whether a file is for browsers, which have no pools to set up: it uses what only they have, or draws with React, and nothing of Node. */
export function isForBrowsers({ file, scopes }: Model): boolean {
  let found = false
  const isJsx = /\.[jt]sx$/.test(file)
  for (const node of scopes.nodes) {
    if (node.type === 'ImportDeclaration') {
      const { value } = node.source
      if (isBuiltin(value) || value === 'undici' || value.startsWith('react-dom/server')) return false
      found ||= isJsx && value === 'react'
    } else if (node.type === 'ExpressionStatement' && 'directive' in node && node.directive === 'use client') return true
    else if (node.type === 'MemberExpression' && node.object.type === 'Identifier' && globals.has(node.object.name))
      found ||= scopes.resolve(node.object.name, node.object) === undefined
  }
  return found
}
