"""Experiments on real data whose tables stand in docs/design: many trainings, hours of them.

``python -m tests.experiments NAME --data DIR`` runs what is missing of one and prints its table.
What is kept of a training lies in ``results``: with it an experiment goes on in another checkout,
and ``--table`` makes a table again without training anything.
"""
