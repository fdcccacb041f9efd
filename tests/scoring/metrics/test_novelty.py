import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from auxnet_cli.documents.section import Missing
from auxnet_cli.scoring.metrics.novelty import Novelty
from auxnet_cli.scoring.scores import full_score, score


@pytest.fixture
def images(made_up):
    """Sixty images: good ones, pits and cracks, and how new each is."""
    rng = np.random.default_rng(4)
    taken = []
    for number in range(60):
        labels = np.array([number % 3 == 1, number % 3 == 2])
        novelty = rng.random() + 0.3 * labels[0] + 0.1 * labels[1]
        votes = {"cls": np.zeros(2), "novelty": np.full(2, novelty / 2)}
        truth = np.zeros((int(labels.any()), 5))
        taken.append(
            made_up(name=str(number), group=str(number), labels=labels, votes=votes,
                    scores=np.zeros(2), truth=truth)
        )  # fmt: skip
    return taken


def areas(images):
    """AUROC of all defects and of each class against the good images, as scikit-learn's."""
    novelties = np.array([image.votes["novelty"][0] for image in images])
    labels = np.array([image.labels for image in images])
    good = ~labels.any(axis=1)
    return [
        roc_auc_score(shows[shows | good], novelties[shows | good])
        for shows in (labels.any(axis=1), *labels.T)
    ]


def test_the_novelty_ranks_defective_images_against_good_ones(images, split_of):
    section = Novelty(split_of(images, ("cls",))).section()
    of_all, pit, crack = areas(images)
    assert section["auroc"] == pytest.approx(of_all)
    assert section["per_class"]["pit"] == {"auroc": pytest.approx(pit), "images": 20}
    assert section["per_class"]["crack"]["auroc"] == pytest.approx(crack)


def test_a_weight_counts_an_image_so_often(images, split_of):
    weights = np.random.default_rng(0).integers(0, 3, 60)
    copied = [image for image, weight in zip(images, weights, strict=True) for _ in range(weight)]
    section = Novelty(split_of(images, ("cls",))).section(weights)
    assert section["auroc"] == pytest.approx(areas(copied)[0])


def test_figures_that_do_not_exist_say_why(images, split_of):
    assert Novelty(split_of(images[:1])).section()["auroc"] == Missing("no image is defective")
    assert Novelty(split_of(images[1:2])).section()["auroc"] == Missing("no image is good")


def test_only_a_report_on_a_memory_has_the_section(images, split_of, made_up):
    split = split_of(images, ("cls",), verdict=("cls", "novelty"))
    assert split.voters == ("cls", "novelty")
    report = full_score(split, replicates=100)
    low, high = report["novelty"].ci95["auroc"]
    assert low < report["novelty"].auroc < high
    assert "novelty" in report["screening"].threshold_rule
    without = score(split_of([made_up(votes={"cls": np.zeros(2)}, scores=np.zeros(2))], ("cls",)))
    assert without.novelty is None
    assert "novelty" not in without.document()
