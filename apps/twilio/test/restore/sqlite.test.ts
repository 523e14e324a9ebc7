import { restoreContract } from './contract.ts'
import { createBackedFile } from './sqlite-backed.ts'

restoreContract('SQLite', createBackedFile)
