// The page's script and style, bundled when first asked for and kept: nothing is built ahead, nothing comes from elsewhere.
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/** What the page loads: one script and one style, minified. */
export type Bundle = { readonly script: string; readonly style: string }

let bundled: Promise<Bundle> | null = null

/** The page's bundle, made by esbuild at the first call and kept since. */
export function bundle(): Promise<Bundle> {
  bundled ??= bundleNow()
  return bundled
}

async function bundleNow(): Promise<Bundle> {
  const { outputFiles } = await build({
    entryPoints: ['main.tsx', 'styles/page.css'].map((name) =>
      fileURLToPath(new URL(`browser/${name}`, import.meta.url)),
    ),
    bundle: true,
    write: false,
    outdir: 'page',
    minify: true,
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"production"' },
    logLevel: 'silent',
  })
  const text = (end: string) => outputFiles.find(({ path }) => path.endsWith(end))?.text ?? ''
  return { script: text('.js'), style: text('.css') }
}
