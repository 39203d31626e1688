/** Where the code that commands print sends its request, as JavaScript. */
export const exampleUrl = "'https://api.example.com/'"
