"""The engines that run a network, a module each."""
