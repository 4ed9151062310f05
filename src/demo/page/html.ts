// The page's one document; everything it needs to begin is in it.
import type { Start } from './entities.ts'

const ICON = `data:image/svg+xml,${encodeURIComponent('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#0b6e6e"/><path d="M9 10h14l-14 12h14" fill="none" stroke="#fff" stroke-width="3.2" stroke-linecap="round" stroke-linejoin="round"/></svg>')}`

/** The document, with `start` in it as JSON for the script to read. */
export function html(start: Start): string {
  // "<" is escaped so that nothing in a name can end the element.
  const json = JSON.stringify(start).replaceAll('<', '\\u003c')
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>#${start.channel.name}</title>
<link rel="icon" href="${ICON}">
<link rel="stylesheet" href="/page.css">
</head>
<body>
<div id="root"></div>
<script type="application/json" id="start">${json}</script>
<script type="module" src="/page.js"></script>
</body>
</html>
`
}
