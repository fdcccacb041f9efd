import json

import pytest
import typer
from typer.testing import CliRunner

from auxnet_cli.errors import AuxnetError, InputError
from auxnet_cli.terminal import PartlyDone, command, console, warn


def run(work, *arguments):
    @command
    def job(number: int = 1):
        """A job."""
        return work(number)

    app = typer.Typer()
    app.command()(job)
    return CliRunner().invoke(app, arguments)


def failing(error):
    def work(_):
        raise error

    return work


def test_success_is_0_and_options_arrive():
    seen = []
    done = run(seen.append, "--number", "3")
    assert (done.exit_code, done.output, seen) == (0, "", [3])


@pytest.mark.parametrize(
    ("error", "code", "says"),
    [
        (AuxnetError("The work failed."), 1, "Error: The work failed."),
        (InputError("No file [a]."), 2, "Error: No file [a]."),
        (OSError(28, "No space left"), 1, "Error: The system refused: [Errno 28] No space left."),
        (KeyError("x"), 1, "Error: Unexpected KeyError: 'x'. This is a fault in auxnet"),
        (KeyboardInterrupt(), 130, "Interrupted."),
        (KeyboardInterrupt("It is in runs/a."), 130, "It is in runs/a."),
    ],
)
def test_an_error_is_a_sentence_and_an_exit_code(error, code, says):
    done = run(failing(error))
    assert done.exit_code == code
    assert done.stderr.startswith(says)
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("error", "code", "says"),
    [
        (InputError("No file a."), 2, "Error: No file a. 2 of 3 are done."),
        (OSError(28, "No space"), 1, "or the folder not writable? 2 of 3 are done."),
        (KeyboardInterrupt(), 130, "Interrupted. 2 of 3 are done."),
    ],
)
def test_notes_follow_the_message(error, code, says):
    error.add_note("2 of 3 are done.")
    done = run(failing(error))
    assert done.exit_code == code
    assert says in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("arguments", [(), ("--json",)])
def test_work_that_lacks_a_part_ends_with_1(arguments):
    done = run(lambda _: PartlyDone({"unreadable": 1}), *arguments)
    assert done.exit_code == 1
    assert done.stderr == ""
    assert done.stdout == ('{\n  "unreadable": 1\n}\n' if arguments else "")


def test_a_wrong_call_is_2():
    done = run(failing(AssertionError), "--number", "x")
    assert done.exit_code == 2
    assert "--number" in done.stderr


@pytest.mark.parametrize("error", [InputError("No."), OSError("No."), KeyboardInterrupt("No.")])
def test_debug_shows_where(error):
    done = run(failing(error), "--debug")
    assert "Traceback" in done.stderr
    assert "in work" in done.stderr
    assert "No." in done.stderr
    assert done.exit_code == {InputError: 2, KeyboardInterrupt: 130}.get(type(error), 1)


def test_json_is_alone_on_standard_output():
    def work(number):
        console().print("for people")
        warn("Careful.")
        return {"number": number, "name": "Maß"}

    done = run(work, "--json")
    assert json.loads(done.stdout) == {"number": 1, "name": "Maß"}
    assert "for people" in done.stderr
    assert "Careful." in done.stderr


def test_names_that_are_no_unicode_are_printed():
    name = "caf\udce9"
    assert json.loads(run(lambda _: {"out": name}, "--json").stdout) == {"out": name}
    assert run(failing(InputError(f"No {name}."))).stderr == "Error: No caf\\udce9.\n"
    assert run(lambda _: warn(name)).stderr == "WARNING: caf\\udce9\n"


def test_without_json_people_read_standard_output():
    done = run(lambda _: console().print("for people") or {"a": 1})
    assert done.stdout == "for people\n"
    assert done.stderr == ""


def test_an_error_under_json_leaves_standard_output_empty():
    done = run(failing(InputError("No.")), "--json")
    assert (done.exit_code, done.stdout, done.stderr) == (2, "", "Error: No.\n")


def test_one_json_call_does_not_silence_the_next():
    run(lambda _: {}, "--json")
    assert run(lambda _: console().print("for people")).stdout == "for people\n"


def test_warnings_off_a_terminal_are_plain_lines():
    done = run(lambda _: warn("A [b] " + "long " * 40))
    assert done.stderr == "WARNING: A [b] " + "long " * 40 + "\n"
