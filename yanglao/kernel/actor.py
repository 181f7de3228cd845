"""Who acts: the signed-in person as every service sees them."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Grant:
    """One role and how far it reaches; a reach of None means the role has no such limit."""

    role: str
    division: str | None = None
    base: str | None = None
    department: str | None = None


@dataclass(frozen=True)
class Scope:
    """What a caller may see: everything, or the named divisions and bases."""

    all: bool = False
    divisions: frozenset[str] = frozenset()
    bases: frozenset[str] = frozenset()

    @property
    def empty(self) -> bool:
        """Tell whether nothing at all is within this scope."""
        return not (self.all or self.divisions or self.bases)


EVERYTHING = Scope(all=True)


@dataclass(frozen=True)
class Actor:
    """Name a signed-in person, their grants and the device they act from.

    ``stands_for`` is the person whose work they do today as a stand-in, "" for nobody. ``client`` is ``wechat``, ``pc``, ``app`` or ``system``; ``device`` is a client-made identifier, a signal only.
    """

    person_id: str
    name: str
    grants: tuple[Grant, ...] = ()
    sign_in_id: str = ""
    client: str = "pc"
    device: str = ""
    consented: bool = True
    must_change_password: bool = False
    font_px: int = 18
    stands_for: str = ""
    extra: dict[str, str] = field(default_factory=dict, compare=False)

    def hands(self) -> tuple[str, ...]:
        """Return the persons behind what the actor does: themself, and for whom they stand. Four eyes look at both."""
        return (self.person_id, self.stands_for) if self.stands_for else (self.person_id,)

    def roles(self) -> frozenset[str]:
        """Return the names of the roles held."""
        return frozenset(grant.role for grant in self.grants)


SYSTEM = Actor(person_id="system", name="系统", client="system")
