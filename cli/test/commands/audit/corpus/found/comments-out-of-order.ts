import https from 'node:https'

// polypool-ignore keep-alive-of: misspelled //! ignore-comment
export const a = new https.Agent() //! keep-alive-off
export const b = new https.Agent({ keepAlive: true, maxSockets: 5 }) // polypool-ignore keep-alive-off: was once //! ignore-comment
export const c = new https.Agent() // polypool-ignore keep-alive-off //! ignore-comment
