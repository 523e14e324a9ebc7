import { createCommand } from './command.ts'
export const doctorCommand = createCommand({
  name: 'hsb-twilio doctor',
  summary: '',
  args: {},
  examples: ['a', 'b'],
  run: async () => 0,
})
