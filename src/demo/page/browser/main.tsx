// The page in the browser: people sit in one channel and do what people do in Slack.
import { createRoot } from 'react-dom/client'
import type { Start } from '../entities.ts'
import { App } from './app.tsx'

const root = document.getElementById('root')
const start = document.getElementById('start')
if (root && start) createRoot(root).render(<App start={JSON.parse(start.textContent ?? '') as Start} />)
