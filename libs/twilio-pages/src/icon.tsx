// Strokes on a field of 24: drawn for these pages, so that no font has to be loaded.
const paths = {
  arrow: 'M12 19V5M6 11l6-6 6 6',
  back: 'M15 5l-7 7 7 7',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  clock: 'M12 21a9 9 0 100-18 9 9 0 000 18zM12 7.5V12l3 2',
  close: 'M6 6l12 12M18 6L6 18',
  copy: 'M9 9h10v11H9zM15 9V4H5v11h4',
  down: 'M6 9.5l6 6 6-6',
  half: 'M12 3a9 9 0 100 18 9 9 0 000-18zM12 3v18M12 8h8M12 12.5h9M12 17h7.5',
  in: 'M12 4v13M6 12l6 6 6-6M5 21h14',
  moon: 'M20 14.5A8.5 8.5 0 119.5 4a7 7 0 0010.5 10.5z',
  out: 'M12 20V7M6 12l6-6 6 6M5 3h14',
  phone:
    'M8 2.5h8A1.5 1.5 0 0117.5 4v16a1.5 1.5 0 01-1.5 1.5H8A1.5 1.5 0 016.5 20V4A1.5 1.5 0 018 2.5zM10.5 18.5h3',
  plus: 'M12 5v14M5 12h14',
  sun: 'M12 16a4 4 0 100-8 4 4 0 000 8zM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M18.7 5.3l-1.4 1.4M6.7 17.3l-1.4 1.4',
  warning: 'M12 4l9 16H3zM12 10v4M12 17v.5',
}

/** A drawing beside words, or in a button that has a label: it says nothing by itself. */
export function Icon({ name }: { name: keyof typeof paths }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" width="20" height="20" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  )
}
