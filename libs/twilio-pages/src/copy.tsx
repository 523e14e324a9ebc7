import { useEffect, useState } from 'preact/hooks'
import type { ComponentChildren } from 'preact'
import { Icon } from './icon.tsx'
import { toast } from './toast.tsx'

/**
 * Puts a text on the clipboard. Where the page may not (plain HTTP on another host than localhost),
 * a field with the text selected appears instead, for Ctrl-C.
 */
export function Copy(props: {
  text: string
  label: string
  children?: ComponentChildren
  class?: string
}) {
  const { text, label, children } = props
  const [state, setState] = useState<'idle' | 'copied' | 'by-hand'>('idle')
  useEffect(() => {
    if (state !== 'copied') return
    const timer = setTimeout(() => setState('idle'), 2000)
    return () => clearTimeout(timer)
  }, [state])
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text)
      setState('copied')
      toast(`Copied: ${label}`)
    } catch {
      setState('by-hand')
    }
  }
  if (state === 'by-hand')
    return (
      <textarea
        class="copy-by-hand"
        aria-label={`${label}: press Ctrl-C or Cmd-C`}
        readOnly
        value={text}
        ref={(field) => field?.select()}
        onBlur={() => setState('idle')}
      />
    )
  return (
    <button
      type="button"
      class={props.class ?? 'button quiet small'}
      aria-label={children ? undefined : `Copy ${label}`}
      title={`Copy ${label}`}
      onClick={() => void copy()}
    >
      <Icon name={state === 'copied' ? 'check' : 'copy'} />
      {children}
    </button>
  )
}

/** A line to be typed into a terminal, with a button that copies it. */
export function CommandLine({ text, label }: { text: string; label: string }) {
  return (
    <div class="command">
      <pre>
        <code>{text}</code>
      </pre>
      <Copy text={text} label={label} />
    </div>
  )
}
