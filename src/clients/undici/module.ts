// In this order: what undici replaces when it is evaluated has to be remembered before. A module of its own, as bundlers evaluate a package of
// CommonJS modules just before the module that imports it, whatever else that imports.
import './dispatcher-as-found.ts'
import * as undici from 'undici'

export { undici }
