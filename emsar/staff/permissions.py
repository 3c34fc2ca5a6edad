"""Rights by role. Each app says in its admin module what a role may do with its models."""

from collections import defaultdict

_RIGHTS: defaultdict[str, set[str]] = defaultdict(set)


def allow(roles: tuple[str, ...], model_label: str, *verbs: str) -> None:
    """Give roles Django's permissions on a model: ``allow(("dpo",), "consent.consentevent",
    "view")``."""
    app, model = model_label.split(".")
    for role in roles:
        _RIGHTS[role] |= {f"{app}.{verb}_{model}" for verb in verbs}


def of_role(role: str) -> frozenset[str]:
    """The permissions of a role."""
    return frozenset(_RIGHTS[role])
