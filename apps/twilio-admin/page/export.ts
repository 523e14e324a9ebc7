import { route, toast } from '@hsb/twilio-pages'
import { session } from './admin.ts'
import { asAsked } from './place.ts'

const most = 100_000

/** Saves what the list is narrowed to as a table for spreadsheets. It is written down who did so. */
export async function download(names: readonly string[]): Promise<void> {
  const wanted: Record<string, string | number> = { limit: most }
  for (const name of names) {
    const value = route.value.params.get(name)
    if (value) wanted[name] = asAsked(name, value)
  }
  try {
    const response = await fetch(new URL('./api/messages/export/', document.baseURI), {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-csrf-token': session.value?.csrf_token ?? '',
      },
      body: JSON.stringify(wanted),
    })
    if (!response.ok) return toast(`The server answered ${response.status}.`, 'bad')
    const link = document.createElement('a')
    link.href = URL.createObjectURL(await response.blob())
    link.download = `messages-${new Date().toISOString().slice(0, 10)}.csv`
    link.click()
    URL.revokeObjectURL(link.href)
    toast('Exported')
  } catch {
    toast('The server cannot be reached.', 'bad')
  }
}
