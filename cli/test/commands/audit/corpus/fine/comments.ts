import http from 'node:http'
import https from 'node:https'

// polypool-ignore keep-alive-off: the server closes after each answer
export const a = new https.Agent({ maxSockets: 5 })
export const b = new http.Agent() // polypool-ignore keep-alive-off: for one request at start
/*
 * polypool-ignore keep-alive-off: a reason
 * on two lines
 */
export const c = new http.Agent()
export const text = '// polypool-ignore keep-alive-of'
