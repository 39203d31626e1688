import { cyclic, hostile, hostileValue, revoked, throwing } from '../hostile.ts'
import { cap, hostFields, plain, poolFields, prototype, refuse, setOfHosts } from './phrases.ts'

/** Configs that are wrong in other ways, and the whole message. */
export const badConfigs: readonly (readonly [config: () => unknown, message: string])[] = [
  [() => ({ maxSockets: undefined }), "maxSockets: that is http.Agent's name: use maxConnectionsPerHost"],
  [() => ({ $schema: 5 }), '$schema: 5 is not a string: use the address of the JSON schema'],
  [() => JSON.parse('{"__proto__": {"maxConnections": 1}}'), `__proto__: unknown field: ${poolFields}`],
  [
    () => ({ ['x'.repeat(100_000)]: 1 }),
    `"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…": unknown field: ${poolFields}`,
  ],
  [() => ({ hosts: [] }), `hosts: an array is not a set of hosts: ${setOfHosts}`],
  [() => ({ hosts: null }), `hosts: null is not a set of hosts: ${setOfHosts}`],
  [() => ({ hosts: 'api.test' }), `hosts: "api.test" is not a set of hosts: ${setOfHosts}`],
  [() => ({ hosts: new Map() }), `hosts: ${prototype} is not a set of hosts: ${setOfHosts}`],
  [
    () => ({ hosts: { 'api.test': 5 } }),
    'hosts["api.test"]: 5 is not a set of overrides: use an object such as { maxConnectionsPerHost: 20 }',
  ],
  [
    () => ({ hosts: { 'api.test': null } }),
    'hosts["api.test"]: null is not a set of overrides: use an object such as { maxConnectionsPerHost: 20 }',
  ],
  [
    () => ({ hosts: { 'api.test': [] } }),
    'hosts["api.test"]: an array is not a set of overrides: use an object such as { maxConnectionsPerHost: 20 }',
  ],
  [
    () => ({ hosts: { maxConnectionsPerHost: 5 } }),
    'hosts["maxConnectionsPerHost"]: 5 is not a set of overrides: use an object such as { maxConnectionsPerHost: 20 }',
  ],
  [
    () => ({ hosts: JSON.parse('{"__proto__": {"keepAlive": false}}') }),
    'hosts["__proto__"]: is not a host: use a name such as "api.example.com", or an address',
  ],
  [
    () => ({ hosts: { ['a'.repeat(100_000)]: {} } }),
    'hosts["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…"]: is too long for a host',
  ],
  [
    () => ({ hosts: { 'api.test': {}, 'API.test': {} } }),
    'hosts["API.test"]: is the same host as hosts["api.test"]: keep one of them',
  ],
  [
    () => ({ hosts: { 'https://api.test': {}, 'https://API.test:443': {} } }),
    'hosts["https://API.test:443"]: is the same host as hosts["https://api.test:443"]: keep one of them',
  ],
  [
    () => ({ hosts: { 'api.test': JSON.parse('{"__proto__": 1}') } }),
    `hosts["api.test"].__proto__: unknown field: ${hostFields}`,
  ],
  [() => null, `the pool config is null: ${plain}`],
  [() => 5, `the pool config is 5: ${plain}`],
  [() => '{"maxConnections": 5}', `the pool config is "{\\"maxConnections\\": 5}": ${plain}`],
  [() => true, `the pool config is true: ${plain}`],
  [() => [], `the pool config is an array: ${plain}`],
  [() => () => ({}), `the pool config is a function: ${plain}`],
  [() => new Map([['maxConnections', 5]]), `the pool config is ${prototype}: ${plain}`],
  [() => new (class Config {})(), `the pool config is ${prototype}: ${plain}`],
  [() => Object.create({ maxConnections: 5 }), `the pool config is ${prototype}: ${plain}`],
  [() => ({ __proto__: { maxConnections: 5 } }), `the pool config is ${prototype}: ${plain}`],
  [() => Object.create(Object.assign(Object.create(null), { maxConnections: 5 })), `the pool config is ${prototype}: ${plain}`],
  [() => Promise.resolve({}), 'the pool config is a promise: await it'],
  [() => new Date(0), `the pool config is ${prototype}: ${plain}`],
  [() => revoked(), `the pool config is ${prototype}: ${plain}`],
  [() => ({ hosts: revoked() }), `hosts: ${prototype} is not a set of hosts: ${setOfHosts}`],
  [() => ({ maxConnections: revoked() }), `maxConnections: an object is not a cap: ${cap}`],
  [() => throwing('maxConnections'), 'maxConnections: cannot be read, its getter or proxy throws: pass a plain value'],
  [() => throwing('foo'), 'foo: cannot be read, its getter or proxy throws: pass a plain value'],
  [() => ({ hosts: throwing('api.test') }), 'hosts["api.test"]: cannot be read, its getter or proxy throws: pass a plain value'],
  [() => hostile(), 'the pool config cannot be read, its getter or proxy throws: pass a plain value'],
  [() => ({ maxConnections: hostileValue() }), `maxConnections: an object is not a cap: ${cap}`],
  [
    () => cyclic(),
    `5 problems in the pool config:
  - hosts["hosts"].hosts: is for the whole pool and cannot differ by host: set it outside hosts
  - hosts["hosts"]."api.test": unknown field: ${hostFields}
  - hosts["api.test"].hosts: is for the whole pool and cannot differ by host: set it outside hosts
  - hosts["api.test"]."api.test": unknown field: ${hostFields}
  - "api.test": unknown field: ${poolFields}`,
  ],
  [
    () => ({ maxConnections: 0, block: 1, foo: 1 }),
    `3 problems in the pool config:
  - maxConnections: 0 is not a cap: ${cap} (${refuse})
  - block: 1 is neither true nor false: use one of them, without quotes
  - foo: unknown field: ${poolFields}`,
  ],
]
