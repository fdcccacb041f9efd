"""Coverage-guided fuzzing of every reader of files that strangers write: see docs/security.md."""
