export function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}
export function throwing(key: string): object {
  return Object.defineProperty({}, key, {
    enumerable: true,
    get() {
      throw new Error('no value')
    },
  })
}
export function hostile(): object {
  const fail = () => {
    throw new Error('no access')
  }
  return new Proxy({}, { ownKeys: fail, get: fail, getOwnPropertyDescriptor: fail })
}
export function hostileValue(): object {
  const fail = () => {
    throw new Error('must not be called')
  }
  return {
    toString: fail,
    toJSON: fail,
    valueOf: fail,
    [Symbol.toPrimitive]: fail,
    get constructor() {
      return fail()
    },
    get [Symbol.toStringTag](): string {
      return fail()
    },
  }
}
export function cyclic(): object {
  const config: { hosts?: object; 'api.test'?: object } = {}
  config.hosts = config
  config['api.test'] = config
  return config
}
