/** Native options of any client, as they are found. */
export type Options = { readonly [option: string]: unknown }
