/**
 * The line below the README's title: badges that lead to the packages and to the repository. Empty until whoever publishes has filled in
 * `repository` in package.json; without badges of workflows where that is not on GitHub.
 */
export function repositoryLinks({ repository }: { readonly [field: string]: unknown }): string {
  const given = typeof repository === 'object' && repository !== null && 'url' in repository ? repository.url : repository
  if (typeof given !== 'string') return ''
  const url = given.replace(/^git\+/, '').replace(/\.git$/, '')
  const packages = ['polypool', '@polypool/cli'].map(
    (name) => `[![${name}](https://img.shields.io/npm/v/${name}?label=${name})](https://www.npmjs.com/package/${name})`,
  )
  const runs = `${url}/actions/workflows/ci.yml`
  return [...packages, ...(url.startsWith('https://github.com/') ? [`[![CI](${runs}/badge.svg)](${runs})`] : [])].join(' ')
}
