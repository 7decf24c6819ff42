// Loaded before the command (node --require): interrupts it so many milliseconds after it has begun to listen.
process.on('newListener', (name) => {
  if (name === 'SIGINT') setTimeout(() => process.kill(process.pid, 'SIGINT'), Number(process.env.INTERRUPT_AFTER));
});
