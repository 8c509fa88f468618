// Opens a serial port in a worker thread and tells the code of the error that it got.

import { parentPort } from 'node:worker_threads'
import { register } from 'tsx/esm/api'

register()
const { systemSerialPorts } = await import('../../lib/serial/system-serial-ports.ts')
const listener = { data: () => undefined, closed: () => undefined }
const opened = systemSerialPorts.open({ path: '/dev/null', baudRate: 9_600 }, listener)
parentPort.postMessage(
  await opened.then(
    () => 'open',
    (error) => error.code,
  ),
)
