import { fieldNames, hostFieldNames } from '../../../src/config/fields.ts'

// What many messages have in common.
export const poolFields = `the fields are ${fieldNames.join(', ')}`
export const hostFields = `the fields are ${hostFieldNames.join(', ')}`
export const duration = 'milliseconds or a string such as "500ms", "5s", "10m", "1h"'
export const durationOrUnlimited = `${duration}, or "unlimited"`

export const cap = 'use a positive integer or "unlimited"'
export const capOrZero = 'use 0, a positive integer or "unlimited"'
export const refuse = 'to refuse instead of waiting, set block: false'
export const dropIdle = 'to keep no idle connection, set keepAlive: false'

export const plain = 'pass a plain object such as { maxConnections: 50 }'
export const prototype = 'an object with a prototype of its own'
export const setOfHosts = 'use a plain object such as { "api.example.com": { maxConnectionsPerHost: 20 } }'
export const hostList = '["localhost", ".internal", "10.0.0.0/8"]'
export const hostForms = 'use "host", "host:port", ".suffix", "*.suffix", "*", an address, or a range such as "10.0.0.0/8"'
