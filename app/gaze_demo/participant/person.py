"""The virtual people: three from one photograph and seven drawn ones, so that no result depends on a single face."""

from __future__ import annotations

from dataclasses import dataclass

from gaze_demo.synthesis.eyeball import EyeballLook, EyeballShape

Colour = tuple[float, float, float]


@dataclass(frozen=True)
class Style:
    """How the portrait is altered. Gains are linear RGB; `skin_contrast` is an exponent of the skin's luminance.

    `wider` and `longer` stretch the face about its middle, `jaw` the part below the mouth, 0 is no change. `glasses`:
    linear RGB of the frames, None for a person without them.
    """

    mirrored: bool = False
    skin: Colour = (1.0, 1.0, 1.0)
    skin_contrast: float = 1.0
    hair: Colour = (1.0, 1.0, 1.0)
    clothes: Colour = (1.0, 1.0, 1.0)
    backdrop: Colour = (1.0, 1.0, 1.0)
    wider: float = 0.0
    longer: float = 0.0
    jaw: float = 0.0
    glasses: Colour | None = None


@dataclass(frozen=True)
class Person:
    """A virtual participant. Angles in degrees, lengths in mm.

    `kappa_left_deg`, `kappa_right_deg`: (temporal, up) turn from the visual to the optical axis of either eye.
    `eyeball_left_mm`, `eyeball_right_mm`: (temporal, up, back) from an eye's centre, the midpoint of its corners, to
    its eyeball's centre.
    `lids_open_mm`: (upper, lower) how much further the lids are open than in the photograph. `hood_mm`: how much lower
    the outer half of the upper lid hangs. `upper_follow`, `lower_follow`: the share of the iris's vertical movement
    that the lids follow. `portrait`: which picture in the assets shows the face; the named ones are drawn by
    tools/drawn_portraits.py.
    """

    name: str
    style: Style
    shape: EyeballShape
    look: EyeballLook
    kappa_left_deg: tuple[float, float]
    kappa_right_deg: tuple[float, float]
    eyeball_left_mm: tuple[float, float, float]
    eyeball_right_mm: tuple[float, float, float]
    lids_open_mm: tuple[float, float]
    upper_follow: float
    lower_follow: float
    portrait: str = "portrait"
    hood_mm: float = 0.0


_PHOTOGRAPHED = (
    Person(
        name="Person 1",
        style=Style(),
        shape=EyeballShape(iris_radius_mm=5.9, pupil_radius_mm=1.8),
        look=EyeballLook(
            iris_outer=(0.105, 0.060, 0.030), iris_inner=(0.17, 0.095, 0.040), sclera=(0.60, 0.56, 0.53), seed=11
        ),
        kappa_left_deg=(5.0, 0.6),
        kappa_right_deg=(4.6, 0.3),
        eyeball_left_mm=(0.85, 1.6, 6.8),
        eyeball_right_mm=(-0.25, 1.6, 6.8),
        lids_open_mm=(0.7, 0.3),
        upper_follow=0.80,
        lower_follow=0.34,
    ),
    Person(
        name="Person 2",
        style=Style(
            mirrored=True,
            skin=(0.86, 0.79, 0.73),
            hair=(0.16, 0.13, 0.13),
            clothes=(0.75, 0.95, 1.15),
            backdrop=(0.80, 0.90, 0.98),
            wider=0.07,
            longer=-0.02,
            jaw=-0.03,
        ),
        shape=EyeballShape(
            radius_mm=11.8,
            cornea_radius_mm=7.67,
            cornea_offset_mm=5.26,
            iris_plane_mm=9.44,
            iris_radius_mm=5.65,
            pupil_radius_mm=1.6,
        ),
        look=EyeballLook(
            iris_outer=(0.045, 0.024, 0.014),
            iris_inner=(0.065, 0.034, 0.017),
            sclera=(0.50, 0.46, 0.42),
            veins=0.3,
            limbal_ring=0.5,
            seed=29,
        ),
        kappa_left_deg=(3.7, -0.5),
        kappa_right_deg=(4.2, -0.9),
        eyeball_left_mm=(-0.15, 1.4, 6.5),
        eyeball_right_mm=(0.45, 1.4, 6.5),
        lids_open_mm=(0.4, 0.2),
        upper_follow=0.72,
        lower_follow=0.28,
    ),
    Person(
        name="Person 3",
        style=Style(
            skin=(1.02, 0.97, 0.97),
            hair=(0.92, 0.62, 0.48),
            clothes=(0.42, 0.52, 0.72),
            backdrop=(0.96, 1.02, 1.0),
            wider=-0.04,
            longer=0.05,
            jaw=0.05,
        ),
        shape=EyeballShape(
            radius_mm=12.25,
            cornea_radius_mm=7.96,
            cornea_offset_mm=5.46,
            iris_plane_mm=9.8,
            iris_radius_mm=6.1,
            pupil_radius_mm=2.3,
        ),
        look=EyeballLook(
            iris_outer=(0.12, 0.17, 0.25),
            iris_inner=(0.22, 0.24, 0.24),
            sclera=(0.62, 0.59, 0.57),
            limbal_ring=0.75,
            seed=53,
        ),
        kappa_left_deg=(6.2, 1.1),
        kappa_right_deg=(5.7, 0.7),
        eyeball_left_mm=(1.05, 1.8, 7.1),
        eyeball_right_mm=(-0.05, 1.8, 7.1),
        lids_open_mm=(1.0, 0.5),
        upper_follow=0.88,
        lower_follow=0.40,
    ),
)

_DRAWN = (
    Person(
        name="Amara",
        style=Style(),
        shape=EyeballShape(iris_radius_mm=5.8, pupil_radius_mm=1.7),
        look=EyeballLook(
            iris_outer=(0.030, 0.017, 0.010),
            iris_inner=(0.050, 0.027, 0.014),
            sclera=(0.44, 0.40, 0.36),
            veins=0.35,
            limbal_ring=0.4,
            seed=71,
        ),
        kappa_left_deg=(4.4, 0.9),
        kappa_right_deg=(5.1, 0.4),
        eyeball_left_mm=(0.3, 1.3, 6.6),
        eyeball_right_mm=(0.5, 1.3, 6.6),
        lids_open_mm=(2.4, 0.5),
        upper_follow=0.75,
        lower_follow=0.30,
        portrait="person_amara",
    ),
    Person(
        name="Noor",
        style=Style(glasses=(0.012, 0.010, 0.010)),
        shape=EyeballShape(iris_radius_mm=6.0, pupil_radius_mm=2.0),
        look=EyeballLook(
            iris_outer=(0.075, 0.042, 0.022),
            iris_inner=(0.125, 0.068, 0.030),
            sclera=(0.54, 0.50, 0.46),
            seed=83,
        ),
        kappa_left_deg=(5.6, 0.2),
        kappa_right_deg=(4.9, -0.3),
        eyeball_left_mm=(0.4, 1.3, 6.9),
        eyeball_right_mm=(0.3, 1.3, 6.9),
        lids_open_mm=(0.9, 0.4),
        upper_follow=0.82,
        lower_follow=0.35,
        portrait="person_noor",
    ),
    Person(
        name="Finn",
        style=Style(),
        shape=EyeballShape(
            radius_mm=12.3, cornea_offset_mm=5.5, iris_plane_mm=9.85, iris_radius_mm=6.15, pupil_radius_mm=2.2
        ),
        look=EyeballLook(
            iris_outer=(0.10, 0.15, 0.12),
            iris_inner=(0.20, 0.18, 0.09),
            sclera=(0.64, 0.61, 0.59),
            limbal_ring=0.8,
            seed=97,
        ),
        kappa_left_deg=(6.4, 0.5),
        kappa_right_deg=(6.0, 1.0),
        eyeball_left_mm=(-0.2, 1.3, 7.1),
        eyeball_right_mm=(1.0, 1.3, 7.1),
        lids_open_mm=(1.6, 0.4),
        upper_follow=0.86,
        lower_follow=0.38,
        portrait="person_finn",
    ),
    Person(
        name="Jun",
        style=Style(),
        shape=EyeballShape(
            radius_mm=11.7, cornea_radius_mm=7.7, cornea_offset_mm=5.2, iris_plane_mm=9.35, iris_radius_mm=5.7
        ),
        look=EyeballLook(
            iris_outer=(0.050, 0.027, 0.015),
            iris_inner=(0.080, 0.043, 0.020),
            sclera=(0.58, 0.55, 0.51),
            seed=103,
        ),
        kappa_left_deg=(3.2, -0.4),
        kappa_right_deg=(3.8, 0.1),
        eyeball_left_mm=(1.2, 1.2, 6.5),
        eyeball_right_mm=(-0.8, 1.2, 6.5),
        lids_open_mm=(1.1, 0.3),
        upper_follow=0.70,
        lower_follow=0.27,
        portrait="person_jun",
    ),
    Person(
        name="Ivo",
        style=Style(),
        shape=EyeballShape(iris_radius_mm=5.9, pupil_radius_mm=1.5),
        look=EyeballLook(
            iris_outer=(0.15, 0.19, 0.24),
            iris_inner=(0.20, 0.22, 0.22),
            sclera=(0.52, 0.47, 0.42),
            veins=0.6,
            limbal_ring=0.45,
            seed=113,
        ),
        kappa_left_deg=(4.8, 1.3),
        kappa_right_deg=(5.3, 0.8),
        eyeball_left_mm=(0.95, 1.4, 6.7),
        eyeball_right_mm=(-0.15, 1.4, 6.7),
        lids_open_mm=(2.3, 0.5),  # lids that hang
        upper_follow=0.78,
        lower_follow=0.30,
        portrait="person_ivo",
    ),
    Person(
        name="Otto",
        style=Style(),
        shape=EyeballShape(iris_radius_mm=5.8, pupil_radius_mm=1.3),
        look=EyeballLook(
            iris_outer=(0.085, 0.055, 0.032),
            iris_inner=(0.14, 0.085, 0.042),
            sclera=(0.47, 0.42, 0.36),
            veins=0.7,
            limbal_ring=0.35,
            seed=131,
        ),
        kappa_left_deg=(4.1, 0.7),
        kappa_right_deg=(4.6, 1.1),
        eyeball_left_mm=(0.5, 1.3, 6.9),
        eyeball_right_mm=(0.3, 1.3, 6.9),
        lids_open_mm=(0.6, 0.3),
        upper_follow=0.74,
        lower_follow=0.26,
        portrait="person_otto",
        hood_mm=1.2,
    ),
    Person(
        name="Rosa",
        style=Style(wider=0.06, longer=-0.05, jaw=-0.08),
        shape=EyeballShape(
            radius_mm=11.8, cornea_radius_mm=7.7, cornea_offset_mm=5.25, iris_plane_mm=9.45, iris_radius_mm=5.75
        ),
        look=EyeballLook(
            iris_outer=(0.10, 0.13, 0.16),
            iris_inner=(0.17, 0.19, 0.18),
            sclera=(0.52, 0.48, 0.43),
            veins=0.6,
            limbal_ring=0.35,
            seed=139,
        ),
        kappa_left_deg=(5.4, 0.4),
        kappa_right_deg=(4.8, -0.2),
        eyeball_left_mm=(0.4, 1.3, 6.6),
        eyeball_right_mm=(0.4, 1.3, 6.6),
        lids_open_mm=(-0.6, 0.2),
        upper_follow=0.78,
        lower_follow=0.30,
        portrait="person_rosa",
        hood_mm=1.5,
    ),
)

PEOPLE = _PHOTOGRAPHED + _DRAWN
