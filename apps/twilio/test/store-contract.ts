import { describe } from 'node:test'
import { browseContract } from './storage/browse-contract.ts'
import { advanceContract } from './storage/advance-contract.ts'
import { claimContract } from './storage/claim-contract.ts'
import { deskContract } from './storage/desk-contract.ts'
import { dueContract } from './storage/due-contract.ts'
import { eventContract } from './storage/event-contract.ts'
import { feedContract } from './storage/feed-contract.ts'
import { leaseContract } from './storage/lease-contract.ts'
import { listContract } from './storage/list-contract.ts'
import { messageContract } from './storage/message-contract.ts'
import { moveContract } from './storage/move-contract.ts'
import { optOutContract } from './storage/opt-out-contract.ts'
import { retentionContract } from './storage/retention-contract.ts'
import type { OpenStore } from './storage/samples.ts'
import { smallTableContract } from './storage/small-table-contract.ts'
import { throttleContract } from './storage/throttle-contract.ts'
import { transactionContract } from './storage/transaction-contract.ts'
import { verificationContract } from './storage/verification-contract.ts'

/**
 * What every engine must do. `open` answers an empty database of its own each time. With one writer
 * transactions queue; with many only those that want the same rows do.
 */
export function storeContract(
  name: string,
  open: OpenStore,
  { writers }: { writers: 'one' | 'many' },
): void {
  describe(`${name} store`, () => {
    messageContract(open)
    claimContract(open)
    dueContract(open)
    advanceContract(open)
    moveContract(open)
    eventContract(open)
    feedContract(open)
    listContract(open)
    browseContract(open)
    verificationContract(open)
    throttleContract(open)
    smallTableContract(open)
    deskContract(open)
    optOutContract(open)
    leaseContract(open)
    retentionContract(open)
    transactionContract(open, writers)
  })
}
