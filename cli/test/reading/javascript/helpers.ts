import { findingsIn } from '../../../src/commands/audit/find.ts'
import type { RuleFinding } from '../../../src/commands/audit/rule.ts'
import type { Versions } from '../../../src/commands/audit/versions.ts'
import { type Place, placesIn } from '../../../src/reading/javascript/places.ts'
import { readSource } from '../../../src/reading/javascript/read-file.ts'
import { content, type Value } from '../../../src/reading/javascript/values.ts'

/** A line that imports every client, and packages of agents that go through a proxy. */
export const allImports = [
  "import http from 'node:http'",
  "import https from 'node:https'",
  "import axios from 'axios'",
  "import got from 'got'",
  "import nodeFetch from 'node-fetch'",
  "import Agentkeepalive from 'agentkeepalive'",
  "import * as undici from 'undici'",
  "import { HttpsProxyAgent } from 'https-proxy-agent'",
  "import { HttpProxyAgent } from 'http-proxy-agent'",
  "import { SocksProxyAgent } from 'socks-proxy-agent'",
  "import { ProxyAgent } from 'proxy-agent'",
  "import createHttpsProxyAgent from 'https-proxy-agent'",
  "import * as hpagent from 'hpagent'",
].join('; ')

/** The places of a source that is expected to be read. */
export function places(text: string, file = 'app.ts'): readonly Place[] {
  const { found, problem } = readSource(file, text, placesIn)
  if (problem) throw new Error(`${problem.line}:${problem.column} ${problem.message}`)
  return found
}

/** The findings of a source that is expected to be read. */
export function findings(text: string, versions: Versions = {}, file = 'app.ts'): readonly RuleFinding[] {
  const { found, problem } = readSource(file, text, (model) => findingsIn(model, versions))
  if (problem) throw new Error(`${problem.line}:${problem.column} ${problem.message}`)
  return found
}

/** A value without its bookkeeping: what is unknown becomes `‹source›`. */
export function outline(value: Value): unknown {
  switch (value.kind) {
    case 'plain':
      return content(value)
    case 'unknown':
      return `‹${value.source}›`
    case 'items':
      return value.items.map(outline)
    case 'fields':
      return {
        ...Object.fromEntries([...value.fields].map(([name, one]) => [name, outline(one)])),
        ...(value.open.length > 0 ? { '…': value.open } : {}),
      }
    case 'made':
      return { [value.creation]: outline(value.options) }
    case 'chooser':
      return { http: outline(value.http), https: outline(value.https) }
  }
}
