"""The tasks of a network: classification, segmentation and detection."""

from auxnet_cli.errors import InputError, nearest

TASKS = ("cls", "seg", "det")


def parse_tasks(text: str | None) -> tuple[str, ...] | None:
    """``"cls,seg"`` → ``("cls", "seg")``, in the canonical order; ``None`` stays ``None``.

    Raises:
        InputError: an unknown task, or none.
    """
    if text is None:
        return None
    named = [part.strip() for part in text.split(",") if part.strip()]
    for name in named:
        if name not in TASKS:
            raise InputError(
                f"There is no task '{name}'.{nearest(name, list(TASKS))} Tasks: {', '.join(TASKS)}."
            )
    if not named:
        raise InputError(f"--tasks names no task: give some of {','.join(TASKS)}.")
    return tuple(task for task in TASKS if task in named)
