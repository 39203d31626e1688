import { defineConfig } from 'vitepress'
import { copyTaken, repositoryUrl, serveTaken, slugify, withLinks, withoutElements } from './links.ts'
import { sidebar } from './sidebar.ts'

// Under which path the site will lie: `/polypool/` on GitHub's pages of a project.
const base = process.env.DOCS_BASE ?? '/'
const repository = repositoryUrl()

const icon = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path d="M2 4h12M2 8h12M2 12h12" stroke="#3c8772" stroke-width="2"/><circle cx="5" cy="4" r="2" fill="#3c8772"/><circle cx="11" cy="8" r="2" fill="#3c8772"/><circle cx="7" cy="12" r="2" fill="#3c8772"/></svg>',
)}`

export default defineConfig({
  base,
  lang: 'en',
  title: 'polypool',
  description: 'One connection-pool configuration for every Node HTTP client',
  outDir: '../.cache/site',
  // Drawn here, so that no host of the site has to have a file for it.
  head: [['link', { rel: 'icon', href: icon }]],
  cacheDir: '../.cache/vitepress',
  // A dead link fails the build.
  ignoreDeadLinks: false,
  markdown: {
    anchor: { slugify },
    config: (markdown) => {
      withLinks(markdown, base)
      withoutElements(markdown)
    },
  },
  buildEnd: copyTaken,
  vite: { plugins: [serveTaken] },
  themeConfig: {
    nav: [
      { text: 'Start', link: '/start' },
      { text: 'Fields', link: '/configuration' },
      { text: 'Errors', link: '/errors' },
      { text: 'Comparison', link: '/comparison' },
      { text: 'Troubleshooting', link: '/troubleshooting' },
    ],
    sidebar: sidebar(),
    search: { provider: 'local' },
    outline: [2, 3],
    ...(repository?.startsWith('https://github.com/') && { socialLinks: [{ icon: 'github', link: repository }] }),
  },
})
