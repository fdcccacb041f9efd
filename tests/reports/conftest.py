import pytest


@pytest.fixture
def report():
    """A report as in report.json: crack is absent from the split, and boxes were not learned."""
    unseen = "no image shows crack"
    return {
        "schema": "auxnet/report/1",
        "tool_version": "0.1.0",
        "model": {
            "sha256": "0123456789abcdef" * 4,
            "tasks": ["cls", "seg"],
            "parameters": 36204567,
            "initial_weights": "none: learned from scratch, because there is no network",
        },
        "dataset": {"name": "strips", "fingerprint": "fedcba9876543210" * 4},
        "split": "test",
        "images": 40,
        "defective": 16,
        "good": 24,
        "classification": {
            "accuracy": 0.975,
            "precision": 0.9375,
            "recall": 0.875,
            "f1": 0.90322,
            "average_precision": 0.9612,
            "per_class": {
                "pit": {
                    "accuracy": 0.95,
                    "precision": 0.9375,
                    "recall": 0.875,
                    "f1": 0.90322,
                    "average_precision": 0.9612,
                    "support": 16,
                },
                "crack": {
                    "accuracy": 1.0,
                    "precision": None,
                    "recall": None,
                    "f1": None,
                    "average_precision": None,
                    "support": 0,
                    "reasons": {"recall": unseen, "f1": unseen, "average_precision": unseen},
                },
            },
        },
        "segmentation": {
            "iou": 0.6,
            "dice": 0.75,
            "dice_per_image": 0.7,
            "dice_kaggle": 0.925,
            "per_class": {
                "pit": {
                    "iou": 0.6,
                    "dice": 0.75,
                    "images": 16,
                    "detected_rate": 0.875,
                    "dice_when_detected": 0.8,
                    "quiet_rate": 0.9583,
                },
                "crack": {
                    "iou": None,
                    "dice": None,
                    "images": 0,
                    "detected_rate": None,
                    "dice_when_detected": None,
                    "quiet_rate": 1.0,
                    "reasons": {"dice": unseen},
                },
            },
        },
        "detection": None,
        "screening": {
            "escape_rate": 0.125,
            "false_alarm_rate": 0.0417,
            "threshold_rule": "a class at 0.5 or a box at 0.5",
        },
        "reasons": {"detection": "the model was trained without det"},
        "unreadable": [],
    }
