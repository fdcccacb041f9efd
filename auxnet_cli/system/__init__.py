"""The operating system: files, locks, threads, interrupts and the processor."""
