"""Exports a trained network as an artefact for another runtime."""
