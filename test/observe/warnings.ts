import { onTestFinished } from 'vitest'

export interface Warned {
  readonly code: string
  readonly message: string
  readonly detail?: string
}

/** The warnings of pools from now on, to the end of the test. */
export function listenToWarnings(): { readonly warned: Warned[]; until(count: number): Promise<readonly Warned[]> } {
  const warned: Warned[] = []
  const waiting: (() => void)[] = []
  const onWarning = (warning: Error & { code?: string; detail?: string }) => {
    if (warning.name !== 'PolypoolWarning') return
    const { code = '', message, detail } = warning
    warned.push(detail === undefined ? { code, message } : { code, message, detail })
    for (const resolve of waiting.splice(0)) resolve()
  }
  process.on('warning', onWarning)
  onTestFinished(() => void process.off('warning', onWarning))
  return {
    warned,
    async until(count) {
      while (warned.length < count) await new Promise<void>((resolve) => waiting.push(resolve))
      return warned
    },
  }
}
