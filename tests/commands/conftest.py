import pytest
import typer
from typer.testing import CliRunner


@pytest.fixture
def invoke(monkeypatch):
    """Runs a command whose job gives an answer or raises it; returns what it did, and the calls."""

    def run(command, job, answer, *words):
        calls = []

        def stand_in(*given):
            calls.append(given)
            if isinstance(answer, BaseException):
                raise answer
            return answer

        monkeypatch.setattr(job, stand_in)
        app = typer.Typer()
        app.command()(command)
        return CliRunner().invoke(app, list(words)), calls

    return run
