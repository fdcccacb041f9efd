"""Experiments on real data whose tables stand in docs/design: many trainings, hours of them.

``python -m tests.experiments NAME --data DIR`` runs what is missing of one and prints its table.
"""
