import { defineConfig } from 'tsdown'

// Nest needs decorators with their types, which Node alone does not run.
export default defineConfig({ entry: 'main.ts', format: 'esm', fixedExtension: false, dts: false })
