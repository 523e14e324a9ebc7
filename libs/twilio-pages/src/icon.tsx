// Strokes on a field of 24: drawn for these pages, so that no font has to be loaded.
const paths = {
  arrow: 'M12 19V5M6 11l6-6 6 6',
  back: 'M15 5l-7 7 7 7',
  bars: 'M5 20v-8M12 20V4M19 20v-5',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  clock: 'M12 21a9 9 0 100-18 9 9 0 000 18zM12 7.5V12l3 2',
  close: 'M6 6l12 12M18 6L6 18',
  code: 'M8.5 6L3 12l5.5 6M15.5 6L21 12l-5.5 6',
  copy: 'M9 9h10v11H9zM15 9V4H5v11h4',
  down: 'M6 9.5l6 6 6-6',
  exit: 'M14 4h5v16h-5M3 12h11M10 8l4 4-4 4',
  eye: 'M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 14.7a2.7 2.7 0 100-5.4 2.7 2.7 0 000 5.4z',
  gear: 'M4 7h9M17 7h3M4 17h3M11 17h9M15 9.5a2.5 2.5 0 100-5 2.5 2.5 0 000 5zM9 19.5a2.5 2.5 0 100-5 2.5 2.5 0 000 5z',
  half: 'M12 3a9 9 0 100 18 9 9 0 000-18zM12 3v18M12 8h8M12 12.5h9M12 17h7.5',
  in: 'M12 4v13M6 12l6 6 6-6M5 21h14',
  inbox: 'M3.5 13.5L6 5h12l2.5 8.5V19h-17zM3.5 13.5H9a3 3 0 006 0h5.5',
  message: 'M4 5h16v12H10l-5 4v-4H4zM8 9.5h8M8 13h5',
  moon: 'M20 14.5A8.5 8.5 0 119.5 4a7 7 0 0010.5 10.5z',
  out: 'M12 20V7M6 12l6-6 6 6M5 3h14',
  phone:
    'M8 2.5h8A1.5 1.5 0 0117.5 4v16a1.5 1.5 0 01-1.5 1.5H8A1.5 1.5 0 016.5 20V4A1.5 1.5 0 018 2.5zM10.5 18.5h3',
  plus: 'M12 5v14M5 12h14',
  queue: 'M12 3.5L21 8l-9 4.5L3 8zM3.5 12.2L12 16.5l8.5-4.3M3.5 16.2L12 20.5l8.5-4.3',
  search: 'M11 18a7 7 0 100-14 7 7 0 000 14zM16 16l4.5 4.5',
  shield: 'M12 3l7.5 3v5.5c0 4.5-3 7.7-7.5 9.5-4.5-1.8-7.5-5-7.5-9.5V6zM8.7 12l2.3 2.4 4.3-4.6',
  sun: 'M12 16a4 4 0 100-8 4 4 0 000 8zM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M18.7 5.3l-1.4 1.4M6.7 17.3l-1.4 1.4',
  warning: 'M12 4l9 16H3zM12 10v4M12 17v.5',
}

/** The drawings there are. */
export type IconName = keyof typeof paths

/** A drawing beside words, or in a button that has a label: it says nothing by itself. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" width="20" height="20" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  )
}
