"""One file a command: options in, one call into the library, result out."""
