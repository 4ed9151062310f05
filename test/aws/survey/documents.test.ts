// The documents that a plan will run are held against those that are shipped, as a real SSM has them.
import { expect, test } from 'vitest'
import { openClients } from '../../../src/aws/clients.ts'
import { documentsIn } from '../../../src/aws/survey/documents.ts'
import { shippedDocuments } from '../../../src/documents.ts'
import { startDrill } from '../../support/drill.ts'
import { worldOf } from '../../support/worlds.ts'

test('a document is ours however it is indented, and not once a word of it is another', async () => {
  const drill = await startDrill(worldOf({}))
  const clients = openClients()
  try {
    const shipped = shippedDocuments()
    const put = (name: string, content: string | null) => drill.simulated.setDocument(name, content)
    for (const [name, content] of Object.entries(shipped)) put(name, content)
    const found = await documentsIn(clients.listening)
    expect(Object.keys(found).sort()).toEqual(Object.keys(shipped).sort())
    expect(new Set(Object.values(found).map((one) => JSON.stringify(one)))).toEqual(
      new Set([JSON.stringify({ status: 'Active', isShipped: true })]),
    )
    const freeze = shipped['zonehop-freeze'] ?? ''
    put('zonehop-freeze', JSON.stringify(JSON.parse(freeze)))
    put('zonehop-open', (shipped['zonehop-open'] ?? '').replace('/etc/zonehop/', '/tmp/zonehop/'))
    put('zonehop-check', null)
    expect(await documentsIn(clients.listening)).toMatchObject({
      'zonehop-freeze': { isShipped: true },
      'zonehop-open': { status: 'Active', isShipped: false },
      'zonehop-check': null,
    })
  } finally {
    clients.close()
    await drill.close()
  }
})
