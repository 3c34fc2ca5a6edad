"""References that can be read out on the phone: no letter that is taken for a digit."""

import secrets

# Without 0 O 1 I L U, and V that Azerbaijani and Russian readers take for W.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTWXYZ"
GROUPS = 2
GROUP_LENGTH = 4


def new_reference() -> str:
    """Eight random characters in two groups: ``7K3Q-9WXF``."""
    groups = ("".join(secrets.choice(ALPHABET) for _ in range(GROUP_LENGTH)) for _ in range(GROUPS))
    return "-".join(groups)


def normalise_reference(text: str) -> str:
    """What somebody typed as it would be stored; other text stays what it is."""
    plain = "".join(text.upper().split()).replace("-", "")
    if len(plain) != GROUPS * GROUP_LENGTH or any(char not in ALPHABET for char in plain):
        return text.strip().upper()
    return f"{plain[:GROUP_LENGTH]}-{plain[GROUP_LENGTH:]}"
