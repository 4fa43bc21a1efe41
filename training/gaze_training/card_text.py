"""A card as Markdown."""

from __future__ import annotations

from gaze_training.card import Card
from gaze_training.report_text import markdown_table, number


def card_text(card: Card) -> str:
    """The whole page."""
    training = card.training
    facts = [
        ("role", card.role),
        ("parameters", f"{card.parameters:,}" if card.parameters else "-"),
        ("multiply-accumulates, both eyes", f"{card.macs:,}" if card.macs else "-"),
        ("file", f"{card.size_bytes / 1e6:.2f} MB"),
        ("one call, both eyes, one thread", f"{card.latency_ms:.3f} ms (median)"),
        ("licence", card.licence),
        ("trained on", ", ".join(training.data) or "-"),
        ("scheme", training.scheme or "-"),
        ("teacher", training.teacher or "-"),
    ]
    if card.beside_ms:
        facts.append(("in turns with it", ", ".join(f"{name} {ms:.3f} ms" for name, ms in card.beside_ms.items())))
    if card.int8_loss_deg is not None:
        facts.append(("8 bit version's mean angle to the full one", f"{card.int8_loss_deg:.2f} deg"))
    parts = [
        f"# {card.title or card.name}",
        training.summary,
        "\n".join(["| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in facts)]),
        f"Measured on {card.measured} by `gaze-train card`{_machine(card)}. Angles in degrees.",
        *_zero(card),
        *_response(card),
        *_points(card),
        f"## Intended use\n\n{card.intended_use}",
        "## Limits\n\n" + "\n".join(f"- {limit}" for limit in card.limits),
        f"## Attribution\n\n{card.attribution}" if card.attribution else "",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _machine(card: Card) -> str:
    return f" on {card.machine}" if card.machine else ""


def _zero(card: Card) -> list[str]:
    if not card.zero:
        return []
    rows = [[row.group, str(row.people), number(row.error_deg)] for row in card.zero]
    text = (
        "People kept out of training who look into the lens. A constant answer wins this test: read it with the next."
    )
    parts = ["## Looking into the lens", text, markdown_table(["group", "people", "mean error"], rows)]
    if card.skin:
        tones = [[row.group, str(row.people), number(row.error_deg)] for row in card.skin]
        text = (
            "The same by skin, as light as its typology angle says it is in the photograph (below 10, to 41, above); "
            "who was photographed in different light may count twice."
        )
        parts += [text, markdown_table(["skin", "people", "mean error"], tones)]
    return parts


def _response(card: Card) -> list[str]:
    if not card.response:
        return []
    header = ["faces", "number", "error", "gain pitch", "gain yaw", "per degree of head, pitch", "yaw"]
    rows = [
        [
            row.renderer,
            str(row.faces),
            *(number(v) for v in (row.error_deg, row.pitch.gain, row.yaw.gain, row.pitch.per_head, row.yaw.per_head)),
        ]
        for row in card.response
    ]
    text = "Eyes and heads turned by known angles: a gain of 1 and 0 per degree of head turn are right."
    return ["## Response to known rotations", text, markdown_table(header, rows)]


def _points(card: Card) -> list[str]:
    if not card.points_px:
        return []
    rows = [[name.replace("_", " "), number(value)] for name, value in card.points_px.items()]
    text = (
        "One real person's webcam eyes and the screen points looked at, points left out of the fit, px of 1440 x 900."
    )
    return ["## Screen points", text, markdown_table(["figure", "value"], rows)]
