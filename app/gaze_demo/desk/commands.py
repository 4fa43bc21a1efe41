"""All commands in one table, from which menus, header, shortcuts and the command palette are made."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from gaze_demo.desk.observed import Told

SEPARATOR: Final = "-"
MENUS: Final = ("File", "Source", "Film", "Record", "View", "Calibrate", "Help")


@dataclass(frozen=True)
class Command:
    """An action of the user.

    `menu`: where it stands; `text` with & before its access key; `keys` as Qt writes shortcuts. `state`: the field of
    the WindowState, or "panels:NAME", that it switches on and off; empty if it does something instead. `needs`: the
    field that must hold something for it to be enabled. `icon`: the header shows it with this drawing, and with
    the name `short` where there is room.
    """

    id: str
    menu: str
    text: str
    keys: str = ""
    tip: str = ""
    state: str = ""
    needs: str = ""
    icon: str = ""
    short: str = ""

    @property
    def title(self) -> str:
        return self.text.replace("&", "").rstrip("…")


def _line(menu: str) -> Command:
    return Command(SEPARATOR, menu, "")


COMMANDS: Final = (
    Command("open-file", "File", "Open &video or image…", "Ctrl+O", "Show the gaze in a video or an image"),
    Command(
        "open-folder", "File", "Open &folder of images…", "Ctrl+Shift+O", "Show the gaze in each image of a folder"
    ),
    Command("add-model", "File", "&Add model…", "Ctrl+M", "Copy an ONNX model into your models folder and show it"),
    Command("models-folder", "File", "Open your &models folder", "", "Put ONNX models with their contracts there"),
    _line("File"),
    Command("palette", "File", "&Command palette…", "Ctrl+Shift+P", "Find any command by its name"),
    Command("quit", "File", "&Quit", "Ctrl+Q"),
    Command("try-virtual", "Source", "&Virtual participant", "Ctrl+P", "An animated face with exactly known gaze"),
    Command("refresh-cameras", "Source", "&Look for cameras again", "F5"),
    Command(
        "restart",
        "Source",
        "&Start the source again",
        "Shift+F5",
        "Open the camera again, or play a film from its start",
    ),
    _line("Source"),
    Command("hold", "Source", "&Hold the picture", "H", "The models can still be changed", state="held"),
    Command(
        "mirror",
        "Source",
        "&Mirror the picture of a camera",
        "",
        "As a mirror shows it; files are shown as they are",
        state="mirror",
        needs="source_live",
    ),
    Command("pointer", "Source", "Virtual eyes follow the poin&ter", "P", "Off: they follow a path", state="pointer"),
    Command(
        "play",
        "Film",
        "&Play or pause",
        "K",
        "A film or a folder; also with the space bar",
        needs="playable",
    ),
    Command("step-forward", "Film", "&Next frame or picture", ".", needs="playable"),
    Command("step-back", "Film", "P&revious frame or picture", ",", needs="playable"),
    Command("jump-forward", "Film", "&Forward 5 seconds", "Shift+Right", needs="film"),
    Command("jump-back", "Film", "&Back 5 seconds", "Shift+Left", needs="film"),
    Command("faster", "Film", "F&aster", "Ctrl++", needs="film"),
    Command("slower", "Film", "&Slower", "Ctrl+-", needs="film"),
    Command("loop", "Film", "Play again and again (&loop)", "Ctrl+L", needs="film"),
    Command(
        "record",
        "Record",
        "&Record or stop…",
        "Ctrl+R",
        "Keep the gaze in a folder; pictures only if you wish",
        needs="source_live",
    ),
    Command(
        "marker",
        "Record",
        "&Mark this moment",
        "Ctrl+D",
        "Shown when the recording is replayed",
        needs="recording",
    ),
    Command("note", "Record", "&Write a note", "Ctrl+N", "Into the recording", needs="recording"),
    _line("Record"),
    Command(
        "open-recording",
        "Record",
        "&Open a recording…",
        "Ctrl+Shift+R",
        "Gaze, markers and events over time",
    ),
    Command("recordings-folder", "Record", "Open the &folder of recordings"),
    Command("two-panes", "View", "Two pa&nes", "T", "Off: one pane", state="two_panes", icon="two", short="Two panes"),
    Command("swap", "View", "S&wap the models", "X"),
    Command(
        "each-eye",
        "View",
        "Gaze of &each eye",
        "V",
        "In addition to the mean of both",
        state="each_eye",
        icon="arrows",
        short="Each eye",
    ),
    Command(
        "axes",
        "View",
        "&Head axes",
        "A",
        "To the left in red, down in green, ahead in blue",
        state="axes",
        icon="axes",
        short="Axes",
    ),
    Command(
        "crops",
        "View",
        "Eye &crops",
        "C",
        "The normalised eyes that models see",
        state="crops",
        icon="eye",
        short="Crops",
    ),
    Command("raw", "View", "Raw &angles with a calibration", "Y", "Instead of the point on the screen", state="raw"),
    Command("filter", "View", "&Filter", "F", "Smooth the drawn gaze; raw values are always kept", state="filtered"),
    _line("View"),
    Command(
        "full-screen",
        "View",
        "F&ull screen",
        "F11",
        "Esc leaves it",
        state="full_screen",
        icon="full",
        short="Full screen",
    ),
    Command(
        "calibrate",
        "Calibrate",
        "&Calibrate to the screen…",
        "Ctrl+K",
        "Half a minute of looking at dots, for all models",
        needs="source_live",
    ),
    Command("recentre", "Calibrate", "&Recentre", "R", "Look at one dot: corrects the drift since the calibration"),
    Command(
        "results",
        "Calibrate",
        "&Accuracy of the models…",
        "Ctrl+T",
        "From points that took no part in the calibration",
        needs="profile",
    ),
    Command(
        "add-to-profile",
        "Calibrate",
        "Add new &models to the profile",
        "",
        "From the samples that were kept: no need to look again",
        needs="profile",
    ),
    Command(
        "undo-correction",
        "Calibrate",
        "&Undo the last correction",
        "Ctrl+Z",
        "Of recentring or a click",
        needs="corrections",
    ),
    Command(
        "undo-calibration", "Calibrate", "Undo the last cali&bration", "", "Take it out of the profile", needs="profile"
    ),
    Command("profiles", "Calibrate", "Mana&ge profiles…", "", "Rename, delete or export your profiles"),
    _line("Calibrate"),
    Command(
        "overlay",
        "Calibrate",
        "Point of gaze on the &screen",
        "G",
        "Over everything; clicks go through it",
        state="overlay",
    ),
    Command("heat", "Calibrate", "&Heat map of the last minute", "M", state="heat"),
    Command(
        "teach",
        "Calibrate",
        "Clicks correct &drift",
        "",
        "You look where you click: each click in this window corrects the calibration a little",
        state="teach",
    ),
    _line("Calibrate"),
    Command("measure", "Calibrate", "M&easure the screen…", "", "Its size with a bank card, and where the camera is"),
    Command("log", "Help", "Show &log file"),
    Command("help", "Help", "First &steps, keys and numbers", "F1"),
    Command("about", "Help", "&About Gaze Demo", "", "Privacy, versions and licences"),
)


class CommandBook:
    """The commands with what they do.

    Signals: `ran`, with the id of a command that was run.
    """

    def __init__(self, commands: Iterable[Command]) -> None:
        self.commands = tuple(commands)
        self.by_id = {command.id: command for command in self.commands if command.id != SEPARATOR}
        self.ran: Told[str] = Told()
        self._calls: dict[str, Callable[..., object]] = {}

    def bind(self, name: str, call: Callable[..., object]) -> None:
        """What the command does; commands with an argument, such as "open", are in no menu."""
        self._calls[name] = call

    def run(self, name: str, *arguments: Any) -> None:
        """Run the command; nothing happens if nothing is bound to it yet, for example while the app is loading."""
        call = self._calls.get(name)
        if call is not None:
            call(*arguments)
            self.ran.tell(name)

    def found(self, words: str) -> list[Command]:
        """The commands whose titles hold all of these words, those that begin with them first."""
        wanted = words.lower().split()
        hits = [command for command in self.by_id.values() if all(word in command.title.lower() for word in wanted)]
        return sorted(hits, key=lambda command: not command.title.lower().startswith(words.lower().strip()))
