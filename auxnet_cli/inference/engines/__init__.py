"""The engines that run a network: a module each, and an entry each in the registry."""
