import { useLayoutEffect, useRef } from 'preact/hooks'

/**
 * Keys that work anywhere on the page, by their names: `{ j: next, Escape: close }`. Not while
 * somebody types, a dialog is open, or Ctrl, Alt or Cmd is held; Enter is left to buttons and links.
 */
export function useKeys(keys: Record<string, () => void>): void {
  const current = useRef(keys)
  current.current = keys
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const { key, target, ctrlKey, altKey, metaKey, defaultPrevented } = event
      if (ctrlKey || altKey || metaKey || defaultPrevented || !(target instanceof Element)) return
      const isTyping = target.closest('input, textarea, select, [contenteditable]') !== null
      if (document.querySelector('dialog[open]') || (isTyping && key !== 'Escape')) return
      if (key === 'Enter' && target.closest('a, button, summary')) return
      const act = Object.hasOwn(current.current, key) ? current.current[key] : undefined
      if (!act) return
      event.preventDefault()
      act()
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [])
}
