import type { SdkRecipe } from './types.ts'

/** The command that installs what a recipe needs. */
export function installLine({ packages }: Pick<SdkRecipe, 'packages'>): string {
  return `npm install polypool ${packages.join(' ')}`
}

/** The lines to paste, and one request by them. */
export function usageOf({ setup, request }: { readonly setup: string; readonly request: string | null }): string {
  return request === null ? setup : `${setup}\n\nconst answer = await ${request}`
}
