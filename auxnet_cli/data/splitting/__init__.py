"""Which image goes into which split: groups, near-duplicates, stratification and folds."""
