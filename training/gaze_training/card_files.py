"""A model's card as files beside it: JSON for programs, Markdown for people."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from gaze_demo.errors import UserError
from gaze_training.card import Card
from gaze_training.card_text import card_text

SUFFIX = ".card.json"


def card_path(model: Path) -> Path:
    """The path of the card of an ONNX file."""
    return model.with_suffix(SUFFIX)


def write_card(card: Card, model: Path) -> None:
    """As JSON beside the model, and as Markdown for people."""
    model.parent.mkdir(parents=True, exist_ok=True)
    card_path(model).write_text(card.model_dump_json(indent=1) + "\n", encoding="utf-8")
    model.with_suffix(".md").write_text(card_text(card), encoding="utf-8")


def load_cards(folder: Path) -> list[Card]:
    """All cards of a folder, teachers first, then by parameters. Raises UserError if one is damaged."""
    cards = []
    for path in folder.glob(f"*{SUFFIX}"):
        try:
            cards.append(Card.model_validate_json(path.read_text(encoding="utf-8")))
        except (ValidationError, ValueError) as error:
            raise UserError(
                f"{path} is not a model card of gaze-train; write it again with `gaze-train card`."
            ) from error
    return sorted(cards, key=lambda card: (card.role != "teacher", -(card.parameters or 0), card.name))
