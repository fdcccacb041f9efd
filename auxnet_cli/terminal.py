"""Prints results to standard output, and errors and progress to standard error."""

import functools
import inspect
import json
import re
import sys
from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from auxnet_cli.plain_text import plain

if TYPE_CHECKING:
    from rich.console import Console

JsonOption = Annotated[
    bool, typer.Option("--json", help="Print the result as one JSON document on standard output.")
]
DebugOption = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]


class PartlyDone(NamedTuple):
    """The result of a command that did only part of its work; the exit code is 1.

    Attributes:
        document: the result.
    """

    document: Any


_ARGUMENT = re.compile(r"`(\w+(?:=False)?)`")
_NAMED_ALIKE = ("model", "data", "out", "engine", "precision", "tasks", "val", "test", "resume")
_SHARED = {
    **{name: f"--{name}" for name in _NAMED_ALIKE},
    "overrides": "--set",
    "start_from": "--from",
    "resume=False": "--no-resume",
    "batches": "--batch",
}
"""Options by argument, where a message names that of another command, or the names differ."""

_as_json = ContextVar("as_json", default=False)


def console(errors: bool = False) -> "Console":
    """Returns the console for people: standard output, or standard error under ``--json``.

    Args:
        errors: whether it is for errors and warnings, which always go to standard error.
    """
    from rich.console import Console

    on_error = errors or _as_json.get()
    stream = sys.stderr if on_error else sys.stdout
    return Console(stderr=on_error, highlight=False, soft_wrap=not stream.isatty())


def warn(message: str) -> None:
    """Prints a warning to standard error."""
    from rich.markup import escape
    from rich.panel import Panel

    screen, message = console(errors=True), plain(message)
    if screen.is_terminal:
        screen.print(Panel(escape(message), title="Warning", style="bold yellow"))
    else:
        screen.print(f"WARNING: {message}", markup=False)


def command(function: Callable[..., Any]) -> Callable[..., None]:
    """Makes a function a command: adds ``--json`` and ``--debug``, turns errors into exit codes.

    The function returns its result as a typed or JSON document, or as :class:`PartlyDone`, which is
    printed under ``--json``. The function itself prints to :func:`console` what people should see.
    The notes of an exception follow its message. Errors name an argument of a job in backticks, as
    in `` `out` ``; here it becomes the option, ``--out``.
    """
    signature = inspect.signature(function)
    flags = _flags(signature)
    extra = {"json_": JsonOption, "debug": DebugOption}
    options = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=False, annotation=kind)
        for name, kind in extra.items()
    ]

    @functools.wraps(function)
    def run(*args: Any, json_: bool, debug: bool, **kwargs: Any) -> None:
        _as_json.set(json_)
        try:
            result = function(*args, **kwargs)
        except KeyboardInterrupt as stop:
            _fail(_noted(str(stop) or "Interrupted.", stop), 130, debug)
        except Exception as error:
            message, code = _explain(error)
            _fail(_in_flags(_noted(message, error), flags), code, debug)
        else:
            document = result.document if isinstance(result, PartlyDone) else result
            if json_:
                # A document or settings; pydantic itself is not imported to print another result.
                if hasattr(document, "document"):
                    document = document.document()
                elif hasattr(document, "model_dump"):
                    document = document.model_dump(mode="json")
                text = json.dumps(document, indent=2, ensure_ascii=False)
                sys.stdout.write(plain(text) + "\n")
            if isinstance(result, PartlyDone):
                raise typer.Exit(1)

    run.__signature__ = signature.replace(  # type: ignore[attr-defined]
        parameters=[*signature.parameters.values(), *options]
    )
    # Typer evaluates annotations, and parsing a command line imports no module of a document.
    run.__annotations__ = {**function.__annotations__, **extra, "return": None}
    return run


def _flags(signature: inspect.Signature) -> dict[str, str]:
    """Maps the parameters of a command, and those that jobs share, to their options."""
    flags = dict(_SHARED)
    for name, parameter in signature.parameters.items():
        for option in getattr(parameter.annotation, "__metadata__", ()):
            if isinstance(option, typer.models.OptionInfo):
                names = map(str, (option.default, *(option.param_decls or ())))
                declared = [text for text in names if text.startswith("--")]
                flag = declared[0] if declared else f"--{name.replace('_', '-')}"
                flags[name] = flag.split("/")[0]
    return flags


def _in_flags(message: str, flags: dict[str, str]) -> str:
    """Puts options in place of the arguments that a message names in backticks."""
    return _ARGUMENT.sub(lambda match: flags.get(match[1], match[0]), message)


def _explain(error: Exception) -> tuple[str, int]:
    from auxnet_cli.errors import AuxnetError

    if isinstance(error, AuxnetError):
        return str(error), error.exit_code
    if isinstance(error, OSError):
        return f"The system refused: {error}. Is the disk full, or the folder not writable?", 1
    kind = type(error).__name__
    return f"Unexpected {kind}: {error}. This is a fault in auxnet; --debug shows where.", 1


def _noted(message: str, error: BaseException) -> str:
    return " ".join([message, *getattr(error, "__notes__", ())])


def _fail(message: str, code: int, debug: bool) -> None:
    from rich.markup import escape

    message = plain(message)
    with suppress(OSError):  # the terminal may be closed, which is why the work stopped
        if debug:
            console(errors=True).print_exception()
        console(errors=True).print(
            f"[bold red]Error:[/] {escape(message)}" if code != 130 else escape(message)
        )
    raise typer.Exit(code)
