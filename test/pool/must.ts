export function must(holds: boolean, rule: string, details: object = {}): asserts holds {
  if (!holds) throw new Error(`${rule}: ${JSON.stringify(details)}`)
}
