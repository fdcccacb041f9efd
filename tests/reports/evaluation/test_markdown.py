from auxnet_cli.reports.evaluation.markdown import markdown


def test_the_page_holds_figures_identity_and_definitions(report):
    page = markdown(report)
    assert page.startswith(
        "# Evaluation on strips, split test\n\n> **Only 16 defective images.** Even without"
    )
    assert "| Defective, passed (escape) | 16 | 2 | 12.5 % | 1.6-38.3 % |" in page
    assert "> **No pretrained encoder weights.** " in page
    assert "Rule of the verdict: a class at 0.5 or a box at 0.5." in page
    assert "| crack | 0 | none | none | none | none | 100.0 % |" in page
    assert "| Images | 40 (16 defective, 24 good) |" in page
    assert "| Parameters | 36,204,567 |" in page
    assert "- segmentation, crack, dice: no image shows crack" in page
    assert "**Dice, Kaggle**" in page
    assert "COCO's mean average precision" not in page  # the model has no boxes


def test_tables_are_well_formed_whatever_a_class_is_called(report):
    per_class = report["classification"]["per_class"]
    per_class["pit|<b>*a*"] = per_class.pop("pit")
    page = markdown(report)
    assert r"| pit\|\<b\>\*a\* | 16 |" in page
    for block in page.split("\n\n"):
        lines = block.splitlines()
        if lines[0].startswith("| "):
            assert len({line.replace(r"\|", "").count("|") for line in lines}) == 1, block


def test_no_warning_from_imagenet_weights(report):
    report["model"]["initial_weights"] = "ImageNet"
    assert "pretrained" not in markdown(report)


def test_unreadable_images_are_named(report):
    assert "unreadable" not in markdown(report)
    report["unreadable"] = ["x_1.png"]
    assert "## Images passed over as unreadable\n\n- x\\_1.png\n" in markdown(report)
