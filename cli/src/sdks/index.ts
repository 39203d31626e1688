import { anthropic } from './anthropic.ts'
import { awsSdk } from './aws-sdk.ts'
import { azure } from './azure.ts'
import { elasticHttp } from './elastic-http.ts'
import { elasticUndici } from './elastic-undici.ts'
import { followRedirects } from './follow-redirects.ts'
import { gaxios } from './gaxios.ts'
import { globalAgent } from './global-agent.ts'
import { globalDispatcher } from './global-dispatcher.ts'
import { globalFetch } from './global-fetch.ts'
import { graphqlRequest } from './graphql-request.ts'
import { httpProxy } from './http-proxy.ts'
import { httpProxyMiddleware } from './http-proxy-middleware.ts'
import { ky } from './ky.ts'
import { needle } from './needle.ts'
import { ofetch } from './ofetch.ts'
import { openai } from './openai.ts'
import { retryAgent } from './retry-agent.ts'
import { stripe } from './stripe.ts'
import { superagent } from './superagent.ts'
import type { SdkRecipe } from './types.ts'
import { undiciInterceptors } from './undici-interceptors.ts'
import { ws } from './ws.ts'

/** By the name that `explain sdk:<name>` takes, in the order in which they are listed. */
export const sdks = {
  'aws-sdk': awsSdk,
  openai,
  anthropic,
  stripe,
  'elastic-http': elasticHttp,
  'elastic-undici': elasticUndici,
  gaxios,
  azure,
  superagent,
  needle,
  ky,
  ofetch,
  'graphql-request': graphqlRequest,
  'http-proxy': httpProxy,
  'http-proxy-middleware': httpProxyMiddleware,
  'follow-redirects': followRedirects,
  ws,
  'global-agent': globalAgent,
  'global-dispatcher': globalDispatcher,
  'global-fetch': globalFetch,
  'undici-interceptors': undiciInterceptors,
  'retry-agent': retryAgent,
} as const satisfies { readonly [name: string]: SdkRecipe }

export type SdkName = keyof typeof sdks

export const sdkNames = Object.keys(sdks) as readonly SdkName[]
